// transactions.cpp - all or nothing, parts of it, and what a transaction sees.
#include <new>
#include <thread>

#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

using sql::Fault;
using sql::Rows;
using sql::Statement;
using sql::Transaction;

constexpr Statement sum_amounts{"note.sum", "SELECT SUM(amount) FROM {p}note"};
constexpr Statement bad_note{"note.bad",
                             "INSERT INTO {p}note (id, amount, label) VALUES (?, -1, 'bad')"};
constexpr Statement slow_query{
    "slow.query",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000)"
    " SELECT count(*) FROM n",
    sql::Lock::none, "SELECT 1 FROM pg_sleep(30)", "SELECT SLEEP(30)"};

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

// Of many writes one in the middle fails: it is named, and none is left.
void deferred(Bench& bench) {
  auto database = bench.open_with_tables();
  for (const int bad : {0, 50, 99}) {
    const auto outcome = database->write(soon(), [&](Transaction& tx) -> Result<void> {
      for (int id = 0; id < 100; ++id) {
        if (id == bad) {
          tx.run(set_note, 1, -1);  // of another name, and harmless
          tx.run(bad_note, id);
        } else {
          tx.run(insert_note, id, 1, "note " + std::to_string(id));
        }
      }
      return {};
    });
    bench.reason(outcome, "storage.constraint", "write " + std::to_string(bad));
    bench.check(!outcome.ok() && !outcome.error().details.empty() &&
                    outcome.error().details.front().second == "note.bad",
                "the write that failed is named");
    bench.equal(count(bench, *database), 0, "notes");
  }
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               for (int id = 0; id < 1'000; ++id) {
                                 tx.run(insert_note, id, 1, "note " + std::to_string(id));
                               }
                               return {};
                             }),
             "a thousand writes");
  bench.equal(count(bench, *database), 1'000, "notes");
}

// A guard that is known to have failed only at the commit.
void deferred_guard(Bench& bench) {
  auto database = bench.open_with_tables();
  int runs = 0;
  const auto outcome =
      database->write(Deadline::after_ms(500), [&](Transaction& tx) -> Result<void> {
        ++runs;
        tx.run(insert_note, 1, 1, "one");
        tx.run_exactly(1, set_note, 1, 99);
        return {};
      });
  bench.check(!outcome.ok(), "a guard that never holds fails");
  bench.check(outcome.ok() || outcome.error().reason != "call.deadline",
              "what it failed with is told, not that a last run was cut short");
  bench.check(runs >= 2, "it was tried again", std::to_string(runs));
  bench.equal(count(bench, *database), 0, "notes");
}

void refused(Bench& bench) {
  auto database = bench.open_with_tables();
  const auto with_error = database->write(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 1, 1, "one");
    return Error{Status::internal, "case.reason", "The case says no."};
  });
  bench.reason(with_error, "case.reason", "a work's own error");
  const auto with_exception = database->write(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 2, 1, "two");
    throw 7;
  });
  bench.reason(with_exception, "engine.exception", "a work that throws");
  const auto with_no_memory = database->write(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 3, 1, "three");
    throw std::bad_alloc();
  });
  bench.reason(with_no_memory, "engine.out_of_memory", "a work without memory");
  bench.equal(count(bench, *database), 0, "notes");
}

// Of `savepoint()` and its kin, at any depth.
void savepoints(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write_alone(
                 soon(),
                 [&](Transaction& tx) -> Result<void> {
                   sql::Connection& connection = tx.connection();
                   const auto done = [&](sql::Failure failure, std::string_view what) {
                     bench.check(!failure, what);
                   };
                   tx.run(insert_note, 1, 1, "before");
                   done(connection.savepoint("outer"), "savepoint outer");
                   tx.run(insert_note, 2, 2, "outer");
                   done(connection.savepoint("inner"), "savepoint inner");
                   tx.run(insert_note, 3, 3, "inner");
                   done(connection.rollback_to("inner"), "rollback to inner");
                   tx.run(insert_note, 4, 4, "inner again");
                   done(connection.release("inner"), "release inner");
                   done(connection.savepoint("undone"), "savepoint undone");
                   tx.run(insert_note, 5, 5, "undone");
                   done(connection.savepoint("deeper"), "savepoint deeper");
                   tx.run(insert_note, 6, 6, "deeper");
                   done(connection.rollback_to("undone"), "rollback to undone");
                   done(connection.release("undone"), "release undone");
                   done(connection.release("outer"), "release outer");
                   bench.check(connection.savepoint("a; DROP TABLE x").fault == Fault::misuse,
                               "a savepoint's name is a name");
                   return {};
                 }),
             "savepoints");
  bench.equal(count(bench, *database), 3, "notes 1, 2 and 4");
}

