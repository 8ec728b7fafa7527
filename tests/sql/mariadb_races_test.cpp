// mariadb_races_test.cpp - callers that meet, sessions that die, servers that do not answer.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "mariadb_fixture.hpp"
#include "sql/migration.hpp"
#include "support/temp_folder.hpp"

namespace kameng::sql::test {
namespace {

constexpr Statement insert_note{"note.insert",
                                "INSERT INTO {p}note (id, amount, name) VALUES (?, ?, ?)"};
constexpr Statement has_note{"note.has", "SELECT count(*) FROM {p}note WHERE name = ?"};
constexpr Statement lock_note{"note.lock", "SELECT amount FROM {p}note WHERE id = ?", Lock::rows};
constexpr Statement free_notes{"note.free", "SELECT id FROM {p}note ORDER BY id", Lock::free_rows};
constexpr Statement add_to_note{"note.add", "UPDATE {p}note SET amount = amount + ? WHERE id = ?"};
constexpr Statement amount_of_note{"note.amount", "SELECT amount FROM {p}note WHERE id = ?"};
constexpr Statement lock_up{"note.lock_up", "SELECT amount FROM {p}note ORDER BY id", Lock::rows};
constexpr Statement lock_down{"note.lock_down", "SELECT amount FROM {p}note ORDER BY id DESC",
                              Lock::rows};
constexpr Statement own_session{"session", "SELECT CONNECTION_ID()"};
constexpr Statement sleep_long{"sleep", "SELECT SLEEP(600)"};
constexpr Statement steps_done{"steps.done",
                               "SELECT count(*) FROM {p}migration WHERE state = 'done'"};
constexpr Statement steps_begun{"steps.begun",
                                "SELECT count(*) FROM {p}migration WHERE state = 'started'"};

std::int64_t number(Database& database, const Statement& statement) {
  std::int64_t found = -1;
  const auto read = database.read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(statement);
    found = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK_MESSAGE(read.ok(), read.error().reason);
  return found;
}

std::int64_t amount_of(Database& database, std::int64_t id) {
  std::int64_t found = -1;
  const auto read = database.read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(amount_of_note, id);
    found = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK_MESSAGE(read.ok(), read.error().reason);
  return found;
}

Result<void> add(Database& database, std::int64_t id) {
  return database.write(in_ms(20'000), [id](Transaction& tx) -> Result<void> {
    tx.run_exactly(1, add_to_note, 1, id);
    return {};
  });
}

// Ends a session, through another one.
void kill_session(Database& by, std::int64_t session) {
  REQUIRE(execute(by, "KILL " + std::to_string(session)).ok());
}

}  // namespace

TEST_SUITE_BEGIN("mariadb");

// Goal: a unique index that refuses is a race the first time and a fault of ours the second.
// Method: somebody inserts between the work's look and its insert; a work that never looks.
TEST_CASE("mariadb: a race for a unique name is run again once") {
  if (has_no_mariadb()) {
    return;
  }
  const ServerOptions options = mariadb_options();
  Tables database(options);
  const auto other = open_mariadb(options);
  int runs = 0;
  bool found = false;
  const auto raced = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    {
      Rows rows = tx.query(has_note, "three");
      found = rows.next() && rows.int64(0) == 1;
    }
    if (++runs == 1) {
      std::thread([&] {
        static_cast<void>(other->write(in_ms(20'000), [](Transaction& theirs) -> Result<void> {
          theirs.run(insert_note, 30, 1, "three");
          return {};
        }));
      }).join();
    }
    if (!found) {
      tx.run(insert_note, 3, 1, "three");
    }
    return {};
  });
  CHECK_MESSAGE(raced.ok(), raced.error().reason);
  CHECK(runs == 2);
  CHECK(found);
  runs = 0;
  const auto refused = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.run(insert_note, 4, 1, "three");
    return {};
  });
  CHECK(refused.error().reason == "storage.constraint");
  CHECK(runs == 2);
}

