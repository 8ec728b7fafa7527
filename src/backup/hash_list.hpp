// hash_list.hpp - the file with the hash of every block of the database, one behind the other,
// written and read in bounded memory.
#pragma once

#include <string>
#include <vector>

#include "backup/file.hpp"
#include "backup/manifest.hpp"
#include "crypto/hash.hpp"

namespace kameng::backup {

class HashWriter {
 public:
  explicit HashWriter(File file) : file_(std::move(file)) {}

  [[nodiscard]] Result<void> add(const crypto::Hash32& hash);
  // Writes what is left, flushes, and gives the hash of the whole list in hex.
  [[nodiscard]] Result<std::string> finish();

 private:
  [[nodiscard]] Result<void> write_out();

  File file_;
  crypto::StreamHash whole_;
  Bytes buffer_;
};

class HashReader {
 public:
  // The list of one point. backup.incomplete when the file is missing.
  [[nodiscard]] static Result<HashReader> open(const Folder& folder, const Manifest& manifest);

  // backup.damaged when the list ends too early.
  [[nodiscard]] Result<crypto::Hash32> next();
  // Reads the rest; backup.damaged unless the list is the one that the manifest names.
  [[nodiscard]] Result<void> finish();

 private:
  HashReader(File file, const Manifest& manifest)
      : file_(std::move(file)), number_(manifest.number), image_(manifest.image) {}
  [[nodiscard]] Result<bool> fill();

  File file_;
  std::int64_t number_;
  std::string image_;
  crypto::StreamHash whole_;
  Bytes buffer_;
  std::size_t at_ = 0;
};

}  // namespace kameng::backup
