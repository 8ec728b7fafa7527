// postgres_test.cpp - the PostgreSQL driver: values, statements and transactions.
#include <limits>

#include <sys/wait.h>

#include "postgres_fixture.hpp"
#include "sql/migration.hpp"

namespace kameng::sql::test::postgres {
namespace {

constexpr Statement insert_value{"value.insert",
                                 "INSERT INTO {p}value (n, i, t, b) VALUES (?, ?, ?, ?)"};
constexpr Statement all_values{"value.all", "SELECT i, t, b FROM {p}value ORDER BY n"};
constexpr Statement insert_many{
    "note.insert_many",
    "INSERT INTO {p}note (id, amount) SELECT n, n FROM generate_series(1, ?) AS n"};
constexpr Statement stream_notes{
    .name = "note.stream", .text = "SELECT id, amount FROM {p}note ORDER BY id", .streams = true};

using Detail = std::pair<std::string, std::string>;

}  // namespace

TEST_SUITE_BEGIN("postgres");

// Goal: what goes in comes out, to the byte, for every kind at its edges.
// Method: null first, so that types are learned later; the extreme integers, text beyond the basic
// plane, blobs with NUL and empty ones.
TEST_CASE("values come back from a server as they were stored") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  const std::string text("\xF0\x9F\x8E\xAE \xE7\xA0\x81 'end' ? $1");
  const Bytes blob{0, 1, 0, 255};
  const auto stored = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    tx.run(insert_value, 0, nullptr, std::optional<std::string>(), std::optional<Bytes>());
    tx.run(insert_value, 1, std::numeric_limits<std::int64_t>::min(), text, blob);
    tx.run(insert_value, 2, std::numeric_limits<std::int64_t>::max(), "", ByteView());
    tx.run(insert_value, 3, nullptr, "x", nullptr);
    CHECK(tx.writes() == 4);
    return {};
  });
  REQUIRE_MESSAGE(stored.ok(), stored.error().message);
  const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(all_values);
    REQUIRE(rows.next());
    CHECK(rows.maybe_int64(0) == std::nullopt);
    CHECK(rows.maybe_text(1) == std::nullopt);
    CHECK(rows.is_null(2));
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
    CHECK_FALSE(rows.next());
    return {};
  });
  CHECK(read.ok());
}

// Goal: every integer that an expression gives is read as one, and nothing else is.
// Method: types of the server with a value, a sum at the edges of an int64 and beyond them, and
// texts, blobs and fractions read as numbers.
TEST_CASE("integers of all types of the server are read, and nothing else") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  struct Case {
    const char* sql;
    std::optional<std::int64_t> expected;  // nothing: it is misread
  };
  const Case cases[] = {
      {"SELECT 5::int2", 5},
      {"SELECT -5::int4", -5},
      {"SELECT 1 = 1", 1},
      {"SELECT 1 = 2", 0},
      {"SELECT sum(n) FROM (VALUES (9223372036854775807::int8), (0::int8)) AS v(n)",
       std::numeric_limits<std::int64_t>::max()},
      {"SELECT sum(n) FROM (VALUES (-9223372036854775807::int8), (-1::int8)) AS v(n)",
       std::numeric_limits<std::int64_t>::min()},
      {"SELECT sum(n) FROM (VALUES (9223372036854775807::int8), (1::int8)) AS v(n)", std::nullopt},
      {"SELECT 120000::numeric", 120'000},
      {"SELECT 10000.000::numeric", 10'000},
      {"SELECT 0::numeric", 0},
      {"SELECT -70001::numeric", -70'001},
      {"SELECT 1.5::numeric", std::nullopt},
      {"SELECT 0.0001::numeric", std::nullopt},
      {"SELECT 'NaN'::numeric", std::nullopt},
      {"SELECT 1e30::numeric", std::nullopt},
      {"SELECT '12'", std::nullopt},
      {"SELECT '\\x01'::bytea", std::nullopt},
      {"SELECT 1::float8", std::nullopt},
  };
  for (const Case& test : cases) {
    CAPTURE(test.sql);
    const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
      Rows rows = tx.query(Statement{"number", test.sql});
      CHECK(rows.next());
      CHECK(rows.int64(0) == test.expected.value_or(0));
      return {};
    });
    CHECK(read.ok() == test.expected.has_value());
    CHECK((read.ok() || read.error().reason == "storage.corrupt"));
  }
}

