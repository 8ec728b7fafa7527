// races.cpp - callers at the same time: who waits, who runs again, and that nothing is done twice.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <set>
#include <thread>

#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

using sql::Rows;
using sql::Statement;
using sql::Transaction;

constexpr Statement insert_code{"code.insert", "INSERT INTO {p}code (id, taken_by) VALUES (?, 0)"};
constexpr Statement pick_codes{"code.pick",
                               "SELECT id FROM {p}code WHERE taken_by = 0 ORDER BY id LIMIT ?",
                               sql::Lock::free_rows};
constexpr Statement take_code{"code.take",
                              "UPDATE {p}code SET taken_by = ? WHERE id = ? AND taken_by = 0"};
constexpr Statement count_taken{"code.count_taken",
                                "SELECT taken_by, count(*) FROM {p}code GROUP BY taken_by"};

// Where `wanted` threads wait for each other. A database with one writer runs their works one after
// another, so the waiting ends.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  void wait() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::milliseconds(500), [&] { return arrived_ >= wanted_; });
  }

 private:
  const int wanted_;
  int arrived_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

// Open until somebody opens it, or for ten seconds.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return open_; });
  }

 private:
  bool open_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

std::unique_ptr<sql::Database> open_two_notes(Bench& bench, int connections_max = 8) {
  auto database = bench.open_with_tables(connections_max);
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               tx.run(insert_note, 1, 0, "one");
                               tx.run(insert_note, 2, 0, "two");
                               return {};
                             }),
             "two notes");
  return database;
}

std::int64_t amount(Bench& bench, sql::Database& database, int id) {
  std::int64_t found = -1;
  bench.must(database.read(soon(),
                           [&](Transaction& tx) -> Result<void> {
                             Rows rows = tx.query(find_note, id);
                             found = rows.next() ? rows.int64(0) : -1;
                             return {};
                           }),
             "an amount");
  return found;
}

// Two works lock two rows crosswise: one is sacrificed and runs again, both end well.
void deadlock(Bench& bench) {
  auto database = open_two_notes(bench);
  Meeting meeting(2);
  Result<void> outcomes[2];
  std::atomic<int> runs{0};
  std::thread threads[2];
  for (int i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, i] {
      bool first = true;
      outcomes[i] = database->write(soon(), [&](Transaction& tx) -> Result<void> {
        runs.fetch_add(1);
        static_cast<void>(tx.run_count(add_to_note, 1, 1 + i));
        if (std::exchange(first, false)) {
          meeting.wait();
        }
        static_cast<void>(tx.run_count(add_to_note, 10, 2 - i));
        return {};
      });
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  bench.reason(outcomes[0], "ok", "the first work");
  bench.reason(outcomes[1], "ok", "the second work");
  bench.equal(amount(bench, *database, 1), 11, "note 1");
  bench.equal(amount(bench, *database, 2), 11, "note 2");
  if (bench.driver().is_server) {
    bench.check(runs.load() >= 3, "one of them ran again", std::to_string(runs.load()));
    bench.check(database->metrics().retries >= 1, "and it was counted");
  }
}

// Eight threads read, decide and write under a guard: nothing is lost.
void guards(Bench& bench) {
  auto database = open_two_notes(bench);
  constexpr int threads_count = 8, turns = 10;
  std::vector<std::thread> threads;
  std::vector<std::string> reasons(threads_count, "ok");
  static constexpr Statement guarded_set{
      "note.guarded_set", "UPDATE {p}note SET amount = ? WHERE id = ? AND amount = ?"};
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < turns; ++turn) {
        const auto outcome = database->write(soon(), [](Transaction& tx) -> Result<void> {
          std::int64_t before = 0;
          {
            Rows rows = tx.query(find_note, 1);  // not locked: others may change it
            before = rows.next() ? rows.int64(0) : 0;
          }
          tx.run_exactly(1, guarded_set, before + 1, 1, before);
          return {};
        });
        if (!outcome.ok()) {
          reasons[static_cast<std::size_t>(i)] = outcome.error().reason;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::string& reason : reasons) {
    bench.equal(reason, "ok", "a thread");
  }
  bench.equal(amount(bench, *database, 1), threads_count * turns, "what all have added");
}

// The same with a lock instead of a guard: whoever comes later waits, nobody runs again.
void locks(Bench& bench) {
  auto database = open_two_notes(bench);
  constexpr int threads_count = 8, turns = 10;
  std::vector<std::thread> threads;
  std::atomic<int> runs{0}, failures{0};
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < turns; ++turn) {
        const auto outcome = database->write(soon(), [&](Transaction& tx) -> Result<void> {
          runs.fetch_add(1);
          std::int64_t before = 0;
          {
            Rows rows = tx.query(lock_note, 1);
            before = rows.next() ? rows.int64(0) : 0;
          }
          tx.run(set_note, before + 1, 1);
          return {};
        });
        failures.fetch_add(outcome.ok() ? 0 : 1);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  bench.equal(failures.load(), 0, "failures");
  bench.equal(amount(bench, *database, 1), threads_count * turns, "what all have added");
  bench.equal(runs.load(), threads_count * turns, "runs");
}

// Two insert the same key: one runs again, sees it, and does nothing.
void unique_race(Bench& bench) {
  auto database = bench.open_with_tables();
  constexpr int threads_count = 8;
  Meeting meeting(threads_count);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0}, inserted{0};
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&] {
      bool mine = false;
      meeting.wait();
      const auto outcome = database->write(soon(), [&](Transaction& tx) -> Result<void> {
        Rows rows = tx.query(find_note, 7);
        mine = !rows.next();
        if (mine) {
          tx.run(insert_note, 7, 7, "seven");
        }
        return {};
      });
      failures.fetch_add(outcome.ok() ? 0 : 1);
      inserted.fetch_add(mine ? 1 : 0);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  bench.equal(failures.load(), 0, "failures");
  bench.equal(inserted.load(), 1, "threads that inserted it");
}

