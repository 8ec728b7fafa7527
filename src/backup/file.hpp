// file.hpp - a file of a backup: written whole, read in pieces, and every failure told as a
// declared reason.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "base/bytes.hpp"

namespace kameng::backup {

// What errno means to a caller: storage.full, storage.read_only, storage.io (UNAVAILABLE),
// backup.not_found (NOT_FOUND), backup.exists (ALREADY_EXISTS). `field` names who said the path.
[[nodiscard]] Error error_of(int number, std::string_view field);

class File {
 public:
  // A new file, mode 0600; backup.exists when the name is taken.
  [[nodiscard]] static Result<File> create(const std::string& path, std::string_view field);
  // To be read; a regular file.
  [[nodiscard]] static Result<File> open(const std::string& path, std::string_view field);
  File(File&& other) noexcept;
  File& operator=(File&&) = delete;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] Result<std::int64_t> size() const;
  // Fills `bytes`; what it gives is shorter at the end of the file alone.
  [[nodiscard]] Result<std::span<std::uint8_t>> read(std::span<std::uint8_t> bytes);
  [[nodiscard]] Result<void> write(ByteView bytes);
  [[nodiscard]] Result<void> write_at(std::int64_t offset, ByteView bytes);
  [[nodiscard]] Result<void> resize(std::int64_t bytes);
  [[nodiscard]] Result<void> flush();

 private:
  File(int descriptor, std::string_view field) : descriptor_(descriptor), field_(field) {}

  int descriptor_;
  std::string_view field_;  // a literal
};

// The folder that a path's last name is in.
[[nodiscard]] std::string folder_of(const std::string& path);
// Flushes the names in a folder.
[[nodiscard]] Result<void> flush_folder(const std::string& path, std::string_view field);
// Whether anything has this name, a dangling link too.
[[nodiscard]] bool exists(const std::string& path);
// No error when it is not there, nor when it cannot be removed: it is for what must not be left.
void remove_quietly(const std::string& path) noexcept;

}  // namespace kameng::backup
