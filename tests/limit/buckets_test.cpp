// buckets_test.cpp - the limits' own file: shared, bounded, replaced when it is corrupt, and nobody
// is let through while it cannot be had.
#include "limit/buckets.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "limit/fixture.hpp"
#include "support/fault_vfs.hpp"
#include "support/temp_folder.hpp"

namespace kameng::limit {
namespace {

using test::FaultVfs;
using test::TempFolder;

const std::string address = "203.0.113.7";
const test::sqlite_only files_only("it is about SQLite's file");

void overwrite(const std::string& path, std::streamoff from, std::size_t bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(from);
  const std::string garbage(bytes, 'x');
  file.write(garbage.data(), static_cast<std::streamsize>(bytes));
  REQUIRE(file.good());
}

ino_t inode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

// Of the table of buckets.
std::int64_t root_page_of(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(database,
                             "SELECT rootpage FROM sqlite_schema WHERE name = 'kameng_rate_limit'",
                             -1, &query, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(query) == SQLITE_ROW);
  const std::int64_t page = sqlite3_column_int64(query, 0);
  sqlite3_finalize(query);
  sqlite3_close(database);
  return page;
}

std::int64_t bytes_of(const std::string& path) {
  std::int64_t bytes = 0;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path + suffix, missing);
    bytes += missing ? 0 : static_cast<std::int64_t>(size);
  }
  return bytes;
}

TEST_SUITE("limit") {
  // Goal: all who have the file open count together, and what was counted outlives them.
  // Method: two limiters on one file, then a third after both; the mode of the file.
  TEST_CASE("limiters on one file count together" * files_only) {
    const TempFolder folder;
    const std::string path = folder.file("shop.db-limits");
    {
      Gate one(in_file(path));
      Gate other(in_file(path));
      CHECK(one.passing(12, address) == 12);
      CHECK(other.passing(12, address) == 8);
      CHECK(one.passing(1, address) == 0);
      CHECK(one.passing(2, address, 600) == 1);
    }
    Gate later(in_file(path));
    CHECK(later.passing(1, address, 600) == 0);
    CHECK(later.passing(20, "203.0.113.8", 600) == 20);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }

  // Goal: a corrupt file is replaced, whether that is seen when it is opened or later, and all who
  //       had it open count together again.
  // Method: a file that is no database; one whose tables are garbage while its header is sound; one
  //         that opens, and whose buckets are garbage; one that somebody removed.
  TEST_CASE("a corrupt file of limits is replaced" * files_only) {
    for (const char* damage : {"header", "tables", "buckets", "removed"}) {
      CAPTURE(std::string(damage));
      const TempFolder folder;
      const std::string path = folder.file("shop.db-limits");
      {
        Gate first(in_file(path));
        CHECK(first.passing(25, address) == 20);
      }
      const ino_t old = inode_of(path);
      // It keeps the old file open, in case its place on the disk would be given to the new one.
      Gate had_it_open(in_file(path));
      CHECK(had_it_open.passing(1, address) == 0);
      if (std::string(damage) == "header") {
        overwrite(path, 0, 512);
      } else if (std::string(damage) == "tables") {
        overwrite(path, 4096, static_cast<std::size_t>(std::filesystem::file_size(path)) - 4096);
      } else if (std::string(damage) == "buckets") {
        overwrite(path, (root_page_of(path) - 1) * 4096, 4096);
      } else {
        std::filesystem::remove(path);
      }
      Gate second(in_file(path));
      CHECK(second.passing(15, address) == 15);
      CHECK(inode_of(path) != old);
      CHECK(had_it_open.passing(15, "203.0.113.8") == 15);
      CHECK(second.passing(15, "203.0.113.8") == 5);
      // It still knows that the address is refused for 600 ms; by then six more have come back.
      CHECK(had_it_open.passing(15, address, 600) == 6);
    }
  }

  // Goal: a file of another program is left alone, and calls are refused.
  TEST_CASE("another program's file is not taken for the limits" * files_only) {
    const TempFolder folder;
    const std::string path = folder.file("shop.db-limits");
    {
      sqlite3* other = nullptr;
      sqlite3_stmt* make = nullptr;
      REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
      REQUIRE(sqlite3_prepare_v2(other, "CREATE TABLE theirs (x)", -1, &make, nullptr) ==
              SQLITE_OK);
      CHECK(sqlite3_step(make) == SQLITE_DONE);
      sqlite3_finalize(make);
      sqlite3_close(other);
    }
    const ino_t old = inode_of(path);
    Gate gate(in_file(path));
    CHECK(gate.from(address) == "limit.unavailable");
    CHECK(gate.error.status == Status::unavailable);
    CHECK(gate.error.retry == Retry::later);
    CHECK(gate.detail("cause") == "storage.foreign_file");
    CHECK(inode_of(path) == old);
  }

  // Goal: while the file cannot be made or written, nobody passes; afterwards everything counts as
  //       before.
  // Method: a folder that is missing; a file system that is read-only, and one that is full.
  TEST_CASE("nobody passes while the limits cannot be kept" * files_only) {
    const TempFolder folder;
    {
      const std::string missing = folder.file("later");
      Gate gate(in_file(missing + "/shop.db-limits"));
      CHECK(gate.from(address) == "limit.unavailable");
      CHECK(gate.detail("cause") == "storage.cannot_open");
      CHECK(gate.limiter.refused() == 1);
      std::filesystem::create_directory(missing);
      CHECK(gate.passing(25, address) == 20);
    }
    FaultVfs& disk = FaultVfs::install("kameng-limits");
    Options options = in_file(folder.file("shop.db-limits"));
    options.place.vfs = "kameng-limits";
    {
      Gate gate(options);
      CHECK(gate.passing(5, address) == 5);
      disk.set_quota(0);
      CHECK(gate.from("203.0.113.8") == "limit.unavailable");
      CHECK(gate.detail("cause") == "storage.full");
      disk.set_quota(-1);
      CHECK(gate.from("203.0.113.8") == "ok");
      CHECK(gate.passing(25, address) == 15);
    }
    disk.set_read_only(true);
    Gate gate(options);
    CHECK(gate.from("203.0.113.9") == "limit.unavailable");
    CHECK(gate.detail("cause") == "storage.read_only");
    disk.set_read_only(false);
    CHECK(gate.from("203.0.113.9") == "ok");
    disk.forget_files();
  }
}