// A row that somebody holds is waited for, not longer than the deadline.
void bounded_wait(Bench& bench) {
  auto database = open_two_notes(bench);
  Gate held, leave;
  Result<void> holder_outcome;
  std::thread holder([&] {
    holder_outcome = database->write(soon(), [&](Transaction& tx) -> Result<void> {
      static_cast<void>(tx.run_count(add_to_note, 1, 1));
      held.open();
      leave.wait();
      return {};
    });
  });
  held.wait();
  const auto begin = std::chrono::steady_clock::now();
  const Result<void> late =
      database->write(Deadline::after_ms(300), [](Transaction& tx) -> Result<void> {
        static_cast<void>(tx.run_count(add_to_note, 100, 1));
        return {};
      });
  const auto waited = std::chrono::steady_clock::now() - begin;
  leave.open();
  holder.join();
  // To a host's driver everybody else on the file is another process.
  bench.reason(late, bench.driver().is_host ? "storage.busy" : "call.deadline",
               "waiting for a row that is held");
  // Ten seconds is when the holder gives up: whoever waited for that did not heed its deadline.
  bench.check(waited < std::chrono::seconds(9), "the wait ended with the deadline");
  bench.must(holder_outcome, "the holder");
  bench.equal(amount(bench, *database, 1), 1, "note 1");
}

// Every connection is in use: a caller waits for one, within its deadline.
void exhausted(Bench& bench) {
  if (bench.driver().is_host) {
    throw Skip{"how many connections there are is the host's affair"};
  }
  constexpr int connections = 2;
  auto database = open_two_notes(bench, connections);
  Gate leave;
  std::atomic<int> inside{0};
  std::vector<std::thread> holders;
  for (int i = 0; i < connections; ++i) {
    holders.emplace_back([&] {
      static_cast<void>(database->read(soon(), [&](Transaction& tx) -> Result<void> {
        Rows rows = tx.query(find_note, 1);
        static_cast<void>(rows.next());
        inside.fetch_add(1);
        leave.wait();
        return {};
      }));
    });
  }
  const int wanted = bench.driver().is_shared ? connections : 1;
  while (inside.load() < wanted) {
    std::this_thread::yield();
  }
  const sql::Work look = [](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(find_note, 1);
    static_cast<void>(rows.next());
    return {};
  };
  bench.reason(database->read(Deadline::after_ms(200), look), "call.deadline", "one too many");
  std::thread waiting;
  Result<void> patient;
  waiting = std::thread([&] { patient = database->read(soon(), look); });
  leave.open();
  waiting.join();
  for (std::thread& holder : holders) {
    holder.join();
  }
  bench.reason(patient, "ok", "one that waited");
}

