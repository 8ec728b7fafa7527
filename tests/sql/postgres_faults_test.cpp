// postgres_faults_test.cpp - the PostgreSQL driver when things go wrong: races, lost connections,
// a server that hangs, and what cannot be opened.
#include <condition_variable>
#include <mutex>

#include "engine/storage.hpp"
#include "postgres_fixture.hpp"

namespace kameng::sql::test::postgres {
namespace {

// Threads wait here for each other, once; nobody waits for ever.
class Meeting {
 public:
  explicit Meeting(int expected) : expected_(expected) {}
  void arrive() {
    std::unique_lock lock(mutex_);
    ++here_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return here_ >= expected_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  const int expected_;
  int here_ = 0;
};

std::string reason_of_opening(const ServerOptions& options) {
  auto opened = sql::postgres::open(options);
  return opened.ok() ? "opened" : opened.error().reason;
}

}  // namespace

TEST_SUITE_BEGIN("postgres");

// Goal: a row that changed under a decision makes the work run again.
// Method: the first run of a work expects a row that is there only after another writer.
TEST_CASE("a count that differs runs the work again") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  auto other = open_or_fail(options());
  int runs = 0;
  const auto done = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.run_exactly(1, set_note, 5, 1);
    Rows rows = tx.query(count_notes);
    if (runs == 1) {
      CHECK_FALSE(rows.next());
      CHECK(tx.failure().fault == Fault::conflict);
      CHECK(tx.failure().statement == "note.set");
      CHECK(insert(*other, 1, 1).ok());
    }
    return {};
  });
  CHECK(done.ok());
  CHECK(runs == 2);
  CHECK(database->metrics().retries == 1);
}

// Goal: what a reading transaction has left open is not for the next one on its connection.
// Method: one connection; a write in a read, and a query that fails and that nobody looks at.
TEST_CASE("a reading transaction leaves nothing to the next one") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  constexpr Statement divide{"note.divide", "SELECT 1 / CAST(? AS BIGINT)"};
  const auto written = database->read(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 1, 1);
    CHECK(tx.failure().fault == Fault::misuse);
    return {};
  });
  CHECK(written.error().reason == "storage.misuse");
  CHECK(insert(*database, 2, 2).ok());
  const auto unread = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    const Rows rows = tx.query(divide, 0);
    return {};
  });
  CHECK(unread.ok());
  CHECK(insert(*database, 3, 3).ok());
  CHECK(read_number(*database, count_notes) == 2);
  CHECK(database->metrics().retries == 0);
}

// Goal: who goes on after a failure is told so at the commit, once.
// Method: a script that fails, and a work that takes no notice.
TEST_CASE("an aborted transaction is not tried again") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  int runs = 0;
  const auto done = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    CHECK(tx.connection().execute("DROP TABLE no_such_table").fault == Fault::misuse);
    return {};
  });
  CHECK(done.error().reason == "storage.misuse");
  CHECK(runs == 1);
}

// Goal: somebody who inserted first is seen by the second run; a row that is always there is a
// fault of ours.
// Method: a work that inserts what another writer inserts after its facts; one that never looks.
TEST_CASE("a unique race is run once more") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  auto other = open_or_fail(options());
  int runs = 0;
  const auto raced = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    bool is_there = false;
    {
      Rows rows = tx.query(find_note, 1);
      is_there = rows.next();
    }
    if (runs == 1) {
      CHECK(insert(*other, 1, 1).ok());
    }
    if (!is_there) {
      tx.run(insert_note, 1, 2);
    }
    return {};
  });
  CHECK(raced.ok());
  CHECK(runs == 2);
  runs = 0;
  const auto blind = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.run(insert_note, 1, 2);
    return {};
  });
  REQUIRE_FALSE(blind.ok());
  CHECK(blind.error().reason == "storage.constraint");
  CHECK(blind.error().details.back().second == "note_pkey");
  CHECK(runs == 2);
}

// Goal: two works that wait for each other both end well.
// Method: two threads lock two rows in opposite order and meet in between.
TEST_CASE("a deadlock ends well for both") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  REQUIRE(insert(*database, 1, 0).ok());
  REQUIRE(insert(*database, 2, 0).ok());
  Meeting meeting(2);
  bool good[2] = {false, false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      bool met = false;
      good[i] = database
                    ->write(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              if (tx.run_count(add_to_note, 1, 1 + i) != 1) {
                                return {};
                              }
                              if (!std::exchange(met, true)) {
                                meeting.arrive();
                              }
                              tx.run_exactly(1, add_to_note, 1, 2 - i);
                              return {};
                            })
                    .ok();
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(good[0]);
  CHECK(good[1]);
  constexpr Statement sum{"note.sum", "SELECT sum(amount) FROM {p}note"};
  CHECK(read_number(*database, sum) == 4);
  CHECK(database->metrics().retries >= 1);
}

