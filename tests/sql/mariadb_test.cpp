// mariadb_test.cpp - values, faults and plans on a MariaDB server.
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#include "mariadb_fixture.hpp"
#include "sql/migration.hpp"

namespace kameng::sql::test {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

constexpr Statement insert_note{"note.insert",
                                "INSERT INTO {p}note (id, amount, name) VALUES (?, ?, ?)"};
constexpr Statement insert_all{"note.insert_all",
                               "INSERT INTO {p}note (id, amount, name, body) VALUES (?1, ?1, ?2, "
                               "?3)"};
constexpr Statement read_note{"note.read", "SELECT amount, name, body FROM {p}note WHERE id = ?"};
constexpr Statement find_name{"note.find_name", "SELECT id FROM {p}note WHERE name = ?"};
constexpr Statement sum_notes{"note.sum", "SELECT SUM(amount), SUM(amount) / 4 FROM {p}note"};
constexpr Statement add_to_note{"note.add", "UPDATE {p}note SET amount = amount + ? WHERE id = ?"};
constexpr Statement same_note{"note.same", "UPDATE {p}note SET amount = amount WHERE id = ?"};
constexpr Statement insert_child{"child.insert",
                                 "INSERT INTO {p}child (id, note_id) VALUES (1, ?)"};
constexpr Statement every_note{
    .name = "note.every", .text = "SELECT id, name FROM {p}note ORDER BY id", .streams = true};

std::int64_t amount_of(Database& database, std::int64_t id) {
  std::int64_t amount = -1;
  const auto read = database.read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(read_note, id);
    amount = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK_MESSAGE(read.ok(), read.error().reason);
  return amount;
}

template <class... Values>
Result<void> run(Database& database, const Statement& statement, const Values&... values) {
  return database.write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    tx.run(statement, values...);
    return {};
  });
}

}  // namespace

TEST_SUITE_BEGIN("mariadb");

// Goal: what is written is what is read, byte for byte, and nothing is taken for null.
// Method: the extremes of each kind there and back, twice, so that columns grow and shrink.
TEST_CASE("mariadb: values come back as they were") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  struct Row {
    std::int64_t number;
    std::string text;
    Bytes blob;
  };
  const std::vector<Row> rows{
      {Limits::max(), "", {}},
      {3, "\xF0\x9F\x8D\x8A \xE8\xB6\x8A ", Bytes{0, 255, 0, 39, 92}},
      {4, "it's \\ \"here\" ?1", Bytes(100'000, 7)},
      {5, "trailing ", Bytes(1, 0)},
      {6, "trailing", Bytes(70, 1)},
  };
  for (const Row& row : rows) {
    REQUIRE(run(*database, insert_all, row.number, row.text, row.blob).ok());
  }
  for (int round = 0; round < 2; ++round) {
    const auto read = database->read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
      for (const Row& row : rows) {
        Rows found = tx.query(read_note, row.number);
        REQUIRE(found.next());
        CHECK(found.int64(0) == row.number);
        CHECK(found.text(1) == row.text);
        CHECK_FALSE(found.is_null(2));
        CHECK(found.blob(2) == row.blob);
        CHECK_FALSE(found.next());
      }
      Rows null = tx.query(read_note, 1);
      REQUIRE(null.next());
      CHECK(null.is_null(2));
      CHECK(null.blob(2).empty());
      return {};
    });
    CHECK(read.ok());
  }
}

// Goal: the least number too, sums are numbers, and a fraction is none.
// Method: expressions over two rows.
TEST_CASE("mariadb: sums are integers") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  constexpr Statement least{"least", "SELECT CAST(? AS SIGNED), ? = 2, NULL"};
  const auto read = database->read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    {
      Rows rows = tx.query(sum_notes);
      REQUIRE(rows.next());
      CHECK(rows.int64(0) == 30);
    }
    Rows rows = tx.query(least, Limits::min(), 2);
    REQUIRE(rows.next());
    CHECK(rows.int64(0) == Limits::min());
    CHECK(rows.int64(1) == 1);
    CHECK(rows.is_null(2));
    return {};
  });
  CHECK(read.ok());
  const auto fraction = database->read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(sum_notes);
    REQUIRE(rows.next());
    CHECK(rows.int64(1) == 0);
    return {};
  });
  CHECK(fraction.error().reason == "storage.corrupt");
}