void claim(sql::Database& database, int buyer, int wanted, std::set<std::int64_t>& mine,
           std::string& failed) {
  while (std::ssize(mine) < wanted && failed.empty()) {
    std::set<std::int64_t> taken;
    const auto outcome = database.write(soon(), [&](Transaction& tx) -> Result<void> {
      taken.clear();
      {
        Rows rows = tx.query(pick_codes, 2);
        while (rows.next()) {
          taken.insert(rows.int64(0));
        }
      }
      for (const std::int64_t id : taken) {
        tx.run_exactly(1, take_code, buyer, id);
      }
      return {};
    });
    failed = outcome.ok() ? "" : outcome.error().reason;
    if (failed.empty()) {
      mine.insert(taken.begin(), taken.end());
    }
  }
}

// 32 buyers claim 20 codes each, two at a time, until there is none.
void claims(Bench& bench) {
  constexpr int buyers = 32, each = 20;
  auto database = bench.open_with_tables(buyers);
  bench.must(database->write_alone(soon(),
                                   [](Transaction& tx) -> Result<void> {
                                     for (int id = 1; id <= buyers * each; ++id) {
                                       tx.run(insert_code, id);
                                     }
                                     return {};
                                   }),
             "the codes are stored");
  std::vector<std::set<std::int64_t>> mine(buyers);
  std::vector<std::string> failed(buyers);
  std::vector<std::thread> threads;
  for (int i = 0; i < buyers; ++i) {
    const auto at = static_cast<std::size_t>(i);
    threads.emplace_back([&, i, at] { claim(*database, i + 1, each, mine[at], failed[at]); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::set<std::int64_t> all;
  for (int i = 0; i < buyers; ++i) {
    const auto at = static_cast<std::size_t>(i);
    bench.equal(failed[at], "", "a buyer's failure");
    bench.equal(std::ssize(mine[at]), each, "a buyer's codes");
    all.insert(mine[at].begin(), mine[at].end());
  }
  bench.equal(std::ssize(all), buyers * each, "codes, none twice");
  int groups = 0;
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(count_taken);
                              while (rows.next()) {
                                ++groups;
                                bench.check(rows.int64(0) != 0 && rows.int64(1) == each,
                                            "the database says the same");
                              }
                              return {};
                            }),
             "the codes are counted");
  bench.equal(groups, buyers, "buyers with codes");
}

// Rows that another has locked are passed over, not waited for.
void passed_over(Bench& bench) {
  if (!bench.driver().is_server) {
    throw Skip{"one writer at a time, so nothing is locked"};
  }
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               for (int id = 1; id <= 4; ++id) {
                                 tx.run(insert_code, id);
                               }
                               return {};
                             }),
             "four codes");
  Gate held, leave;
  std::thread holder([&] {
    static_cast<void>(database->write(soon(), [&](Transaction& tx) -> Result<void> {
      Rows rows = tx.query(pick_codes, 2);
      while (rows.next()) {
      }
      held.open();
      leave.wait();
      return {};
    }));
  });
  held.wait();
  std::vector<std::int64_t> picked;
  const auto outcome = database->write(Deadline::after_ms(5'000), [&](Transaction& tx) {
    picked.clear();
    Rows rows = tx.query(pick_codes, 4);
    while (rows.next()) {
      picked.push_back(rows.int64(0));
    }
    return Result<void>{};
  });
  leave.open();
  holder.join();
  bench.must(outcome, "picking what is free");
  bench.check(picked == std::vector<std::int64_t>{3, 4}, "the free ones are picked",
              std::to_string(picked.size()) + " codes");
}

}  // namespace

std::vector<Case> race_cases() {
  return {{"races.a_deadlock_runs_again", deadlock},
          {"races.guards_lose_nothing", guards},
          {"races.locks_lose_nothing", locks},
          {"races.the_same_key_at_once", unique_race},
          {"races.waiting_for_a_row_is_bounded", bounded_wait},
          {"races.waiting_for_a_connection_is_bounded", exhausted},
          {"races.claims_at_once", claims},
          {"races.locked_rows_are_passed_over", passed_over}};
}

}  // namespace kameng::conformance