// Goal: a session that the server ended is replaced, and the work runs again.
// Method: another connection ends all sessions, between works and in the middle of one.
TEST_CASE("a session that was ended is replaced") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  auto other = open_or_fail(options());
  CHECK(read_number(*other, kill_others) >= 1);
  CHECK(insert(*database, 1, 1).ok());
  CHECK(database->metrics().retries == 1);
  int runs = 0;
  const auto done = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    CHECK(tx.run_count(insert_note, 2, 2) == (++runs > 0 ? 1 : 0));
    if (runs == 1) {
      CHECK(read_number(*other, kill_others) >= 1);
    }
    tx.run(insert_note, 3, 3);
    return {};
  });
  CHECK_MESSAGE(done.ok(), done.error().message);
  CHECK(runs == 2);
  CHECK(read_number(*database, count_notes) == 3);
}

// Goal: a statement that runs past the deadline is given up, and so is one that waits for a row.
// Method: a sleep of a minute and a locked row, with a fifth of a second; then nothing runs on the
// server any more, and the connection is the same.
TEST_CASE("a statement that runs past the deadline is stopped") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  auto other = open_or_fail(options());
  REQUIRE(insert(*database, 1, 1).ok());
  constexpr Statement pid{"backend.pid", "SELECT pg_backend_pid()"};
  constexpr Statement sleep{"sleep", "SELECT 1 FROM pg_sleep(60)"};
  constexpr Statement sleeping{"sleeping",
                               "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND"
                               " pid <> pg_backend_pid() AND query LIKE '%pg_sleep(60)%'"};
  const std::int64_t before = read_number(*database, pid);
  const auto slept = database->write(Deadline::after_ms(200), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(sleep);
    CHECK_FALSE(rows.next());
    return {};
  });
  CHECK(slept.error().reason == "call.deadline");
  CHECK(read_number(*other, sleeping) == 0);
  const auto held = other->write(soon(), [&](Transaction& tx) -> Result<void> {
    CHECK(tx.run_count(set_note, 2, 1) == 1);
    const auto waited = database->write(Deadline::after_ms(200), [](Transaction& mine) {
      mine.run(set_note, 3, 1);
      return Result<void>();
    });
    CHECK(waited.error().reason == "call.deadline");
    return {};
  });
  CHECK(held.ok());
  CHECK(read_number(*database, pid) == before);
}

// Goal: a server that is gone or says nothing is told of within the deadline, and used again as
// soon as it is back.
// Method: a relay that cuts, and one that passes nothing on: while opening, at a statement and at
// a new connection.
TEST_CASE("a server that does not answer is told of, and used again") {
  if (!has_server()) {
    return;
  }
  Relay relay;
  ServerOptions through = options();
  through.dsn = relay.dsn();
  through.open_timeout_ms = 2'000;
  auto database = open_with_tables(through);
  const auto short_write = [&] {
    return database->write(Deadline::after_ms(300), [](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 1, 1);
      return {};
    });
  };
  relay.set(Relay::State::gone);
  CHECK(short_write().error().reason == "storage.unreachable");
  CHECK(reason_of_opening(through) == "storage.unreachable");
  relay.set(Relay::State::open);
  CHECK(insert(*database, 2, 2).ok());
  relay.set(Relay::State::silent);
  CHECK(reason_of_opening(through) == "storage.unreachable");
  const auto silent = short_write();
  CHECK(silent.error().reason == "storage.io");
  CHECK(silent.error().retry == Retry::same);
  relay.set(Relay::State::open);
  CHECK(insert(*database, 3, 3).ok());
  CHECK(read_number(*database, count_notes) == 2);
}

// Goal: a caller waits for a free connection until its deadline and no longer.
// Method: the one connection is in use by another thread.
TEST_CASE("a pool of connections that is exhausted is waited for until the deadline") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  Meeting taken(2);
  Meeting done(2);
  std::thread holder([&] {
    static_cast<void>(database->read(soon(), [&](Transaction&) -> Result<void> {
      taken.arrive();
      done.arrive();
      return {};
    }));
  });
  taken.arrive();
  const auto waited =
      database->read(Deadline::after_ms(50), [](Transaction&) { return Result<void>(); });
  done.arrive();
  holder.join();
  CHECK(waited.error().reason == "call.deadline");
  CHECK(read_number(*database, count_notes) == 0);
}