// Goal: a parameter is an int64 wherever it stands, and null is too.
// Method: places where the server by itself would take an int4, and a value beyond it.
TEST_CASE("parameters have the type of their value") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  constexpr std::int64_t great = 5'000'000'000;
  constexpr Statement twice{"number.twice", "SELECT coalesce(?1, 0) + ?1 - ?1"};
  constexpr Statement limited{"note.limited",
                              "SELECT count(*) FROM (SELECT id FROM {p}note LIMIT ?) AS few"};
  constexpr Statement quoted{"text.quoted",
                             "SELECT CASE WHEN '?' || \"c?\" = '?x' THEN ? END"
                             " FROM (SELECT 'x' AS \"c?\") AS t"};
  const auto done = database->write(soon(), [&](Transaction& tx) -> Result<void> {
    CHECK(first_number(tx, twice, great) == great);
    CHECK(first_number(tx, quoted, great) == great);
    CHECK(tx.run_count(insert_many, 10) == 10);
    CHECK(first_number(tx, limited, 3) == 3);
    CHECK(first_number(tx, limited, nullptr) == 10);
    Rows rows = tx.query(twice, nullptr);
    CHECK(rows.next());
    CHECK(rows.is_null(0));
    return {};
  });
  CHECK_MESSAGE(done.ok(), done.error().message);
}

// Goal: text that the server cannot hold is refused before it is sent.
// Method: a NUL inside, and bytes that are not UTF-8, which the server refuses.
TEST_CASE("text that is no text to the server is refused") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff\xfe")}) {
    const auto stored = database->write(soon(), [&](Transaction& tx) -> Result<void> {
      tx.run(insert_value, 1, 1, text, nullptr);
      return {};
    });
    REQUIRE_FALSE(stored.ok());
    CHECK(stored.error().reason == "storage.constraint");
    CHECK((text[0] != 'a' || stored.error().details.back() == Detail{"constraint", "text.nul"}));
  }
}

// Goal: writes that were kept back and fail leave nothing, and the failure is told of the right one
// by its names and without a value.
// Method: five writes, the third refused by a check, a not-null and an order that does not compile.
TEST_CASE("a write that fails among others leaves nothing") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  constexpr Statement no_such{"none.such", "UPDATE {p}nowhere SET x = 1"};
  const auto with_third = [&](auto third) {
    return database->write(soon(), [&](Transaction& tx) -> Result<void> {
      tx.run(insert_note, 1, 1);
      tx.run(insert_note, 2, 2);
      third(tx);
      tx.run(insert_note, 1, 4);
      tx.run(set_note, -1, 1);
      return {};
    });
  };
  const auto checked = with_third([](Transaction& tx) { tx.run(set_note, -77'123, 1); });
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().details ==
        std::vector<Detail>{{"statement", "note.set"}, {"constraint", "amount_positive"}});
  CHECK(checked.error().message.find("77") == std::string::npos);
  const auto null = with_third([](Transaction& tx) { tx.run(insert_note, 3, nullptr); });
  REQUIRE_FALSE(null.ok());
  CHECK(null.error().details ==
        std::vector<Detail>{{"statement", "note.insert"}, {"constraint", "note.amount"}});
  const auto broken = with_third([&](Transaction& tx) { tx.run(no_such); });
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().reason == "storage.misuse");
  CHECK(broken.error().message.find("pgtest_nowhere") != std::string::npos);
  CHECK(read_number(*database, count_notes) == 0);
  CHECK(insert(*database, 1, 1).ok());
}