// Goal: of two that wait for each other both end well.
// Method: two threads lock two rows in opposite orders and meet in the middle, once. The second row
// is updated, or read in a query whose answer has begun when the server refuses to go on.
TEST_CASE("mariadb: a deadlock is run again") {
  if (has_no_mariadb()) {
    return;
  }
  bool reads = false;
  SUBCASE("met in an update") {}
  SUBCASE("met among the rows of a query") {
    reads = true;
  }
  Tables database(mariadb_options());
  std::atomic<int> locked{0};
  std::atomic<int> runs{0};
  std::array<Result<void>, 2> results;
  const auto cross = [&](std::size_t me) {
    const std::int64_t first = me == 0 ? 1 : 2;
    bool met = false;
    results[me] = database->write(in_ms(20'000), [&, first](Transaction& tx) -> Result<void> {
      ++runs;
      tx.run(add_to_note, 1, first);
      if (!met) {
        met = true;
        ++locked;
        while (locked < 2) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      }
      if (reads) {
        Rows rows = tx.query(me == 0 ? lock_up : lock_down);
        while (rows.next()) {
        }
      }
      tx.run(add_to_note, 1, 3 - first);
      return {};
    });
  };
  std::thread one(cross, 0), two(cross, 1);
  one.join();
  two.join();
  CHECK(results[0].ok());
  CHECK(results[1].ok());
  CHECK(runs >= 3);
  CHECK(amount_of(*database, 1) == 12);
  CHECK(amount_of(*database, 2) == 22);
}

// Goal: locks are taken by those who write, waited for no longer than the deadline, and passed over
// by those who ask for free rows.
// Method: one work holds a row; others want it, want what is free, and read.
TEST_CASE("mariadb: waiting for a lock ends with the deadline") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  Result<void> late;
  std::int64_t seen = 0;
  std::vector<std::int64_t> free;
  const auto held = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    CHECK(tx.query(lock_note, 1).next());
    std::thread([&] {
      late = database->write(in_ms(300), [](Transaction& theirs) -> Result<void> {
        static_cast<void>(theirs.query(lock_note, 1).next());
        return {};
      });
      static_cast<void>(database->write(in_ms(20'000), [&](Transaction& theirs) -> Result<void> {
        Rows rows = theirs.query(free_notes);
        while (rows.next()) {
          free.push_back(rows.int64(0));
        }
        return {};
      }));
      static_cast<void>(database->read(in_ms(20'000), [&](Transaction& theirs) -> Result<void> {
        Rows rows = theirs.query(lock_note, 1);
        seen = rows.next() ? rows.int64(0) : -1;
        return {};
      }));
    }).join();
    return {};
  });
  CHECK(held.ok());
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().reason == "call.deadline");
  CHECK(seen == 10);
  CHECK(free == std::vector<std::int64_t>{2});
  CHECK(add(*database, 1).ok());
}

// Goal: a wait for a lock that the server ends is told as busy, and tried until it comes free.
// Method: a holder that lets go after the server's wait has run out at least once.
TEST_CASE("mariadb: a lock that comes late is had at last") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  std::atomic<int> tries{0};
  Result<void> got;
  std::thread waiter;
  const auto held = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    CHECK(tx.query(lock_note, 1).next());
    waiter = std::thread([&] {
      got = database->write(in_ms(3'900), [&](Transaction& theirs) -> Result<void> {
        ++tries;
        theirs.run(add_to_note, 1, 1);
        return {};
      });
    });
    while (tries < 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
  });
  waiter.join();
  CHECK(held.ok());
  CHECK_MESSAGE(got.ok(), got.error().reason);
  CHECK(amount_of(*database, 1) == 11);
}