// Goal: what cannot be opened says why, and never what stands in the dsn.
// Method: one dsn for each reason.
TEST_CASE("a dsn that does not lead to a database is told of") {
  if (!has_server()) {
    return;
  }
  struct Case {
    std::string dsn;
    std::string reason;
  };
  const Case cases[] = {
      {with_word(server_dsn(), "password", "wrong-secret"), "storage.access_denied"},
      {with_word(server_dsn(), "user", "nobody-secret"), "storage.access_denied"},
      {with_word(server_dsn(), "dbname", "none-secret"), "storage.no_database"},
      {with_word(server_dsn(), "host", "/none/secret"), "storage.unreachable"},
      {"postgresql://kameng:secret@127.0.0.1:1/x", "storage.unreachable"},
      {"postgresql://kameng:secret@[::1/x", "storage.dsn"},
      {"secret", "storage.dsn"},
      {"", "storage.dsn"},
      {"user=secret", "storage.dsn"},
      {"host=/secret", "storage.dsn"},
      {"host=/secret user=x password='", "storage.dsn"},
      {"host=/secret user=x nothing=x", "storage.dsn"},
      {server_dsn() + " service=secret", "storage.dsn"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.dsn);
    ServerOptions wrong = options();
    wrong.dsn = test.dsn;
    auto opened = sql::postgres::open(wrong);
    REQUIRE_FALSE(opened.ok());
    const Error& error = opened.error();
    CHECK(error.reason == test.reason);
    CHECK((error.message + error.field).find("secret") == std::string::npos);
    CHECK(error.details.empty());
  }
}

// Goal: the configuration names the driver and its dsn.
// Method: no dsn, one that is none, and an engine's own way to the server.
TEST_CASE("the driver is chosen by the configuration") {
  engine::StorageConfig config;
  config.driver = "postgres";
  const auto missing = engine::open_database(config, {}, nullptr);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().status == Status::invalid_argument);
  CHECK(missing.error().reason == "storage.dsn_missing");
  CHECK(missing.error().field == "storage.dsn");
  config.dsn = "none";
  CHECK(engine::open_database(config, {}, nullptr).error().reason == "storage.dsn");
  config.driver = "oracle";
  const auto unknown = engine::open_database(config, {}, nullptr);
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message.find("sqlite, postgres") != std::string::npos);
  if (has_server()) {
    config.driver = "postgres";
    config.dsn = server_dsn();
    const auto opened = engine::open_database(config, {}, nullptr);
    REQUIRE(opened.ok());
    CHECK((*opened)->dialect() == Dialect::postgres);
  }
}

// Goal: the environment has no say in where a database is.
// Method: variables that would lead elsewhere; the dsn leads to the server.
TEST_CASE("the environment does not lead elsewhere") {
  if (!has_server()) {
    return;
  }
  const char* const names[] = {"PGHOST",           "PGPORT",     "PGUSER",
                               "PGPASSWORD",       "PGDATABASE", "PGOPTIONS",
                               "PGCLIENTENCODING", "PGSSLMODE",  "PGPASSFILE"};
  for (const char* const name : names) {
    ::setenv(name, "elsewhere", 1);
  }
  CHECK(reason_of_opening(options()) == "opened");
  ServerOptions bare = options();
  bare.dsn = "host=" + word_of(server_dsn(), "host") + " user=" + word_of(server_dsn(), "user") +
             " dbname=" + word_of(server_dsn(), "dbname");
  ::setenv("PGPASSWORD", word_of(server_dsn(), "password").c_str(), 1);
  CHECK(reason_of_opening(bare) == "storage.access_denied");
  for (const char* const name : names) {
    ::unsetenv(name);
  }
}

// Goal: seams hear and stop statements here as they do on SQLite.
// Method: a trace, and faults at the beginning, at a write and at the commit.
TEST_CASE("a server's statements can be heard and made to fail") {
  if (!has_server()) {
    return;
  }
  std::string at;
  std::vector<std::string> heard;
  ServerOptions seamed = options();
  seamed.before_statement = [&](std::string_view name) {
    return name == at ? Fault::full : Fault::none;
  };
  seamed.trace = [&](std::string_view name, std::string_view, std::span<const Value>) {
    heard.emplace_back(name);
  };
  auto database = open_with_tables(seamed);
  heard.clear();
  REQUIRE(insert(*database, 1, 1).ok());
  CHECK(heard == std::vector<std::string>{"begin", "note.insert", "commit"});
  for (const char* const name : {"begin", "note.insert", "commit"}) {
    at = name;
    CHECK(insert(*database, 2, 2).error().reason == "storage.full");
  }
  at.clear();
  CHECK(read_number(*database, count_notes) == 1);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test::postgres
