// backup.hpp - what an operator says and hears about backups of a shop in a SQLite file.
// docs/BACKUP.md tells what is in one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/system.hpp>

namespace kameng::backup {

// One point of a chain: a moment that can be restored.
struct Point {
  std::int64_t number = 0;
  std::int64_t at_ms = 0;
  std::int64_t bytes = 0;
  std::int64_t stored_bytes = 0;
  std::string hash;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("number", &Point::number, "Its place in the chain; 1 is the full backup.");
    f.required("at_ms", &Point::at_ms,
               "When the backup was begun; what was acknowledged by then is in it.");
    f.required("bytes", &Point::bytes, "Of the database at that moment.");
    f.required("stored_bytes", &Point::stored_bytes, "Of the blocks that were new or had changed.");
    f.required("hash", &Point::hash,
               "BLAKE2b-256 of its manifest, in hex: vouches for it and for all before it.");
  }
};

struct Create {
  static constexpr std::string_view operation = "backup.create";
  using Answer = Point;
  std::string folder;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("folder", &Create::folder,
               "Where the chain begins: an empty folder, or one that its parent shall get.")
        .length(1, 4096);
  }
};

struct Increment {
  static constexpr std::string_view operation = "backup.increment";
  using Answer = Point;
  std::string folder;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("folder", &Increment::folder, "The folder of a chain of this shop.").length(1, 4096);
  }
};

struct Verified {
  bool ok = false;
  std::int64_t number = 0;
  std::int64_t at_ms = 0;
  std::int64_t bytes = 0;
  std::int64_t audit_entries = 0;
  std::int64_t checkpoint_size = 0;
  std::vector<system::Check> checks;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("ok", &Verified::ok, "True when every check holds.");
    f.required("number", &Verified::number, "The chain's last point, which was checked.");
    f.required("at_ms", &Verified::at_ms, "When that backup was begun.");
    f.required("bytes", &Verified::bytes, "Of the database at that moment.");
    f.required("audit_entries", &Verified::audit_entries, "Size of the audit log in it.");
    f.required("checkpoint_size", &Verified::checkpoint_size,
               "How many of them the last checkpoint in it covers; 0 when there is none.");
    f.required("checks", &Verified::checks, "What system.verify says of it.");
  }
};

// Needs as much room in the folder as the database takes.
struct Verify {
  static constexpr std::string_view operation = "backup.verify";
  using Answer = Verified;
  std::string folder;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("folder", &Verify::folder, "The folder of a chain.").length(1, 4096);
  }
};

struct Restore {
  static constexpr std::string_view operation = "backup.restore";
  using Answer = Point;
  std::string folder;
  std::string path;
  std::optional<std::int64_t> number;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("folder", &Restore::folder, "The folder of a chain.").length(1, 4096);
    f.required("path", &Restore::path, "The database file that shall come to be.").length(1, 4000);
    f.optional("number", &Restore::number, "Which point; absent: the last.").range(1, 999'999);
  }
};

}  // namespace kameng::backup