// Goal: statements are used as they are meant.
// Method: a wrong number of parameters, one opened twice, two in one, a writer in a reading
// transaction; and nested reading, which is allowed.
TEST_CASE("misuse of a server's statements is told") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  REQUIRE(insert(*database, 1, 5).ok());
  constexpr Statement two{"two", "SELECT 1; SELECT 2"};
  using Body = std::function<void(Transaction&)>;
  const Body bodies[] = {
      [](Transaction& tx) { tx.run(insert_note, 1); },
      [](Transaction& tx) {
        Rows outer = tx.query(find_note, 1);
        CHECK(outer.next());
        Rows inner = tx.query(find_note, 1);
        CHECK_FALSE(inner.next());
      },
      [&](Transaction& tx) {
        Rows rows = tx.query(two);
        CHECK_FALSE(rows.next());
      },
  };
  for (const Body& body : bodies) {
    const auto done = database->write(soon(), [&](Transaction& tx) -> Result<void> {
      body(tx);
      return {};
    });
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().reason == "storage.misuse");
  }
  const auto nested = database->read(soon(), [](Transaction& tx) -> Result<void> {
    Rows outer = tx.query(count_notes);
    REQUIRE(outer.next());
    CHECK(first_number(tx, find_note, 1) == 5);
    CHECK(outer.int64(0) == 1);
    tx.run(insert_note, 2, 2);
    CHECK(first_number(tx, find_note, 2) == -1);
    CHECK(tx.failure().fault == Fault::misuse);
    return {};
  });
  CHECK(nested.error().reason == "storage.misuse");
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: an address that is used again for another text is not mistaken, and nothing stays behind on
// the server.
// Method: statements on the stack at one address, on a pool of one connection; the one that counts
//         has an address that is never theirs.
TEST_CASE("a server's statements are kept by address and checked by text") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  for (int turn = 0; turn < 3; ++turn) {
    const std::string text = "SELECT " + std::to_string(turn);
    const Statement statement{"changing", text};
    CHECK(read_number(*database, statement) == turn);
  }
  static constexpr Statement count_prepared{"prepared.count",
                                            "SELECT count(*) FROM pg_prepared_statements"};
  CHECK(read_number(*database, count_prepared) == 2);
}

// Goal: rows of a great table are read as they come, and the connection is usable however the
// reading ended.
// Method: 20,000 rows to the end, ten of them, none of them; another statement meanwhile; and a row
// at which the server fails.
TEST_CASE("a table is streamed") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  constexpr std::int64_t count = 20'000;
  CHECK(database
            ->write(soon(),
                    [&](Transaction& tx) -> Result<void> {
                      tx.run_exactly(count, insert_many, count);
                      return {};
                    })
            .ok());
  for (const std::int64_t wanted : {count + 1, std::int64_t{10}, std::int64_t{0}}) {
    std::int64_t seen = 0;
    const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
      seen = 0;
      {
        Rows rows = tx.query(stream_notes);
        while (seen < wanted && rows.next()) {
          ++seen;
          CHECK(rows.int64(0) == seen);
        }
      }
      CHECK(first_number(tx, find_note, 7) == 7);
      return {};
    });
    CHECK_MESSAGE(read.ok(), read.error().message);
    CHECK(seen == std::min(wanted, count));
  }
  // What was asked before the stream is read beside it.
  const auto beside = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows one_row = tx.query(find_note, 7);
    Rows stream = tx.query(stream_notes);
    CHECK(one_row.next());
    CHECK(one_row.int64(0) == 7);
    for (std::int64_t id = 1; id <= count; ++id) {
      CHECK(stream.next());
      CHECK((id % 1000 != 0 || stream.int64(0) == id));
    }
    CHECK_FALSE(one_row.next());
    CHECK_FALSE(stream.next());
    return {};
  });
  CHECK(beside.ok());
  const auto meanwhile = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(stream_notes);
    CHECK(rows.next());
    CHECK(first_number(tx, find_note, 7) == -1);
    return {};
  });
  CHECK(meanwhile.error().reason == "storage.misuse");
  constexpr Statement failing{
      .name = "failing", .text = "SELECT 10 / (id - 5) FROM {p}note ORDER BY id", .streams = true};
  const auto failed = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    std::int64_t seen = 0;
    for (Rows rows = tx.query(failing); rows.next();) {
      ++seen;
    }
    CHECK(seen == 4);
    return {};
  });
  CHECK(failed.error().reason == "storage.constraint");
  CHECK(read_number(*database, count_notes) == count);
}

