// copy_test.cpp - one moment of a database, copied while it is written.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "sql/fixture.hpp"
#include "support/fault_vfs.hpp"

using namespace kameng::sql;
using namespace kameng::sql::test;
using kameng::Deadline;
using kameng::Result;

namespace {

constexpr Statement sum_notes{"note.sum", "SELECT sum(amount) FROM {p}note"};
constexpr Statement count_moves{"note.moves", "SELECT amount FROM {p}note WHERE id = 300001"};
constexpr Statement fill_notes{
    "note.fill",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    " INSERT INTO {p}note (id, amount) SELECT i, 1000 FROM n"};

void fill(Database& database, std::int64_t rows) {
  const auto filled = database.write(soon(), [=](Transaction& tx) -> Result<void> {
    tx.run(fill_notes, rows);
    return {};
  });
  REQUIRE(filled.ok());
}

std::string empty_file(const TempFolder& folder, const std::string& name) {
  std::ofstream(folder.file(name));
  return folder.file(name);
}

}  // namespace

TEST_SUITE("sql.threads") {
  // Goal: a copy that is made in many steps while others write is of one moment, not earlier than
  //       its beginning, and it ends.
  // Method: 300,000 rows, more pages than a step copies; threads move amounts from row to row
  //         all the while, and count what was acknowledged when a copy begins; each of five copies
  //         has the whole sum and at least as many moves as that, in as many steps as it has
  //         pages for: it never began again.
  TEST_CASE("a copy is of one moment while others write") {
    constexpr std::int64_t rows = 300'000;
    const TempFolder folder;
    std::int64_t steps = 0;
    sqlite::Options options = at(folder.file("a.db"));
    options.before_statement = [&steps](std::string_view name) {
      if (name == "copy") {
        ++steps;  // on the one thread that copies
      }
      return Fault::none;
    };
    const auto database = open_with_tables(options);
    fill(*database, rows);
    REQUIRE(insert(*database, rows + 1, 0).ok());  // counts the moves
    std::atomic<bool> over = false;
    std::atomic<std::int64_t> acknowledged = 0, failed = 0;
    std::vector<std::thread> movers;
    for (int n = 0; n < 2; ++n) {
      movers.emplace_back([&, n] {
        for (std::int64_t i = n; !over; i += 2) {
          const auto moved = database->write(soon(), [&](Transaction& tx) -> Result<void> {
            tx.run(add_to_note, std::int64_t{-1}, 1 + i * 7919 % rows);
            tx.run(add_to_note, std::int64_t{1}, 1 + i * 104'729 % rows);
            tx.run(add_to_note, std::int64_t{1}, rows + 1);
            return {};
          });
          (moved.ok() ? acknowledged : failed) += 1;
        }
      });
    }
    std::vector<std::int64_t> before;
    std::vector<std::string> copies;
    std::vector<bool> made;
    std::vector<std::int64_t> steps_of;
    for (int n = 0; n < 5; ++n) {
      const std::int64_t so_far = acknowledged;
      while (acknowledged < so_far + 20) {
        std::this_thread::yield();
      }
      before.push_back(acknowledged);
      copies.push_back(empty_file(folder, "copy" + std::to_string(n)));
      steps = 0;
      made.push_back(database->copy_to(copies.back(), soon()).ok());
      steps_of.push_back(steps);
    }
    over = true;
    for (std::thread& mover : movers) {
      mover.join();
    }
    CHECK(failed == 0);
    std::int64_t last = 0;
    for (std::size_t n = 0; n < copies.size(); ++n) {
      REQUIRE(made[n]);
      const auto pages = static_cast<std::int64_t>(std::filesystem::file_size(copies[n])) / 4096;
      CHECK(steps_of[n] > 3);
      CHECK(steps_of[n] <= pages / 256 + 1);
      const auto copy = open_or_fail(at(copies[n]));
      const std::int64_t moves = read_number(*copy, count_moves);
      CHECK(read_number(*copy, sum_notes) == rows * 1000 + moves);
      CHECK(read_number(*copy, count_notes) == rows + 1);
      CHECK(moves >= before[n]);
      CHECK(moves > last);
      last = moves;
    }
    CHECK(last <= acknowledged);
  }
}

TEST_SUITE("sql") {
  // Goal: a database in memory is copied too, without what is not committed.
  // Method: a copy after a commit; it is opened as a file.
  TEST_CASE("a database in memory is copied into a file") {
    const TempFolder folder(TempFolder::in_memory());
    const auto database = open_with_tables(memory());
    fill(*database, 5000);
    const std::string path = empty_file(folder, "copy");
    REQUIRE(database->copy_to(path, soon()).ok());
    REQUIRE(insert(*database, 5001, 1).ok());
    CHECK(read_number(*open_or_fail(at(path)), sum_notes) == 5'000'000);
  }

  // Goal: what stops a copy is told, and the database goes on.
  // Method: no time, no space for the copy, no file, a fault at each of its steps, a call from
  //         inside a transaction; after all of them a copy that works.
  TEST_CASE("a copy that cannot be made says why") {
    const TempFolder folder(TempFolder::in_memory());
    kameng::test::FaultVfs& disk = kameng::test::FaultVfs::install("copy");
    int step = 0, failing = 0;
    sqlite::Options options = at(folder.file("a.db"));
    options.vfs = "copy";
    options.before_statement = [&](std::string_view name) {
      return name == "copy" && ++step == failing ? Fault::io : Fault::none;
    };
    const auto database = open_with_tables(options);
    fill(*database, 300'000);
    const std::string path = empty_file(folder, "copy.db");
    const auto reason = [&](const std::string& to, const Deadline& deadline) {
      const auto copied = database->copy_to(to, deadline);
      return copied.ok() ? std::string("ok") : copied.error().reason;
    };
    CHECK(reason(path, Deadline::after_ms(-1)) == "call.deadline");
    CHECK(reason(folder.file("none/copy.db"), soon()) == "storage.cannot_open");
    for (failing = 1; failing <= 2; ++failing) {
      step = 0;
      CHECK(reason(path, soon()) == "storage.io");
    }
    failing = 0;
    const auto used = [&](const char* name) {
      return static_cast<std::int64_t>(std::filesystem::file_size(folder.file(name)));
    };
    disk.set_quota(used("a.db") + used("a.db-wal") + 200'000);
    CHECK(reason(empty_file(folder, "full.db"), soon()) == "storage.full");
    disk.set_quota(-1);
    std::string nested;
    REQUIRE(database
                ->read(soon(),
                       [&](Transaction&) -> Result<void> {
                         nested = reason(path, soon());
                         return {};
                       })
                .ok());
    CHECK(nested == "engine.nested_call");
    CHECK(reason(empty_file(folder, "copy.db"), soon()) == "ok");
    CHECK(read_number(*open_or_fail(at(path)), sum_notes) == 300'000'000);
    CHECK(insert(*database, 300'001, 1).ok());
  }
}
