// manifest.hpp - what one point of a chain says about itself.
//
// The file is the document that json prints for this struct, and a line's end, byte for byte: a
// manifest that was touched in any way is damaged. Each names the hash of the one before it, so
// the last one's hash vouches for the whole chain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "backup/folder.hpp"
#include "base/limits.hpp"

namespace kameng::backup {

inline constexpr std::string_view format_name = "kameng-backup-1";
inline constexpr std::int64_t block_bytes = 64 * 1024;

struct Manifest {
  std::string format;
  std::int64_t number = 0;
  std::string parent;  // the hash of the point before; empty for the first
  std::string shop;    // the public key that signs its audit log
  std::int64_t at_ms = 0;
  std::int64_t bytes = 0;
  std::int64_t stored_bytes = 0;
  std::string image;  // the hash of the hashes of all blocks
  std::string hash;   // of this document with an empty hash

  // How many blocks the database had.
  [[nodiscard]] std::int64_t blocks() const { return (bytes + block_bytes - 1) / block_bytes; }
  // The size of block `index`: the last may be shorter.
  [[nodiscard]] std::size_t size_of(std::int64_t index) const;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("format", &Manifest::format, "Of the folder.").length(1, 64);
    f.required("number", &Manifest::number, "Its place in the chain.").range(1, number_max);
    f.required("parent", &Manifest::parent, "The manifest before it.").length(0, 64);
    f.required("shop", &Manifest::shop, "Whose it is.").length(64, 64);
    f.required("at_ms", &Manifest::at_ms, "When it was begun.").range(0, limits::integer_max);
    f.required("bytes", &Manifest::bytes, "Of the database.").range(0, limits::integer_max);
    f.required("stored_bytes", &Manifest::stored_bytes, "Of the data file.")
        .range(0, limits::integer_max);
    f.required("image", &Manifest::image, "Of the file of hashes.").length(64, 64);
    f.required("hash", &Manifest::hash, "Of this manifest.").length(0, 64);
  }
};

// DATA_LOSS: something was changed; something is missing.
[[nodiscard]] Error damaged(std::int64_t number, std::string_view what);
[[nodiscard]] Error incomplete(std::int64_t number, std::string_view what);

// Sets the manifest's hash and writes it: from here on the point is there.
[[nodiscard]] Result<void> publish(const Folder& folder, Manifest& manifest);
// backup.incomplete, backup.damaged.
[[nodiscard]] Result<Manifest> read_manifest(const Folder& folder, std::int64_t number);

}  // namespace kameng::backup
