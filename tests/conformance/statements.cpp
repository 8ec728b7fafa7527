// statements.cpp - parameters, counts, constraints: what a statement may do and how it is refused.
#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

using sql::Dialect;
using sql::Fault;
using sql::Rows;
using sql::Statement;
using sql::Transaction;

constexpr Statement numbered{"note.numbered",
                             "INSERT INTO {p}note (id, amount, label) VALUES (?2, ?2 + ?1, ?3)"};
constexpr Statement between{"note.between",
                            "SELECT count(*) FROM {p}note WHERE id >= ?1 AND id <= ?2"
                            " AND label <> '?' AND ?1 < ?2"};
constexpr Statement no_such{"none.such", "SELECT x FROM {p}nowhere"};
constexpr Statement set_all{"note.set_all", "UPDATE {p}note SET amount = ?"};
constexpr Statement remove{"note.remove", "DELETE FROM {p}note WHERE id = ?"};
constexpr Statement insert_child{"child.insert",
                                 "INSERT INTO {p}child (id, note_id) VALUES (?, ?)"};

// Three notes: 1, 2 and 3, of 10 each.
std::unique_ptr<sql::Database> open_notes(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [](Transaction& tx) -> Result<void> {
                               for (int id = 1; id <= 3; ++id) {
                                 tx.run(insert_note, id, 10, "note " + std::to_string(id));
                               }
                               return {};
                             }),
             "the notes are stored");
  return database;
}

std::int64_t number(Bench& bench, sql::Database& database, const Statement& statement) {
  std::int64_t value = -1;
  bench.must(database.read(soon(),
                           [&](Transaction& tx) -> Result<void> {
                             Rows rows = tx.query(statement);
                             value = rows.next() ? rows.int64(0) : -1;
                             return {};
                           }),
             statement.name);
  return value;
}

void wrong_number(Bench& bench) {
  auto database = open_notes(bench);
  const Result<void> outcomes[] = {database->write(soon(),
                                                   [](Transaction& tx) -> Result<void> {
                                                     tx.run(insert_note, 7);
                                                     return {};
                                                   }),
                                   database->write(soon(),
                                                   [](Transaction& tx) -> Result<void> {
                                                     tx.run(insert_note, 7, 7, "x", 7);
                                                     return {};
                                                   }),
                                   database->read(soon(), [](Transaction& tx) -> Result<void> {
                                     Rows rows = tx.query(find_note);
                                     static_cast<void>(rows.next());
                                     return {};
                                   })};
  for (const Result<void>& outcome : outcomes) {
    bench.reason(outcome, "storage.misuse", "a wrong number of parameters");
  }
  bench.equal(number(bench, *database, count_notes), 3, "notes");
}

void numbered_parameters(Bench& bench) {
  auto database = open_notes(bench);
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(numbered, 5, 20, "twenty");
                               Rows found = tx.query(find_note, 20);
                               bench.check(found.next(), "the note is there");
                               bench.equal(found.int64(0), 25, "?2 + ?1");
                               Rows count = tx.query(between, 2, 20);
                               bench.check(count.next(), "a row");
                               bench.equal(count.int64(0), 3, "notes from ?1 to ?2");
                               return {};
                             }),
             "numbered parameters");
}

void not_compiling(Bench& bench) {
  auto database = open_notes(bench);
  const auto outcome = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(no_such);
    static_cast<void>(rows.next());
    return {};
  });
  bench.reason(outcome, "storage.misuse", "a table that is not there");
  if (!outcome.ok()) {
    bench.check(
        !outcome.error().details.empty() && outcome.error().details.front().second == "none.such",
        "the statement is named");
    // A host's driver gives codes, and no messages.
    bench.check(
        bench.driver().is_host || outcome.error().message.find("nowhere") != std::string::npos,
        "what does not compile is said", outcome.error().message);
  }
  bench.equal(number(bench, *database, count_notes), 3, "the database is usable; notes");
}

// Rows count when they match, also those that are what they shall be.
void matched(Bench& bench) {
  auto database = open_notes(bench);
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               bench.equal(tx.run_count(set_note, 10, 1), 1, "the same amount");
                               bench.equal(tx.run_count(set_note, 11, 1), 1, "another amount");
                               bench.equal(tx.run_count(set_note, 11, 9), 0, "no such note");
                               bench.equal(tx.run_count(set_all, 10), 3, "all notes");
                               bench.equal(tx.run_count(remove, 3), 1, "removed");
                               bench.equal(tx.run_count(remove, 3), 0, "removed again");
                               tx.run_exactly(1, set_note, 10, 1);
                               tx.run_exactly(0, set_note, 10, 9);
                               return {};
                             }),
             "counts are of matched rows");
}

// A guard that does not hold runs the work again, which sees the facts anew.
void guarded(Bench& bench) {
  auto database = open_notes(bench);
  int runs = 0;
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_note, 9, 9, "nine");
                               tx.run_exactly(1, set_note, 1, ++runs == 1 ? 99 : 2);
                               return {};
                             }),
             "the second run");
  bench.equal(runs, 2, "runs");
  bench.equal(number(bench, *database, count_notes), 4, "notes, the first run left none");
}

