// transaction_test.cpp - one transaction: kinds of values, sticky failures, statements that are
// kept.
#include <limits>
#include <new>
#include <string>

#include "fixture.hpp"

namespace kameng::sql::test {

namespace {

constexpr Statement insert_value{"value.insert", "INSERT INTO {p}value (i, t, b) VALUES (?, ?, ?)"};
constexpr Statement all_values{"value.all", "SELECT i, t, b FROM {p}value ORDER BY rowid"};
constexpr Statement no_such{"none.such", "SELECT x FROM {p}nowhere"};
constexpr Statement returning{"note.insert_returning",
                              "INSERT INTO {p}note (id, amount) VALUES (?, ?) RETURNING amount"};

std::unique_ptr<Database> open_values() {
  auto database = open_with_tables(memory());
  const auto made = database->write_alone(soon(), [](Transaction& tx) -> Result<void> {
    if (Failure failure = tx.connection().execute("CREATE TABLE {p}value (i, t, b)")) {
      tx.fail(failure);
    }
    return {};
  });
  REQUIRE(made.ok());
  return database;
}

}  // namespace

TEST_SUITE_BEGIN("sql");

// Goal: what goes in comes out, to the byte, for every kind at its edges.
// Method: null, the extreme integers, text beyond the basic plane and with NUL, blobs with NUL and
// empty ones.
TEST_CASE("values come back as they were stored") {
  auto database = open_values();
  const std::string text("\xF0\x9F\x8E\xAE \xE7\xA0\x81\0end", 12);
  const Bytes blob{0, 1, 0, 255};
  const auto stored = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    tx.run(insert_value, std::numeric_limits<std::int64_t>::min(), text, blob);
    tx.run(insert_value, std::numeric_limits<std::int64_t>::max(), "", ByteView());
    tx.run(insert_value, nullptr, std::optional<std::string>(), std::optional<Bytes>());
    CHECK(tx.writes() == 3);
    return {};
  });
  REQUIRE(stored.ok());
  const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(all_values);
    REQUIRE(rows.next());
    CHECK(rows.int64(0) == std::numeric_limits<std::int64_t>::min());
    CHECK(rows.text(1) == text);
    CHECK(rows.blob(2) == blob);
    REQUIRE(rows.next());
    CHECK(rows.maybe_int64(0) == std::numeric_limits<std::int64_t>::max());
    CHECK(rows.maybe_text(1) == std::string());
    CHECK_FALSE(rows.is_null(2));
    CHECK(rows.blob(2).empty());
    REQUIRE(rows.next());
    CHECK(rows.maybe_int64(0) == std::nullopt);
    CHECK(rows.maybe_text(1) == std::nullopt);
    CHECK(rows.is_null(2));
    CHECK_FALSE(rows.next());
    return {};
  });
  CHECK(read.ok());
}

// Goal: a column is never converted from one kind to another.
// Method: text is read as a number and as an id; the transaction fails as corrupt.
TEST_CASE("a column read as another kind fails the transaction") {
  auto database = open_values();
  REQUIRE(database
              ->write(soon(),
                      [](Transaction& tx) -> Result<void> {
                        tx.run(insert_value, "12", "x", Bytes{1, 2, 3});
                        return {};
                      })
              .ok());
  const auto as_number = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(all_values);
    CHECK(rows.next());
    CHECK(rows.int64(0) == 0);
    return {};
  });
  REQUIRE_FALSE(as_number.ok());
  CHECK(as_number.error().reason == "storage.corrupt");
  const auto as_id = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(all_values);
    CHECK(rows.next());
    CHECK(rows.id<OrderId>(2).is_zero());
    CHECK(tx.failed());
    return {};
  });
  REQUIRE_FALSE(as_id.ok());
  CHECK(as_id.error().status == Status::data_loss);
}

// Goal: after the first failure nothing happens any more and nothing crashes.
// Method: an insert that a CHECK refuses, then every kind of call; the report names the constraint
// and no value.
TEST_CASE("a transaction stops at its first failure") {
  auto database = open_with_tables(memory());
  const auto failed = database->write(soon(), [](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 1, 5);
    Rows open_rows = tx.query(count_notes);
    tx.run(set_note, -5, 1);
    CHECK(tx.failed());
    CHECK(tx.failure().fault == Fault::check);
    CHECK(tx.run_count(insert_note, 2, 5) == 0);
    tx.run_exactly(1, insert_note, 3, 5);
    CHECK_FALSE(open_rows.next());
    Rows rows = tx.query(find_note, 1);
    CHECK_FALSE(rows.next());
    CHECK(rows.is_null(0));
    CHECK(rows.int64(0) == 0);
    CHECK(rows.text(0).empty());
    CHECK(rows.blob(0).empty());
    CHECK(rows.id<OrderId>(0).is_zero());
    CHECK(tx.failure().fault == Fault::check);
    CHECK(tx.writes() == 1);
    return {};
  });
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().reason == "storage.constraint");
  using Detail = std::pair<std::string, std::string>;
  CHECK(failed.error().details ==
        std::vector<Detail>{{"statement", "note.set"}, {"constraint", "amount_positive"}});
  CHECK(read_number(*database, count_notes) == 0);
}

// Goal: memory that runs out while a work runs is told as that, to readers and writers.
// Method: works that throw what operator new throws, in memory and on a file.
TEST_CASE("memory that runs out in a work is told as that") {
  const TempFolder folder;
  for (const std::string& path : {std::string(":memory:"), folder.file("a.db")}) {
    auto database = open_with_tables(at(path));
    const Work work = [](Transaction&) -> Result<void> { throw std::bad_alloc(); };
    const Result<void> read = database->read(soon(), work);
    const Result<void> written = database->write(soon(), work);
    for (const Result<void>* done : {&read, &written}) {
      REQUIRE_FALSE(done->ok());
      CHECK(done->error().status == Status::out_of_memory);
      CHECK(done->error().reason == "engine.out_of_memory");
    }
  }
}