// Goal: each refusal of the server is told for what it is, with the index's name and no value.
// Method: one statement for each.
TEST_CASE("mariadb: refusals are told apart") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  const auto fault = [&](const Statement& statement, auto... values) {
    Failure failure;
    static_cast<void>(database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
      tx.run(statement, values...);
      failure = tx.failure();
      return {};
    }));
    return failure;
  };
  const Failure unique = fault(insert_note, 3, 1, "one");
  CHECK(unique.fault == Fault::unique);
  CHECK(unique.constraint == "note_name");
  CHECK(unique.hint.empty());
  CHECK(fault(insert_note, 1, 1, "x").constraint == "PRIMARY");
  CHECK(fault(insert_note, 3, -1, "x").fault == Fault::check);
  CHECK(fault(insert_note, 3, nullptr, "x").fault == Fault::check);
  CHECK(fault(insert_note, 3, 1, std::string(101, 'x')).fault == Fault::check);
  CHECK(fault(insert_child, 77).fault == Fault::foreign_key);
  const Failure wrong = fault({"wrong", "SELECT nothing FROM {p}note"});
  CHECK(wrong.fault == Fault::misuse);
  CHECK(wrong.hint.find("nothing") != std::string::npos);
  CHECK(fault(insert_note, 3, 1).fault == Fault::misuse);
  CHECK(amount_of(*database, 3) == -1);
}

// Goal: an UPDATE counts the rows that it found, and a text ends where it ends.
// Method: a row set to what it is; a name with and without a space.
TEST_CASE("mariadb: counts and comparisons are exact") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  const auto done = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    CHECK(tx.run_count(same_note, 1) == 1);
    CHECK(tx.run_count(same_note, 77) == 0);
    CHECK_FALSE(tx.query(find_name, "one ").next());
    CHECK_FALSE(tx.query(find_name, "ONE").next());
    CHECK(tx.query(find_name, "one").next());
    return {};
  });
  CHECK(done.ok());
}

// Goal: a reader sees one snapshot and cannot write; a failed work leaves nothing.
// Method: a write between two reads of one transaction; a write in it; an error after a write.
TEST_CASE("mariadb: transactions hold together") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  const auto other = open_mariadb(mariadb_options());
  bool wrote = false;
  const auto read = database->read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    std::thread writer([&] { wrote = run(*database, add_to_note, 5, 1).ok(); });
    writer.join();
    Rows rows = tx.query(read_note, 1);
    CHECK(rows.next());
    CHECK(rows.int64(0) == 10);
    return {};
  });
  CHECK(read.ok());
  CHECK(wrote);
  CHECK(amount_of(*database, 1) == 15);
  const auto refused = database->read(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    tx.run(add_to_note, 5, 1);
    return {};
  });
  CHECK(refused.error().reason == "storage.misuse");
  const auto failed = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    tx.run(add_to_note, 5, 1);
    return Error{Status::internal, "test.error", ""};
  });
  CHECK(failed.error().reason == "test.error");
  CHECK(amount_of(*database, 1) == 15);
}

// Goal: a statement that streams gives every row, and stopping early leaves the session usable.
// Method: all rows, then one and a write.
TEST_CASE("mariadb: a whole table is read as it comes") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  for (int id = 3; id <= 500; ++id) {
    REQUIRE(run(*database, insert_note, id, 1, std::string(90, 'n') + std::to_string(id)).ok());
  }
  int count = 0;
  const auto all = database->write(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    count = 0;
    {
      Rows rows = tx.query(every_note);
      while (rows.next()) {
        ++count;
      }
    }
    {
      Rows rows = tx.query(every_note);
      CHECK(rows.next());
      CHECK(rows.text(1) == "one");
    }
    tx.run(add_to_note, 1, 1);
    return {};
  });
  CHECK_MESSAGE(all.ok(), all.error().message);
  CHECK(count == 500);
  CHECK(amount_of(*database, 1) == 11);
}

// Goal: plans are told in a line for each table.
// Method: a lookup by an index, and a scan.
TEST_CASE("mariadb: plans of prepared statements") {
  if (has_no_mariadb()) {
    return;
  }
  Tables database(mariadb_options());
  CHECK(amount_of(*database, 1) == 10);
  REQUIRE(database
              ->read(in_ms(20'000),
                     [](Transaction& tx) -> Result<void> {
                       CHECK(tx.query(every_note).next());
                       CHECK(tx.query(sum_notes).next());
                       return {};
                     })
              .ok());
  const auto plans = database->prepared_plans(in_ms(20'000));
  REQUIRE_MESSAGE(plans.ok(), plans.error().message);
  std::vector<std::string> lines;
  for (const StatementPlan& plan : plans.value()) {
    if (plan.name != "migration.list") {
      lines.push_back(plan.name + ": " + (plan.lines.empty() ? "" : plan.lines[0]));
    }
  }
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("note.every: index on ") == 0);
  CHECK(lines[0].find("note using PRIMARY") != std::string::npos);
  CHECK(lines[1].find("note.read: const on ") == 0);
  CHECK(lines[2].find("note.sum: ALL on ") == 0);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