// Goal: a session that dies takes its transaction with it, and the work runs again on another.
// Method: kill it in the middle of a work, then while it is idle.
TEST_CASE("mariadb: killed sessions are replaced") {
  if (has_no_mariadb()) {
    return;
  }
  const ServerOptions options = mariadb_options();
  Tables database(options);
  const auto killer = open_mariadb(options);
  int runs = 0;
  std::int64_t session = 0;
  const auto killed = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    {
      Rows rows = tx.query(own_session);
      session = rows.next() ? rows.int64(0) : 0;
    }
    tx.run(add_to_note, 1, 1);
    if (++runs == 1) {
      std::thread([&] { kill_session(*killer, session); }).join();
    }
    tx.run(add_to_note, 1, 1);
    return {};
  });
  CHECK_MESSAGE(killed.ok(), killed.error().reason);
  CHECK(runs == 2);
  CHECK(amount_of(*database, 1) == 12);
  kill_session(*killer, number(*database, own_session));
  CHECK(add(*database, 1).ok());
  CHECK(amount_of(*database, 1) == 13);
}

// Goal: a statement that runs on is given up at the deadline, and the next call finds a session.
// Method: a long sleep in the server.
TEST_CASE("mariadb: a statement that takes too long is given up") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  for (int round = 0; round < 2; ++round) {
    const auto slow = database->read(in_ms(200), [](Transaction& tx) -> Result<void> {
      static_cast<void>(tx.query(sleep_long).next());
      return {};
    });
    CHECK(slow.error().reason == "call.deadline");
    CHECK(amount_of(*database, 1) == 10);
  }
}

// Goal: a call waits for a free connection as long as it may.
// Method: a pool of one, taken.
TEST_CASE("mariadb: an exhausted pool") {
  if (has_no_mariadb()) {
    return;
  }
  ServerOptions options = mariadb_options();
  options.connections_max = 1;
  Tables database(options);
  Result<void> waited;
  CHECK(database
            ->write(in_ms(20'000),
                    [&](Transaction&) -> Result<void> {
                      std::thread([&] {
                        waited = database->read(in_ms(50),
                                                [](Transaction&) -> Result<void> { return {}; });
                      }).join();
                      return {};
                    })
            .ok());
  REQUIRE_FALSE(waited.ok());
  CHECK(waited.error().reason == "call.deadline");
}

// Goal: whoever cannot be let in hears why, and hears no secret.
// Method: addresses that are wrong in one way each; one where nobody listens; one that never
// answers.
TEST_CASE("mariadb: servers that cannot be used") {
  if (has_no_mariadb()) {
    return;
  }
  const auto reason = [](const std::string& dsn) {
    ServerOptions options;
    options.dsn = dsn;
    options.open_timeout_ms = 500;
    const auto opened = mariadb::open(options);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().message.find("pa55word") == std::string::npos);
    return opened.error().reason;
  };
  const std::string dsn = mariadb_dsn();
  const std::size_t name = dsn.find("://") + 3;
  const std::size_t at = dsn.find('@');
  const std::size_t database = dsn.find('/', at) + 1;
  CHECK(reason(dsn.substr(0, name) + "nobody_here:pa55word" + dsn.substr(at)) ==
        "storage.access_denied");
  const std::string no_such_base = dsn.substr(0, database) + "no_such_base" +
                                   (dsn.find('?') < dsn.size() ? dsn.substr(dsn.find('?')) : "");
  const std::string about_base = reason(no_such_base);
  // A user who may use one database is not told whether there are others.
  CHECK((about_base == "storage.no_database" || about_base == "storage.access_denied"));
  CHECK(reason("mariadb://u:pa55word@h/") == "storage.dsn");

  const kameng::test::TempFolder folder;
  const std::string path = folder.file("socket");
  const std::string silent = "mariadb://u:pa55word@localhost/d?socket=" + path;
  CHECK(reason(silent) == "storage.unreachable");
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 4) == 0);
  CHECK(reason(silent) == "storage.unreachable");
  ::close(listener);
}

