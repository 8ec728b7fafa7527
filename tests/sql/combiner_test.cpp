// combiner_test.cpp - what one caller's failure means to the others, on one thread or a few that
// the test leads by hand.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "fixture.hpp"

namespace kameng::sql::test {

namespace {

constexpr Statement insert_child{"child.insert",
                                 "INSERT INTO {p}child (id, note_id) VALUES (?, ?)"};
constexpr Statement count_forever{
    "count.forever",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"};

// Holds the leader inside its work until the test has queued others behind it, so that what a group
// holds is no accident.
class Gate {
 public:
  void wait_until_entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    entered_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool entered_ = false, open_ = false;
};

struct Caller {
  Work work;
  Deadline deadline = soon();
  Result<void> answer = {};
};

// Runs all callers as members of one group: they queue behind a leader that waits at the gate,
// whose own time is over by then, so the first of them leads the others.
void run_together(Database& database, std::vector<Caller>& callers) {
  Gate gate;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    const auto led = database.write(soon(), [&](Transaction&) -> Result<void> {
      gate.pass();
      return {};
    });
    static_cast<void>(led);
  });
  gate.wait_until_entered();
  for (Caller& caller : callers) {
    threads.emplace_back(
        [&database, &caller] { caller.answer = database.write(caller.deadline, caller.work); });
    // Time to queue, so that the callers keep the test's order.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  gate.open();
  for (std::thread& thread : threads) {
    thread.join();
  }
}

Caller inserting(std::int64_t id, std::atomic<int>* runs = nullptr) {
  return {[=](Transaction& tx) -> Result<void> {
    if (runs != nullptr) {
      ++*runs;
    }
    tx.run(insert_note, id, 1);
    return {};
  }};
}

}  // namespace

TEST_SUITE_BEGIN("sql");

// Goal: callers who wait share one commit.
// Method: ten behind a leader at a gate; commits are counted.
TEST_CASE("callers who wait together are committed together") {
  auto database = open_with_tables(memory());
  const Metrics before = database->metrics();
  std::vector<Caller> callers;
  for (int id = 1; id <= 10; ++id) {
    callers.push_back(inserting(id));
  }
  run_together(*database, callers);
  for (const Caller& caller : callers) {
    CHECK(caller.answer.ok());
  }
  CHECK(database->metrics().commits == before.commits + 2);
  CHECK(database->metrics().members == before.members + 11);
  CHECK(read_number(*database, count_notes) == 10);
}

// Goal: one member's failure after a write costs the others nothing but another run.
// Method: among good members one violates a CHECK after a write, one throws after a write, one
// returns an error after a write, one fails without having written, one rolls the transaction back
// under everybody.
TEST_CASE("a failing member leaves the others whole") {
  const TempFolder folder;
  for (const auto& options : {memory(), at(folder.file("a.db"))}) {
    auto database = open_with_tables(options);
    REQUIRE(insert(*database, 100, 1).ok());
    std::atomic<int> runs{0};
    std::vector<Caller> callers;
    callers.push_back(inserting(1, &runs));
    callers.push_back({[](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 50, 1);
      tx.run(insert_note, 51, -1);
      return {};
    }});
    callers.push_back(inserting(2));
    callers.push_back({[](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 52, 1);
      throw std::runtime_error("a fault of the work");
    }});
    callers.push_back({[](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 53, 1);
      return Error{Status::internal, "test.refused", "No."};
    }});
    callers.push_back(inserting(3));
    callers.push_back(inserting(100));  // fails at its first statement
    callers.push_back({[](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 54, 1);
      tx.connection().rollback();
      return {};
    }});
    callers.push_back(inserting(4));
    run_together(*database, callers);
    for (const std::size_t good : {0u, 2u, 5u, 8u}) {
      CHECK(callers[good].answer.ok());
    }
    CHECK(callers[1].answer.error().reason == "storage.constraint");
    CHECK(callers[3].answer.error().reason == "engine.exception");
    CHECK(callers[4].answer.error().reason == "test.refused");
    CHECK(callers[6].answer.error().reason == "storage.constraint");
    CHECK(callers[7].answer.error().reason == "engine.exception");
    CHECK(read_number(*database, count_notes) == 5);
    CHECK(runs > 1);
    CHECK(database->metrics().retries > 0);
    CHECK(insert(*database, 5, 1).ok());
  }
}