// Goal: a unique violation is told with the column's name, without the table prefix.
// Method: the same primary key twice.
TEST_CASE("a unique violation names what it violates") {
  auto database = open_with_tables(memory());
  REQUIRE(insert(*database, 1, 5).ok());
  const auto again = insert(*database, 1, 6);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().status == Status::internal);
  CHECK(again.error().details.back().second == "note.id");
}

// Goal: nested reading works, and the one misuse it invites is found.
// Method: two statements open at once; then the same statement twice at once.
TEST_CASE("one statement is open once at a time") {
  auto database = open_with_tables(memory());
  REQUIRE(insert(*database, 1, 5).ok());
  REQUIRE(insert(*database, 2, 6).ok());
  const auto nested = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows outer = tx.query(count_notes);
    REQUIRE(outer.next());
    for (int id = 1; id <= 2; ++id) {
      Rows inner = tx.query(find_note, id);
      CHECK(inner.next());
    }
    return {};
  });
  CHECK(nested.ok());
  const auto twice = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows outer = tx.query(find_note, 1);
    CHECK(outer.next());
    Rows inner = tx.query(find_note, 2);
    CHECK_FALSE(inner.next());
    return {};
  });
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().reason == "storage.misuse");
  CHECK(read_number(*database, count_notes) == 2);
}

// Goal: a count that differs fails as a conflict, a statement that does not compile says why, a
// wrong number of parameters is found, and a statement that returns rows counts as a write. Method:
// one of each.
TEST_CASE("statements are checked") {
  auto database = open_with_tables(memory());
  const auto run = [&](const Work& work) { return database->write(soon(), work); };
  const auto conflict = run([](Transaction& tx) -> Result<void> {
    tx.run_exactly(1, set_note, 1, 99);
    CHECK(tx.failure().fault == Fault::conflict);
    return {};
  });
  CHECK(conflict.error().reason == "storage.constraint");  // twice, alone: no race
  const auto broken = run([](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(no_such);
    CHECK_FALSE(rows.next());
    return {};
  });
  CHECK(broken.error().reason == "storage.misuse");
  CHECK(broken.error().message.find("no such table") != std::string::npos);
  const auto parameters = run([](Transaction& tx) -> Result<void> {
    tx.run(insert_note, 1);
    return {};
  });
  CHECK(parameters.error().reason == "storage.misuse");
  const auto returned = run([](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(returning, 7, 70);
    CHECK(rows.next());
    CHECK(rows.int64(0) == 70);
    CHECK(tx.writes() == 1);
    return {};
  });
  CHECK(returned.ok());
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: statements are prepared once, and an address that is used again for another text is not
// mistaken. Method: a hundred runs through the trace; then two statements on the stack at one
// address.
TEST_CASE("statements are kept by address and checked by text") {
  sqlite::Options options = memory();
  int traced = 0;
  options.trace = [&](std::string_view name, std::string_view text, std::span<const Value> values) {
    traced += name == "note.insert" && values.size() == 2 &&
              text.find("kameng_note") != std::string_view::npos;
  };
  auto database = open_with_tables(options);
  for (int id = 0; id < 100; ++id) {
    REQUIRE(insert(*database, id, id).ok());
  }
  CHECK(traced == 100);
  for (int turn = 0; turn < 3; ++turn) {
    const std::string text = "SELECT " + std::to_string(turn);
    const Statement statement{"changing", text};
    CHECK(read_number(*database, statement) == turn);
  }
}

// Goal: savepoints, for the transactions that a host owns.
// Method: roll one back, release another.
TEST_CASE("a savepoint undoes a part") {
  auto database = open_with_tables(memory());
  const auto done = database->write_alone(soon(), [](Transaction& tx) -> Result<void> {
    Connection& connection = tx.connection();
    CHECK_FALSE(connection.savepoint("one"));
    tx.run(insert_note, 1, 1);
    CHECK_FALSE(connection.rollback_to("one"));
    CHECK_FALSE(connection.release("one"));
    CHECK_FALSE(connection.savepoint("two"));
    tx.run(insert_note, 2, 2);
    CHECK_FALSE(connection.release("two"));
    CHECK(connection.savepoint("a; DROP TABLE x").fault == Fault::misuse);
    return {};
  });
  CHECK(done.ok());
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: the query-plan test can see every statement.
// Method: a search and a scan; both appear with their plans, from writer and readers.
TEST_CASE("plans of prepared statements are listed") {
  const TempFolder folder;
  auto database = open_with_tables(at(folder.file("a.db")));
  REQUIRE(insert(*database, 1, 5).ok());
  CHECK(read_number(*database, count_notes) == 1);
  CHECK(database
            ->read(soon(),
                   [](Transaction& tx) -> Result<void> {
                     Rows rows = tx.query(find_note, 1);
                     CHECK(rows.next());
                     return {};
                   })
            .ok());
  const auto plans = database->prepared_plans(soon());
  REQUIRE(plans.ok());
  bool search = false, scan = false;
  for (const StatementPlan& plan : plans.value()) {
    for (const std::string& line : plan.lines) {
      search = search || (plan.name == "note.find" && line.find("SEARCH kameng_note") == 0);
      scan = scan || (plan.name == "note.count" && line.find("SCAN kameng_note") == 0);
    }
  }
  CHECK(search);
  CHECK(scan);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