// Goal: a child of fork leaves the parent's sessions alone.
// Method: the child's call is refused and its database destroyed; the parent goes on.
TEST_CASE("mariadb: a forked child does not disturb its parent") {
  if (has_no_mariadb()) {
    return;
  }
  const ServerOptions options = mariadb_options();
  Tables database(options);
  auto inherited = open_mariadb(options);
  const std::int64_t session = number(*inherited, own_session);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto used =
        inherited->read(in_ms(1'000), [](Transaction&) -> Result<void> { return {}; });
    const bool refused = !used && used.error().reason == "engine.used_after_fork";
    inherited.reset();
    const auto anew = mariadb::open(options);
    ::_exit(refused && anew.ok() ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(number(*inherited, own_session) == session);
}

namespace {

const std::vector<Migration>& steps() {
  static const std::vector<Migration> all{
      {1, "note.tables", {{.sqlite = "", .mariadb = "SELECT 1"}}},
      {2,
       "note.trigger",
       {{.sqlite = "",
         .mariadb = "CREATE TABLE IF NOT EXISTS {p}extra (id BIGINT PRIMARY KEY, name VARCHAR(9))"
                    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
                    "CREATE OR REPLACE TRIGGER {p}extra_kept BEFORE DELETE ON {p}extra FOR EACH ROW"
                    " BEGIN IF OLD.id > 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'kept';"
                    " END IF; END;"},
        {.sqlite = "", .mariadb = "INSERT INTO {p}extra VALUES (1, 'a'), (2, 'b')"}}}};
  return all;
}

}  // namespace

// Goal: a step that a process left half done is finished by the next that opens.
// Method: a child dies between a step's two scripts; then two at once bring the schema up to date.
TEST_CASE("mariadb: a migration that was cut short is finished") {
  if (has_no_mariadb()) {
    return;
  }
  const ServerOptions options = mariadb_options();
  Tables database(options);
  const pid_t child = ::fork();
  if (child == 0) {
    ServerOptions dying = options;
    int scripts = 0;
    dying.before_statement = [&scripts](std::string_view name) {
      if (name == "script" && ++scripts == 4) {  // the table of steps, step 1, the tables of step 2
        ::raise(SIGKILL);
      }
      return Fault::none;
    };
    const auto opened = mariadb::open(dying);
    static_cast<void>(opened.value()->migrate(steps(), 42, in_ms(20'000)));
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(number(*database, steps_done) == 1);
  CHECK(number(*database, steps_begun) == 1);
  std::array<Result<void>, 2> results;
  const auto migrate = [&](std::size_t me) {
    results[me] = database->migrate(steps(), 43, in_ms(20'000));
  };
  std::thread one(migrate, 0), two(migrate, 1);
  one.join();
  two.join();
  CHECK_MESSAGE(results[0].ok(), results[0].error().message);
  CHECK_MESSAGE(results[1].ok(), results[1].error().message);
  CHECK(number(*database, steps_done) == 2);
  CHECK(number(*database, steps_begun) == 0);
  constexpr Statement delete_extra{"extra.delete", "DELETE FROM {p}extra WHERE id = ?"};
  Failure failure;
  static_cast<void>(database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    tx.run(delete_extra, 1);
    tx.run(delete_extra, 2);
    failure = tx.failure();
    return {};
  }));
  CHECK(failure.fault == Fault::check);
  CHECK(execute(*database, "DROP TABLE {p}extra").ok());
}

// Goal: a step that fails says why, can be mended, and holds nobody up.
// Method: a wrong statement, and the right one at once after it.
TEST_CASE("mariadb: a migration that fails is run again") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  auto now = steps();
  now.push_back(
      {3, "note.more", {{.sqlite = "", .mariadb = "ALTER TABLE {p}note ADD more BIGINT"}}});
  REQUIRE(execute(*database, "ALTER TABLE {p}note ADD more BIGINT").ok());
  const auto failed = database->migrate(now, 42, in_ms(4'000));
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().reason == "storage.misuse");
  CHECK(failed.error().message.find("more") != std::string::npos);
  CHECK(number(*database, steps_done) == 2);
  REQUIRE(execute(*database, "ALTER TABLE {p}note DROP more").ok());
  CHECK(database->migrate(now, 42, in_ms(4'000)).ok());
  CHECK(number(*database, steps_done) == 3);
  CHECK(execute(*database, "DROP TABLE {p}extra").ok());
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
