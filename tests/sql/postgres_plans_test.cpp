// postgres_plans_test.cpp - how PostgreSQL runs a statement, and whether that can be seen.
#include <string>

#include "postgres_fixture.hpp"

namespace kameng::sql::test::postgres {
namespace {

constexpr Statement insert_value{"value.insert",
                                 "INSERT INTO {p}value (n, i, t, b) VALUES (?, ?, ?, ?)"};

}  // namespace

TEST_SUITE_BEGIN("postgres");

// Goal: a plan outlives the time when its table was small: it goes by the index from the start.
// Method: a table of one page, of which the server knows that; a row found by its key, and how the
// transaction has read the table.
TEST_CASE("what is found by a key is not looked for from end to end in a small table") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  REQUIRE(insert(*database, 1, 5).ok());
  run_script(*database, "ANALYZE {p}note");
  // Since the session last told of them, which is not in the middle of a transaction.
  constexpr Statement whole_readings{
      "stat.whole_readings",
      "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = '{p}note'"};
  constexpr Statement searches{
      "stat.searches", "SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = '{p}note'"};
  const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    CHECK(first_number(tx, find_note, 1) == 5);
    const std::int64_t readings = first_number(tx, whole_readings);
    const std::int64_t searched = first_number(tx, searches);
    CHECK(first_number(tx, find_note, 1) == 5);
    CHECK(first_number(tx, whole_readings) == readings);
    CHECK(first_number(tx, searches) == searched + 1);
    return {};
  });
  CHECK(read.ok());
}

// Goal: the query-plan test can see every statement, with and without parameters.
// Method: a search by the key, a scan, and a write with a null of unknown type.
TEST_CASE("plans of a server's statements are listed") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  REQUIRE(insert(*database, 1, 5).ok());
  constexpr Statement any_value{"value.all", "SELECT i FROM {p}value WHERE i = 5"};
  CHECK(read_number(*database, any_value) == -1);
  const auto found = database->write(soon(), [](Transaction& tx) -> Result<void> {
    CHECK(first_number(tx, lock_note, 1) == 5);
    tx.run(insert_value, 1, nullptr, "x", nullptr);
    return {};
  });
  CHECK(found.ok());
  const auto plans = database->prepared_plans(soon());
  REQUIRE_MESSAGE(plans.ok(), plans.error().message);
  std::string all;
  for (const StatementPlan& plan : plans.value()) {
    all += plan.name + ":";
    for (const std::string& line : plan.lines) {
      all += " " + line + ".";
    }
    all += "\n";
  }
  CHECK(all ==
        "note.insert:\n"
        "note.lock: Index Scan using pgtest_note_pkey on pgtest_note (id = $1).\n"
        "value.all: Seq Scan on pgtest_value.\n"
        "value.insert:\n");
}

TEST_SUITE_END();

}  // namespace kameng::sql::test::postgres
