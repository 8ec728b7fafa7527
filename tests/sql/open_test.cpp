// open_test.cpp - which files are opened, how they are set up, and what other processes and forks
// mean.
#include <cstring>
#include <fstream>
#include <thread>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.hpp"
#include "sql/sqlite/open_files.hpp"
#include "support/fault_vfs.hpp"

namespace kameng::sql::test {

namespace {

using kameng::test::FaultVfs;

// Another program's connection.
class Foreign {
 public:
  explicit Foreign(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &database_) == SQLITE_OK);
  }
  Foreign(const Foreign&) = delete;
  Foreign& operator=(const Foreign&) = delete;
  ~Foreign() { sqlite3_close_v2(database_); }
  void run(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
    }
    CHECK(sqlite3_finalize(statement) == SQLITE_OK);
  }

 private:
  sqlite3* database_ = nullptr;
};

std::string reason_of_opening(const sqlite::Options& options) {
  const auto opened = sqlite::open(options);
  return opened ? "opened" : opened.error().reason;
}

std::int64_t pragma(Database& database, const std::string& name) {
  const std::string text = "PRAGMA " + name;
  return read_number(database, Statement{"pragma", text});
}

std::int64_t writer_pragma(Database& database, const std::string& name) {
  const std::string text = "PRAGMA " + name;
  std::int64_t number = -1;
  const auto done = database.write(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(Statement{"pragma", text});
    number = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK(done.ok());
  return number;
}

}  // namespace

TEST_SUITE_BEGIN("sql");

// Goal: a new file is private, ours, and set up for durability.
// Method: its mode and the settings that SQLite reports, on the writer and on a reader.
TEST_CASE("a new file has the settings of the house") {
  const TempFolder folder;
  const std::string path = folder.file("shop.db");
  auto database = open_with_tables(at(path));
  struct stat status {};
  for (const char* part : {"", "-wal"}) {
    REQUIRE(::stat((path + part).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  for (const auto& setting : std::initializer_list<std::pair<const char*, std::int64_t>>{
           {"application_id", 0x6B6D6E67},
           {"synchronous", 2},
           {"foreign_keys", 1},
           {"trusted_schema", 0},
           {"secure_delete", 1},
           {"temp_store", 2},
           {"mmap_size", 0},
           {"wal_autocheckpoint", 0},
           {"journal_size_limit", 64 * 1024 * 1024}}) {
    const std::string name = setting.first;
    CAPTURE(name);
    CHECK(writer_pragma(*database, name) == setting.second);
    CHECK(pragma(*database, name) == setting.second);
  }
  CHECK(writer_pragma(*database, "cache_size") == -12 * 1024);
  CHECK(writer_pragma(*database, "query_only") == 0);
  CHECK(pragma(*database, "query_only") == 1);
}

// Goal: nobody else's file is touched, and each refusal says why.
// Method: other programs' databases, a text file, no folder, a folder, a file that cannot be
// written.
TEST_CASE("files that are not ours are refused") {
  const TempFolder folder;
  {
    const Foreign foreign(folder.file("tables.db"));
    foreign.run("CREATE TABLE theirs (x)");
    const Foreign named(folder.file("named.db"));
    named.run("PRAGMA application_id=7");
    named.run("CREATE TABLE theirs (x)");
  }
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  CHECK(reason_of_opening(at(folder.file("tables.db"))) == "storage.foreign_file");
  CHECK(reason_of_opening(at(folder.file("named.db"))) == "storage.foreign_file");
  CHECK(reason_of_opening(at(folder.file("text.db"))) == "storage.not_a_database");
  CHECK(reason_of_opening(at(folder.file("none/a.db"))) == "storage.cannot_open");
  CHECK(reason_of_opening(at("/tmp")) == "storage.cannot_open");
  CHECK(reason_of_opening(at("")) == "storage.cannot_open");
  sqlite::Options prefix = memory();
  prefix.table_prefix = "x; DROP";
  CHECK(reason_of_opening(prefix) == "storage.table_prefix");

  open_with_tables(at(folder.file("ours.db"))).reset();
  auto& vfs = kameng::test::FaultVfs::install("kameng-read-only");
  vfs.set_read_only(true);
  sqlite::Options read_only = at(folder.file("ours.db"));
  read_only.vfs = "kameng-read-only";
  CHECK(reason_of_opening(read_only) == "storage.read_only");
  CHECK(reason_of_opening(at(folder.file("ours.db"))) == "opened");
}

// Goal: a new file that another process makes ours while we open it is never taken for a
// stranger's. Method: in each gap between two reads of the opening the file is opened, marked and
// filled by somebody else; one file for each gap.
TEST_CASE("a file may be filled while it is being opened") {
  const TempFolder folder;
  auto& vfs = FaultVfs::install("kameng-fault");
  int gaps = 0;
  for (int gap = 1; gap <= 12; ++gap) {
    CAPTURE(gap);
    const std::string path = folder.file(std::to_string(gap) + ".db");
    vfs.after_unlock(gap, [&] {
      ++gaps;
      CHECK(insert(*open_with_tables(at(path)), 1, 1).ok());
    });
    sqlite::Options options = at(path);
    options.vfs = "kameng-fault";
    CHECK(reason_of_opening(options) == "opened");
    vfs.after_unlock(0, nullptr);
  }
  CHECK(gaps >= 3);
}

// Goal: two shops in one process and one file, and two prefixes, are as two processes.
// Method: both write and read what the other wrote.
TEST_CASE("a file may be open twice") {
  const TempFolder folder;
  auto one = open_with_tables(at(folder.file("a.db")));
  auto two = open_or_fail(at(folder.file("a.db")));
  CHECK(insert(*one, 1, 1).ok());
  CHECK(insert(*two, 2, 1).ok());
  CHECK(read_number(*one, count_notes) == 2);
  CHECK(read_number(*two, count_notes) == 2);
  sqlite::Options other = at(folder.file("a.db"));
  other.table_prefix = "other_";
  auto three = open_with_tables(other);
  CHECK(read_number(*three, count_notes) == 0);
}

// Goal: another process that holds the writer is waited for, and told of when it stays.
// Method: a foreign connection holds BEGIN IMMEDIATE and lets go, then holds on.
TEST_CASE("a busy writer is waited for until the deadline") {
  const TempFolder folder;
  auto database = open_with_tables(at(folder.file("a.db")));
  const Foreign foreign(folder.file("a.db"));
  foreign.run("BEGIN IMMEDIATE");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    foreign.run("COMMIT");
  });
  CHECK(insert(*database, 1, 1).ok());
  other.join();
  CHECK(database->metrics().busy_waits > 0);
  foreign.run("BEGIN IMMEDIATE");
  const auto answer = database->write(Deadline::after_ms(50), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 2, 1);
    return {};
  });
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().status == Status::unavailable);
  CHECK(answer.error().reason == "storage.busy");
  CHECK(answer.error().retry == Retry::same);
  CHECK(read_number(*database, count_notes) == 1);  // readers do not mind
  foreign.run("COMMIT");
  CHECK(insert(*database, 2, 1).ok());
}