// Goal: savepoints undo a part, also the part that failed.
// Method: roll one back, one after a failure, release a third.
TEST_CASE("a savepoint of a server undoes a part") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  const auto done = database->write_alone(soon(), [](Transaction& tx) -> Result<void> {
    Connection& connection = tx.connection();
    CHECK_FALSE(connection.savepoint("one"));
    tx.run(insert_note, 1, 1);
    CHECK_FALSE(connection.rollback_to("one"));
    Failure failure;
    const Value negative[] = {std::int64_t{9}, std::int64_t{-9}};
    CHECK(connection.write(insert_note, negative, any_count, failure));
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

// Goal: a reader sees one moment.
// Method: a write by another connection between two reads of one transaction.
TEST_CASE("a reader has a snapshot") {
  if (!has_server()) {
    return;
  }
  auto database = open_with_tables(options());
  auto other = open_or_fail(options());
  const auto read = database->read(soon(), [&](Transaction& tx) -> Result<void> {
    for (int turn = 0; turn < 2; ++turn) {
      Rows rows = tx.query(count_notes);
      CHECK(rows.next());
      CHECK(rows.int64(0) == 0);
      CHECK((turn == 1 || insert(*other, 1, 1).ok()));
    }
    return {};
  });
  CHECK(read.ok());
  CHECK(read_number(*database, count_notes) == 1);
}

// Goal: two processes that start at once make the schema once.
// Method: two databases, each with its own connections, migrate on two threads.
TEST_CASE("migrations of two processes at once are applied once") {
  if (!has_server()) {
    return;
  }
  run_script(*open_or_fail(options()), "DROP TABLE IF EXISTS {p}note, {p}migration");
  const Script table{.sqlite = "", .postgres = "CREATE TABLE {p}note (id BIGINT PRIMARY KEY)"};
  const Script rows{.sqlite = "",
                    .postgres = "INSERT INTO {p}note VALUES (1); INSERT INTO {p}note VALUES (2)"};
  const std::vector<Migration> steps{{1, "note.tables", {table}}, {2, "note.rows", {rows}}};
  std::unique_ptr<Database> databases[2] = {open_or_fail(options()), open_or_fail(options())};
  std::string reasons[2];
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      const auto done = databases[i]->migrate(steps, 42, soon());
      reasons[i] = done.ok() ? "ok" : done.error().reason + " " + done.error().message;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(reasons[0] == "ok");
  CHECK(reasons[1] == "ok");
  CHECK(read_number(*databases[0], count_notes) == 2);
  CHECK(databases[0]->metrics().retries + databases[1]->metrics().retries == 0);
}

// Goal: a child of fork() does not disturb its parent's sessions.
// Method: the child is refused, closes what it inherited and opens a database of its own; the
// parent goes on with its one connection, which was never lost.
TEST_CASE("a forked child leaves its parent's sessions alone") {
  if (!has_server()) {
    return;
  }
  ServerOptions one = options();
  one.connections_max = 1;
  auto database = open_with_tables(one);
  constexpr Statement pid{"backend.pid", "SELECT pg_backend_pid()"};
  const std::int64_t before = read_number(*database, pid);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int failures = insert(*database, 1, 1).error().reason != "engine.used_after_fork";
    database.reset();
    auto own = sql::postgres::open(one);
    failures += !own.ok() || !insert(**own, 2, 2).ok();
    _exit(failures);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(read_number(*database, count_notes) == 1);
  CHECK(read_number(*database, pid) == before);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test::postgres
