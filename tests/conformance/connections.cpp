// connections.cpp - connections that are cut, and databases that crossed a fork.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

using sql::Dialect;
using sql::Rows;
using sql::Statement;
using sql::Transaction;

// SQLite has no such number; its cases are skipped.
constexpr Statement own_number{"connection.number", "SELECT 0", sql::Lock::none,
                               "SELECT pg_backend_pid()::BIGINT", "SELECT CONNECTION_ID()"};

std::int64_t number_of(Transaction& tx) {
  Rows rows = tx.query(own_number);
  return rows.next() ? rows.int64(0) : 0;
}

// Two ways into the same database: the one under test, and one to cut its connections from.
struct Pair {
  std::unique_ptr<sql::Database> database, side;
};

Pair open_pair(Bench& bench, int connections_max = 4) {
  if (!bench.driver().is_server) {
    throw Skip{"no server, so no connection to lose"};
  }
  Pair pair;
  pair.database = bench.open_with_tables(connections_max);
  pair.side = bench.open();
  return pair;
}

void cut(Bench& bench, sql::Database& side, std::int64_t number) {
  const std::string text = std::to_string(number);
  const std::string script = side.dialect() == Dialect::postgres
                                 ? "SELECT pg_terminate_backend(" + text + ", 5000)"
                                 : "KILL CONNECTION " + text;
  bench.must(side.write_alone(soon(),
                              [&](Transaction& tx) -> Result<void> {
                                if (auto failure = tx.connection().execute(script)) {
                                  tx.fail(std::move(failure));
                                }
                                return {};
                              }),
             "a connection is cut");
}

Result<void> note(sql::Database& database, int id) {
  return database.write(soon(), [id](Transaction& tx) -> Result<void> {
    Rows found = tx.query(find_note, id);
    if (!found.next()) {  // its own trace, when a commit's answer was lost
      tx.run(insert_note, id, id, "note " + std::to_string(id));
    }
    return {};
  });
}

std::int64_t count(Bench& bench, sql::Database& database) {
  std::int64_t notes = -1;
  bench.must(database.read(soon(),
                           [&](Transaction& tx) -> Result<void> {
                             Rows rows = tx.query(count_notes);
                             notes = rows.next() ? rows.int64(0) : -1;
                             return {};
                           }),
             "the notes are counted");
  return notes;
}

void idle(Bench& bench) {
  const Pair pair = open_pair(bench);
  for (int turn = 1; turn <= 2; ++turn) {
    std::int64_t number = 0;
    bench.must(pair.database->read(soon(),
                                   [&](Transaction& tx) -> Result<void> {
                                     number = number_of(tx);
                                     return {};
                                   }),
               "the connection's number");
    cut(bench, *pair.side, number);
    bench.reason(note(*pair.database, turn), "ok", "a write after its connection was cut");
  }
  bench.equal(count(bench, *pair.database), 2, "notes");
}

// The works run again on another connection. `cut_at`: before the first write, between writes, or
// with nothing left but the commit.
void busy(Bench& bench) {
  for (const int cut_at : {0, 1, 2}) {
    Pair pair = open_pair(bench);
    int runs = 0;
    const auto outcome = pair.database->write(soon(), [&](Transaction& tx) -> Result<void> {
      ++runs;
      const std::int64_t number = number_of(tx);
      for (int step = 0; step < 3; ++step) {
        if (runs == 1 && step == cut_at) {
          cut(bench, *pair.side, number);
        }
        if (step < 2) {
          tx.run(insert_note, step + 1, 1, "note " + std::to_string(step));
        }
      }
      return {};
    });
    bench.reason(outcome, "ok", "cut at step " + std::to_string(cut_at));
    bench.equal(runs, 2, "runs");
    bench.equal(count(bench, *pair.database), 2, "notes");
    bench.must(pair.side->write_alone(soon(),
                                      [](Transaction& tx) -> Result<void> {
                                        if (auto failure = tx.connection().execute(drop_tables)) {
                                          tx.fail(std::move(failure));
                                        }
                                        return {};
                                      }),
               "the tables are dropped");
  }
}

void reading(Bench& bench) {
  const Pair pair = open_pair(bench);
  bench.must(note(*pair.database, 1), "a note");
  int runs = 0;
  std::int64_t found = 0;
  bench.must(pair.database->read(soon(),
                                 [&](Transaction& tx) -> Result<void> {
                                   const std::int64_t number = number_of(tx);
                                   if (++runs == 1) {
                                     cut(bench, *pair.side, number);
                                   }
                                   Rows rows = tx.query(count_notes);
                                   found = rows.next() ? rows.int64(0) : -1;
                                   return {};
                                 }),
             "a read whose connection was cut");
  bench.equal(runs, 2, "runs");
  bench.equal(found, 1, "notes");
}

