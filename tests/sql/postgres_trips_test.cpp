// postgres_trips_test.cpp - how often PostgreSQL is spoken to. A relay counts.
#include <string>

#include "postgres_fixture.hpp"

namespace kameng::sql::test::postgres {
namespace {

// With one session.
std::unique_ptr<Database> open_through(const Relay& relay) {
  ServerOptions through = options();
  through.dsn = relay.dsn();
  through.connections_max = 1;
  return open_with_tables(through);
}

}  // namespace

TEST_SUITE_BEGIN("postgres");

// Goal: a trade costs as few trips to the server as it can.
// Method: three facts, which are asked one after the other, and five writes; and three facts alone.
// A relay counts.
TEST_CASE("writes travel together") {
  if (!has_server()) {
    return;
  }
  const Relay relay;
  auto database = open_through(relay);
  const auto trade = [&](int first) {
    return database->write(soon(), [&](Transaction& tx) -> Result<void> {
      for (int id = first; id < first + 3; ++id) {
        CHECK(first_number(tx, lock_note, id) == -1);
      }
      for (int id = first; id < first + 5; ++id) {
        tx.run_exactly(1, insert_note, id, id);
      }
      return {};
    });
  };
  REQUIRE(trade(0).ok());  // prepares on its way
  const int before = relay.trips();
  REQUIRE(trade(10).ok());
  CHECK(relay.trips() - before == 3 + 1 + 1);
  const int between = relay.trips();
  for (int turn = 0; turn < 2; ++turn) {
    CHECK(read_number(*database, count_notes) == 10);
  }
  // Each rollback goes out without being waited for.
  CHECK(relay.trips() - between <= 4);
}

// Goal: questions that are asked before one of them is answered cost one trip, and see the writes
// that were made before them.
// Method: a write, two questions and their answers in the other order; a relay counts.
TEST_CASE("questions that are asked together travel together") {
  if (!has_server()) {
    return;
  }
  const Relay relay;
  auto database = open_through(relay);
  const auto number = [](Rows& rows) { return rows.next() ? rows.int64(0) : -1; };
  const auto look = [&](std::int64_t id) {
    return database->write(soon(), [&](Transaction& tx) -> Result<void> {
      tx.run(insert_note, id, 5);
      Asked<std::int64_t> amount(tx.query(find_note, id), number);
      Asked<std::int64_t> notes(tx.query(count_notes), number);
      CHECK(notes.answer() == id);
      CHECK(amount.answer() == 5);
      return {};
    });
  };
  REQUIRE(look(1).ok());  // prepares on its way
  const int before = relay.trips();
  REQUIRE(look(2).ok());
  CHECK(relay.trips() - before == 1 + 1);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test::postgres
