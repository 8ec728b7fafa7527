// fault_test.cpp - a disk that is full, a flush that fails, a lost power supply, statements that
// fail one after the other.
#include <filesystem>
#include <vector>

#include "fixture.hpp"
#include "support/fault_vfs.hpp"

namespace kameng::sql::test {

namespace {

using kameng::test::FaultVfs;

constexpr Statement insert_once{
    "note.insert_once", "INSERT INTO {p}note (id, amount) VALUES (?, ?) ON CONFLICT DO NOTHING"};
constexpr Statement sum_notes{"note.sum", "SELECT coalesce(sum(amount), 0) FROM {p}note"};

sqlite::Options faulty(const std::string& path) {
  FaultVfs::install("kameng-fault");
  sqlite::Options options = at(path);
  options.vfs = "kameng-fault";
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("sql");

// Goal: after a commit whose outcome nobody knows, every caller is answered rightly and the work is
// done once. Method: the WAL's flush fails once; the work counts its runs and has a key that a
// second run finds.
TEST_CASE("a failed flush at commit is run again and done once") {
  const TempFolder folder;
  auto& vfs = FaultVfs::install("kameng-fault");
  auto database = open_with_tables(faulty(folder.file("a.db")));
  CHECK(read_number(*database, count_notes) == 0);  // a reader that keeps the file open
  vfs.fail_next_sync("-wal");
  int runs = 0;
  const auto answer = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.run(insert_once, 1, 10);
    return {};
  });
  CHECK(answer.ok());
  CHECK(runs == 2);
  CHECK(read_number(*database, sum_notes) == 10);
  CHECK(insert(*database, 2, 5).ok());
  database.reset();
  database = open_or_fail(faulty(folder.file("a.db")));
  CHECK(read_number(*database, sum_notes) == 15);
}

// Goal: an I/O error that stays is told after a bounded number of tries, and the database lives on
// when it goes. Method: every commit reports an I/O error through the seam, then none does.
TEST_CASE("a commit that fails for good is answered as unavailable") {
  const TempFolder folder;
  sqlite::Options options = at(folder.file("a.db"));
  auto broken = std::make_shared<bool>(false);
  auto commits = std::make_shared<int>(0);
  options.before_statement = [broken, commits](std::string_view name) {
    *commits += *broken && name == "commit";
    return *broken && name == "commit" ? Fault::io : Fault::none;
  };
  auto database = open_with_tables(options);
  *broken = true;
  const auto answer = insert(*database, 1, 1);
  CHECK(answer.error().status == Status::unavailable);
  CHECK(answer.error().reason == "storage.io");
  CHECK(answer.error().retry == Retry::same);
  CHECK(*commits == 4);
  *broken = false;
  CHECK(insert(*database, 1, 1).ok());
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: a full disk is told as such, nothing is half done, and with room again everything works.
// Method: a quota just above what is used; large blobs by one statement, then by many small
// commits.
TEST_CASE("a full disk is told and survived") {
  const TempFolder folder;
  auto& vfs = FaultVfs::install("kameng-fault");
  auto database = open_with_tables(faulty(folder.file("a.db")));
  vfs.set_quota(400'000);
  Result<void> answer;
  std::int64_t stored = 0;
  while (answer.ok() && stored < 10'000) {
    answer = insert(*database, stored, 1);
    stored += answer.ok() ? 1 : 0;
  }
  CHECK(answer.error().status == Status::unavailable);
  CHECK(answer.error().reason == "storage.full");
  CHECK(read_number(*database, count_notes) == stored);
  vfs.set_quota(-1);
  CHECK(insert(*database, 20'000, 1).ok());
  CHECK(read_number(*database, count_notes) == stored + 1);
}

// Goal: what was answered as done is there after the power fails, and nothing is there by half.
// Method: each round stores pairs that must stay together, loses the power in the middle with
// another seed, and looks.
TEST_CASE("answered commits survive a power loss") {
  const TempFolder folder;
  auto& vfs = FaultVfs::install("kameng-fault");
  std::int64_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto database = open_with_tables(faulty(folder.file("a.db")));
    const std::int64_t found = read_number(*database, sum_notes);
    CHECK(found >= answered);
    CHECK(found % 2 == 0);
    CHECK(read_number(*database, Statement{"check",
                                           "SELECT count(*) FROM pragma_integrity_check "
                                           "WHERE integrity_check <> 'ok'"}) == 0);
    answered = found;
    for (int pair = 0; pair < 10; ++pair) {
      const std::int64_t id = static_cast<std::int64_t>(seed) * 1000 + pair * 2;
      const auto stored = database->write(soon(), [&](Transaction& tx) -> Result<void> {
        tx.run(insert_once, id, 1);
        tx.run(insert_once, id + 1, 1);
        if (pair == 8) {
          vfs.power_loss(seed);  // from here on nothing reaches the disk
        }
        return {};
      });
      answered += stored.ok() ? 2 : 0;
      CHECK(stored.ok() == (pair < 8));
    }
    database.reset();
    vfs.power_on();
  }
  CHECK(answered >= 20 * 16);
}

// Goal: a commit that was written but not flushed is never shown and then taken away again.
// Method: the process dies in the commit's flush; what the next one shows must outlive a power loss
// that follows at once.
TEST_CASE("what a recovery shows is flushed before anybody is told") {
  const TempFolder folder;
  auto& vfs = FaultVfs::install("kameng-fault");
  int shown_unanswered = 0;
  for (std::int64_t seed = 1; seed <= 20; ++seed) {
    auto database = open_with_tables(faulty(folder.file("a.db")));
    const std::int64_t base = read_number(*database, sum_notes);
    REQUIRE(insert(*database, seed * 10, 1).ok());
    vfs.crash_at_next_sync();
    CHECK(insert(*database, seed * 10 + 1, 1).error().reason == "storage.io");
    database.reset();
    vfs.restart();
    database = open_or_fail(faulty(folder.file("a.db")));
    const std::int64_t shown = read_number(*database, sum_notes);
    CHECK(shown >= base + 1);
    shown_unanswered += shown == base + 2;
    vfs.power_loss(static_cast<std::uint64_t>(seed));
    database.reset();
    vfs.power_on();
    database = open_or_fail(faulty(folder.file("a.db")));
    CHECK(read_number(*database, sum_notes) == shown);
  }
  CHECK(shown_unanswered > 0);  // or the test has not met the case it is for
}

// Goal: whichever statement fails, the state is that before or that after.
// Method: a transfer of three statements; each of them, begin and commit fail once, with each fault
// that matters.
TEST_CASE("a fault at any statement leaves all or nothing") {
  const TempFolder folder;
  sqlite::Options options = at(folder.file("a.db"));
  auto countdown = std::make_shared<int>(0);
  auto fault = std::make_shared<Fault>(Fault::none);
  options.before_statement = [=](std::string_view) {
    return *countdown > 0 && --*countdown == 0 ? *fault : Fault::none;
  };
  auto database = open_with_tables(options);
  REQUIRE(insert(*database, 1, 100).ok());
  REQUIRE(insert(*database, 2, 0).ok());
  constexpr Statement second{"note.second", "SELECT amount FROM {p}note WHERE id = 2"};
  std::int64_t moved = 0, failures = 0;
  for (const Fault kind : {Fault::io, Fault::full, Fault::busy, Fault::corrupt, Fault::unique,
                           Fault::out_of_memory, Fault::interrupted, Fault::lost}) {
    for (int n = 1; n <= 5; ++n) {
      *fault = kind;
      *countdown = n;
      const auto answer = database->write(soon(), [&](Transaction& tx) -> Result<void> {
        tx.run_exactly(1, add_to_note, -1, 1);
        tx.run_exactly(1, add_to_note, 1, 2);
        Rows rows = tx.query(find_note, 1);
        static_cast<void>(rows.next());
        return {};
      });
      *countdown = 0;
      moved += answer.ok() ? 1 : 0;
      failures += answer.ok() ? 0 : 1;
      CHECK(read_number(*database, sum_notes) == 100);
      CHECK(read_number(*database, second) == moved);
    }
  }
  CHECK(failures >= 20);
  CHECK(moved >= 5);
}

// Goal: the WAL stays bounded without automatic checkpoints.
// Method: some megabytes of commits, then maintain(): the WAL starts over.
TEST_CASE("maintenance checkpoints a large log") {
  const TempFolder folder;
  auto database = open_with_tables(at(folder.file("a.db")));
  const auto wal_bytes = [&] { return std::filesystem::file_size(folder.file("a.db-wal")); };
  std::int64_t id = 0;
  while (wal_bytes() < 5'000'000) {
    const auto stored = database->write(soon(), [&](Transaction& tx) -> Result<void> {
      for (int n = 0; n < 10'000; ++n) {
        tx.run(insert_note, id * 10'000 + n, n);
      }
      return {};
    });
    REQUIRE(stored.ok());
    ++id;
  }
  const auto before = wal_bytes();
  REQUIRE(database->maintain(soon()).ok());
  CHECK(insert(*database, -1, 1).ok());
  CHECK(wal_bytes() == before);  // overwritten from its beginning, not longer
  database.reset();
  CHECK_FALSE(std::filesystem::exists(folder.file("a.db-wal")));
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