// A server that cuts every connection is told in the end.
void always(Bench& bench) {
  const Pair pair = open_pair(bench, 2);
  int runs = 0;
  const auto outcome = pair.database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    cut(bench, *pair.side, number_of(tx));
    tx.run(insert_note, 1, 1, "one");
    return {};
  });
  bench.reason(outcome, "storage.io", "a connection that is cut each time");
  bench.check(runs >= 2 && runs < 20, "runs are few", std::to_string(runs));
  bench.reason(note(*pair.database, 2), "ok", "the database is usable");
  bench.equal(count(bench, *pair.database), 1, "notes");
}

// Everything in the pool is cut at once, as when the server is started anew.
void whole_pool(Bench& bench) {
  constexpr int connections = 3;
  const Pair pair = open_pair(bench, connections);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::int64_t> numbers;
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      static_cast<void>(pair.database->read(soon(), [&](Transaction& tx) -> Result<void> {
        const std::int64_t number = number_of(tx);
        std::unique_lock lock(mutex);
        numbers.push_back(number);
        changed.notify_all();
        changed.wait_for(lock, std::chrono::seconds(10),
                         [&] { return numbers.size() == connections; });
        return {};
      }));
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  bench.equal(std::ssize(numbers), connections, "connections");
  for (const std::int64_t number : numbers) {
    cut(bench, *pair.side, number);
  }
  bench.reason(note(*pair.database, 1), "ok", "a write afterwards");
}

// While the server is away every call says so within its deadline; afterwards the same database
// goes on, with what was stored.
void away(Bench& bench) {
  if (!bench.driver().turn) {
    throw Skip{"others use the server too, or there is none"};
  }
  auto database = bench.open_with_tables();
  bench.must(note(*database, 1), "a note before");
  const sql::Work look = [](Transaction& tx) -> Result<void> {
    static_cast<void>(tx.query(count_notes).next());
    return {};
  };
  bench.check(bench.driver().turn(false), "the server is ended");
  for (int call = 0; call < 12; ++call) {  // more than the pool has connections
    const auto begin = std::chrono::steady_clock::now();
    const auto deadline = Deadline::after_ms(2'000);
    const Result<void> outcome =
        call % 2 == 0 ? database->read(deadline, look) : note(*database, 2);
    bench.reason(outcome, "storage.unreachable", "call " + std::to_string(call));
    bench.check(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15),
                "it did not wait for the server");
  }
  bench.check(bench.driver().turn(true), "the server is started anew");
  Result<void> outcome;
  for (int attempt = 0; attempt < 300 && (attempt == 0 || !outcome.ok()); ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(attempt == 0 ? 0 : 100));
    outcome = note(*database, 2);
  }
  bench.reason(outcome, "ok", "a write once the server is back");
  bench.equal(count(bench, *database), 2, "notes");
}

// The child of a fork may neither use nor harm what its parent opened.
void forked(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(note(*database, 1), "a note before");
  const pid_t child = ::fork();
  if (child == 0) {
    const sql::Work nothing = [](Transaction&) -> Result<void> { return {}; };
    const Result<void> written = database->write(soon(), nothing);
    const Result<void> read = database->read(soon(), nothing);
    const bool refused = !written.ok() && written.error().reason == "engine.used_after_fork" &&
                         !read.ok() && read.error().reason == "engine.used_after_fork";
    database.reset();  // and letting go of it leaves the parent's alone
    ::_exit(refused ? 0 : 1);
  }
  bench.check(child > 0, "a fork");
  int status = -1;
  bench.check(
      ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0,
      "the child is refused with engine.used_after_fork", std::to_string(status));
  bench.must(note(*database, 2), "a note after");
  bench.equal(count(bench, *database), 2, "notes");
}

}  // namespace

std::vector<Case> connection_cases() {
  return {{"connections.cut_while_idle", idle},       {"connections.cut_in_a_write", busy},
          {"connections.cut_in_a_read", reading},     {"connections.cut_each_time", always},
          {"connections.server_away", away},          {"connections.all_cut_at_once", whole_pool},
          {"connections.do_not_cross_a_fork", forked}};
}

}  // namespace kameng::conformance