void first_failure(Bench& bench) {
  auto database = open_notes(bench);
  const auto outcome = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    bench.equal(tx.run_count(set_note, -1, 1), 0, "a refused write counts");
    bench.check(tx.failed() && tx.failure().fault == Fault::check, "it failed the transaction");
    bench.equal(tx.run_count(set_note, 5, 2), 0, "rows changed after a failure");
    Rows rows = tx.query(count_notes);
    bench.check(!rows.next(), "no rows after a failure");
    tx.run(insert_note, 4, 4, "four");
    return {};
  });
  bench.reason(outcome, "storage.constraint", "the first failure");
  bench.equal(number(bench, *database, count_notes), 3, "notes");
}

void open_twice(Bench& bench) {
  auto database = open_notes(bench);
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows outer = tx.query(count_notes);
                              bench.check(outer.next(), "the outer row");
                              for (int id = 1; id <= 3; ++id) {
                                Rows inner = tx.query(find_note, id);
                                bench.check(inner.next() && inner.int64(0) == 10, "an inner row");
                              }
                              return {};
                            }),
             "two statements at once");
  bench.reason(database->read(soon(),
                              [](Transaction& tx) -> Result<void> {
                                Rows outer = tx.query(find_note, 1);
                                static_cast<void>(outer.next());
                                Rows inner = tx.query(find_note, 2);
                                static_cast<void>(inner.next());
                                return {};
                              }),
               "storage.misuse", "one statement twice at once");
  bench.equal(number(bench, *database, count_notes), 3, "the database is usable; notes");
}

// One text after another at the same address, as short-lived statements have it.
void changing_text(Bench& bench) {
  auto database = open_notes(bench);
  for (int turn = 1; turn <= 3; ++turn) {
    const std::string text = "SELECT id * 10 FROM {p}note WHERE id = " + std::to_string(turn);
    const Statement statement{"changing", text};
    bench.equal(number(bench, *database, statement), turn * 10, "answer");
  }
}

struct Violation {
  std::string_view name;
  Fault fault;
  void (*run)(Transaction&);
  // What the database tells; empty where it tells nothing.
  std::string_view sqlite, postgres, mariadb;
};

// The fault's kind, the statement's and the constraint's name travel; the values never do.
constexpr std::string_view secret = "SECRET-LABEL";

constexpr Violation violations[] = {
    {"a unique index", Fault::unique,
     [](Transaction& tx) {
       tx.run(insert_note, 8, 1, secret);
       tx.run(insert_note, 9, 1, secret);
     },
     "note.label", "note_label", "note_label"},
    {"a primary key", Fault::unique, [](Transaction& tx) { tx.run(insert_note, 1, 1, secret); },
     "note.id", "note_pkey", "PRIMARY"},
    {"a CHECK", Fault::check, [](Transaction& tx) { tx.run(insert_note, 9, -424242, secret); },
     "amount_positive", "amount_positive", "amount_positive"},
    {"NOT NULL", Fault::check, [](Transaction& tx) { tx.run(insert_note, 9, nullptr, secret); },
     "note.amount", "", ""},
    {"a foreign key", Fault::foreign_key, [](Transaction& tx) { tx.run(insert_child, 1, 424242); },
     "", "", ""},
    {"a row that others point at", Fault::foreign_key,
     [](Transaction& tx) {
       tx.run(insert_child, 1, 1);
       tx.run(remove, 1);
     },
     "", "", ""}};

std::string all_of(const sql::Failure& failure, const Result<void>& outcome) {
  std::string all = failure.statement + " " + failure.constraint + " " + failure.hint;
  if (!outcome.ok()) {
    all += " " + outcome.error().message;
    for (const auto& [name, value] : outcome.error().details) {
      all += " " + name + " " + value;
    }
  }
  return all;
}

void violate(Bench& bench, sql::Database& database, const Violation& violation) {
  const std::string name(violation.name);
  sql::Failure failure;
  const auto outcome = database.write(soon(), [&](Transaction& tx) -> Result<void> {
    violation.run(tx);
    Rows rows = tx.query(count_notes);  // what was kept back is known now
    static_cast<void>(rows.next());
    failure = tx.failure();
    return {};
  });
  bench.reason(outcome, "storage.constraint", name);
  bench.check(failure.fault == violation.fault, name + " is told apart",
              std::to_string(static_cast<int>(failure.fault)));
  const std::string_view expected = database.dialect() == Dialect::sqlite     ? violation.sqlite
                                    : database.dialect() == Dialect::postgres ? violation.postgres
                                                                              : violation.mariadb;
  if (!expected.empty()) {
    bench.equal(failure.constraint, expected, name + ": its name");
  }
  bench.check(
      failure.statement.find("insert") != std::string::npos || failure.statement == "note.remove",
      name + ": the statement is named", failure.statement);
  const std::string told = all_of(failure, outcome);
  bench.check(told.find(secret) == std::string::npos && told.find("424242") == std::string::npos,
              name + ": no value travels", told);
}

void violated(Bench& bench) {
  auto database = open_notes(bench);
  for (const Violation& violation : violations) {
    violate(bench, *database, violation);
  }
  bench.equal(number(bench, *database, count_notes), 3, "nothing of them is left; notes");
}

}  // namespace

std::vector<Case> statement_cases() {
  return {{"statements.wrong_number_of_parameters", wrong_number},
          {"statements.numbered_parameters", numbered_parameters},
          {"statements.that_do_not_compile", not_compiling},
          {"statements.count_matched_rows", matched},
          {"statements.a_guard_runs_the_work_again", guarded},
          {"statements.stop_at_the_first_failure", first_failure},
          {"statements.are_open_once_at_a_time", open_twice},
          {"statements.are_told_by_text", changing_text},
          {"statements.violations_are_told_without_values", violated}};
}

}  // namespace kameng::conformance