void read_only(Bench& bench) {
  auto database = bench.open_with_tables(1);
  const auto outcome = database->read(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 1, 1, "one");
    return {};
  });
  bench.check(!outcome.ok(), "a read that writes is refused");
  bench.equal(count(bench, *database), 0, "a read leaves; notes");
  const auto counted = database->read(soon(), [](Transaction& tx) -> Result<void> {
    static_cast<void>(tx.run_count(insert_note, 1, 1, "one"));
    return {};
  });
  bench.check(!counted.ok(), "a read that writes and counts is refused");
  bench.equal(count(bench, *database), 0, "notes");
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               tx.run(insert_note, 1, 1, "one");
                               return {};
                             }),
             "a write after them on the same connection");
  bench.equal(count(bench, *database), 1, "notes");
}

// While another thread moves amounts between two notes, every read finds their sum.
void snapshot(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               tx.run(insert_note, 1, 500, "one");
                               tx.run(insert_note, 2, 500, "two");
                               return {};
                             }),
             "two notes");
  std::string failed;
  std::thread mover([&] {
    for (int turn = 0; turn < 200 && failed.empty(); ++turn) {
      const auto moved = database->write(soon(), [](Transaction& tx) -> Result<void> {
        tx.run(add_to_note, -1, 1);
        tx.run(add_to_note, 1, 2);
        return {};
      });
      failed = moved.ok() ? "" : moved.error().reason;
    }
  });
  int uneven = 0;
  Result<void> outcome;
  for (int turn = 0; turn < 100 && outcome.ok(); ++turn) {
    outcome = database->read(soon(), [&](Transaction& tx) -> Result<void> {
      std::int64_t sum = 0;
      for (const int id : {1, 2}) {  // two statements, one snapshot
        Rows rows = tx.query(find_note, id);
        sum += rows.next() ? rows.int64(0) : 0;
      }
      Rows rows = tx.query(sum_amounts);
      uneven += sum != 1'000 || !rows.next() || rows.int64(0) != 1'000 ? 1 : 0;
      return {};
    });
  }
  mover.join();
  bench.must(outcome, "reads while another writes");
  bench.equal(failed, "", "the mover's failure");
  bench.equal(uneven, 0, "reads that saw half a move");
}

// Inside one transaction, writes are seen by the reads that follow.
void own_writes(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               for (int id = 1; id <= 20; ++id) {
                                 tx.run(insert_note, id, id, "note " + std::to_string(id));
                                 tx.run(add_to_note, 100, id);
                                 Rows rows = tx.query(find_note, id);
                                 bench.check(rows.next() && rows.int64(0) == 100 + id, "its write");
                               }
                               return {};
                             }),
             "reads between writes");
}

void nested(Bench& bench) {
  auto database = bench.open_with_tables();
  Result<void> inner_write, inner_read;
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               const sql::Work nothing = [](Transaction&) -> Result<void> {
                                 return {};
                               };
                               inner_write = database->write(soon(), nothing);
                               inner_read = database->read(soon(), nothing);
                               tx.run(insert_note, 1, 1, "one");
                               return {};
                             }),
             "the outer transaction");
  bench.reason(inner_write, "engine.nested_call", "a write inside a write");
  bench.reason(inner_read, "engine.nested_call", "a read inside a write");
  bench.equal(count(bench, *database), 1, "notes");
}

void deadline(Bench& bench) {
  if (bench.driver().is_host) {
    throw Skip{"a host's driver cannot cut a statement short"};
  }
  auto database = bench.open_with_tables();
  const sql::Work slow = [](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(slow_query);
    static_cast<void>(rows.next());
    return {};
  };
  bench.reason(database->read(Deadline::after_ms(200), slow), "call.deadline", "a slow read");
  bench.reason(database->write(Deadline::after_ms(200), slow), "call.deadline", "a slow write");
  bench.equal(count(bench, *database), 0, "the database is usable; notes");
}

}  // namespace

std::vector<Case> transaction_cases() {
  return {{"transactions.a_failure_among_many_writes", deferred},
          {"transactions.a_guard_that_never_holds", deferred_guard},
          {"transactions.a_work_that_refuses_or_throws", refused},
          {"transactions.savepoints", savepoints},
          {"transactions.a_read_cannot_write", read_only},
          {"transactions.a_read_is_one_snapshot", snapshot},
          {"transactions.see_their_own_writes", own_writes},
          {"transactions.do_not_nest", nested},
          {"transactions.end_at_their_deadline", deadline}};
}

}  // namespace kameng::conformance