// Goal: a reader sees one state from its first row to its last.
// Method: a write between two reads of one transaction.
TEST_CASE("a read is a snapshot") {
  const TempFolder folder;
  auto database = open_with_tables(at(folder.file("a.db")));
  auto writer = open_or_fail(at(folder.file("a.db")));
  const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    for (int turn = 0; turn < 2; ++turn) {
      {
        Rows rows = tx.query(count_notes);
        CHECK(rows.next());
        CHECK(rows.int64(0) == 0);
      }
      CHECK(insert(*writer, turn, 1).ok());
    }
    return {};
  });
  CHECK(read.ok());
  CHECK(read_number(*database, count_notes) == 2);
}

// Goal: a forked child neither uses the parent's database nor opens its file, and does the parent
// no harm. Method: a child tries everything and reports by its exit code.
TEST_CASE("an open database does not cross a fork") {
  const TempFolder folder;
  const std::string path = folder.file("a.db");
  auto database = open_with_tables(at(path));
  CHECK(insert(*database, 1, 1).ok());
  CHECK_FALSE(sqlite::opened_in_this_image_before_fork(path));
  const pid_t child = fork();
  if (child == 0) {
    const Work nothing = [](Transaction&) { return Result<void>(); };
    int failures = 0;
    failures += database->write(soon(), nothing).error().reason != "engine.used_after_fork";
    failures += database->read(soon(), nothing).error().reason != "engine.used_after_fork";
    failures += reason_of_opening(at(path)) != "engine.opened_before_fork";
    failures += !sqlite::opened_in_this_image_before_fork(path);
    failures += reason_of_opening(at(folder.file("b.db"))) != "opened";
    failures += reason_of_opening(memory()) != "opened";
    database.reset();
    failures += reason_of_opening(at(path)) != "engine.opened_before_fork";
    _exit(failures);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(insert(*database, 2, 1).ok());
  CHECK(read_number(*database, count_notes) == 2);
  database.reset();
  CHECK(reason_of_opening(at(path)) == "opened");
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