// Goal: a constraint that is only checked at commit hits the one who broke it.
// Method: a deferred foreign key among good members.
TEST_CASE("a constraint that fails at commit is put on its author") {
  auto database = open_with_tables(memory());
  std::vector<Caller> callers;
  callers.push_back(inserting(1));
  callers.push_back({[](Transaction& tx) -> Result<void> {
    tx.run(insert_child, 1, 999);
    return {};
  }});
  callers.push_back(inserting(2));
  run_together(*database, callers);
  CHECK(callers[0].answer.ok());
  CHECK(callers[1].answer.error().reason == "storage.constraint");
  CHECK(callers[2].answer.ok());
  CHECK(read_number(*database, count_notes) == 2);
}

// Goal: a race is run again once, alone and from scratch.
// Method: a work that conflicts on its first run alone and not on its second.
TEST_CASE("a conflict is run again") {
  auto database = open_with_tables(memory());
  int runs = 0;
  const auto answer = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    ++runs;
    tx.run(insert_note, 1, 1);
    tx.run_exactly(runs == 1 ? 2 : 1, set_note, 5, 1);
    return {};
  });
  CHECK(answer.ok());
  CHECK(runs == 2);
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: who waits may go away at its deadline; its work then never runs.
// Method: a short deadline behind a leader that stays longer.
TEST_CASE("a caller that waits goes away at its deadline") {
  auto database = open_with_tables(memory());
  Gate gate;
  std::thread leader([&] {
    const auto led = database->write(soon(), [&](Transaction&) -> Result<void> {
      gate.pass();
      return {};
    });
    static_cast<void>(led);
  });
  gate.wait_until_entered();
  bool ran = false;
  const auto answer = database->write(Deadline::after_ms(30), [&](Transaction&) -> Result<void> {
    ran = true;
    return {};
  });
  gate.open();
  leader.join();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().status == Status::deadline_exceeded);
  CHECK(answer.error().reason == "call.deadline");
  CHECK_FALSE(ran);
  CHECK_FALSE(
      database->write(Deadline::after_ms(0), [](Transaction&) { return Result<void>(); }).ok());
  CHECK(insert(*database, 1, 1).ok());
}

// Goal: a statement that runs past its caller's deadline is interrupted, and its writes are gone.
// Method: a recursive query without an end, after a write, in a file and in memory, by writers and
// readers.
TEST_CASE("a long statement ends at the deadline") {
  const TempFolder folder;
  for (const auto& options : {memory(), at(folder.file("a.db"))}) {
    auto database = open_with_tables(options);
    const auto wrote = database->write(Deadline::after_ms(60), [](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 1, 1);
      Rows rows = tx.query(count_forever);
      CHECK_FALSE(rows.next());
      return {};
    });
    CHECK(wrote.error().reason == "call.deadline");
    const auto read = database->read(Deadline::after_ms(60), [](Transaction& tx) -> Result<void> {
      Rows rows = tx.query(count_forever);
      CHECK_FALSE(rows.next());
      return {};
    });
    CHECK(read.error().reason == "call.deadline");
    CHECK(read_number(*database, count_notes) == 0);
  }
}

// Goal: a work that opens another transaction is told so, and does not wait for itself.
// Method: every door, from inside a write and inside a read.
TEST_CASE("a transaction inside a transaction is misuse") {
  const TempFolder folder;
  for (const auto& options : {memory(), at(folder.file("a.db"))}) {
    auto database = open_with_tables(options);
    const Work nothing = [](Transaction&) { return Result<void>(); };
    const Work nested = [&](Transaction&) -> Result<void> {
      CHECK(database->write(soon(), nothing).error().reason == "engine.nested_call");
      CHECK(database->write_alone(soon(), nothing).error().status == Status::misuse);
      CHECK(database->read(soon(), nothing).error().reason == "engine.nested_call");
      return {};
    };
    CHECK(database->write(soon(), nested).ok());
    CHECK(database->read(soon(), nested).ok());
    CHECK(database->write(soon(), nothing).ok());
  }
}

// Goal: reading never writes.
// Method: an insert inside read(), in a file and in memory, where readers share the writer's
// connection.
TEST_CASE("a reader cannot write") {
  const TempFolder folder;
  for (const auto& options : {memory(), at(folder.file("a.db"))}) {
    auto database = open_with_tables(options);
    const auto wrote = database->read(soon(), [](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 1, 1);
      return {};
    });
    CHECK(wrote.error().reason == "storage.misuse");
    CHECK(read_number(*database, count_notes) == 0);
  }
}

}  // namespace kameng::sql::test

TEST_SUITE_END();