TEST_SUITE("limit.million") {
  // Goal: a million addresses at once take no more than 64 MiB, WAL included, and those who were
  //       there first still have buckets of their own.
  // Method: a million IPv6 networks at one moment, more than there is room for; then a known one,
  //       and newcomers.
  TEST_CASE("a million addresses fit into 64 MiB") {
    const TempFolder folder(TempFolder::in_memory());
    const std::string path = folder.file("shop.db-limits");
    Gate gate(in_file(path));
    REQUIRE(gate.passing(1, address) == 1);
    constexpr int networks = 1'000'000;
    std::int64_t most_bytes = 0;
    int passed = 0;
    for (int i = 0; i < networks; ++i) {
      std::array<std::uint8_t, 16> bytes{0x20};
      for (int byte = 0; byte < 4; ++byte) {
        bytes[static_cast<std::size_t>(4 + byte)] = static_cast<std::uint8_t>(i >> (8 * byte));
      }
      const Attempt attempt{"order.get", start_ms, Deadline::after_ms(60'000)};
      passed += gate.limiter.take(IpAddress::of(bytes), attempt, nullptr).ok() ? 1 : 0;
      if (i % 1000 == 0) {
        most_bytes = std::max(most_bytes, bytes_of(path));
      }
    }
    MESSAGE("bytes at most: " << most_bytes);
    CHECK(most_bytes < 64 * 1024 * 1024);
    CHECK(passed == buckets_max - 1 + 20);  // the shared bucket's burst
    CHECK(gate.passing(25, address) == 19);
  }
}

}  // namespace
}  // namespace kameng::limit
