// migration_test.cpp - a schema that grows, and one that must be refused.
#include "sql/migration.hpp"

#include <thread>
#include <vector>

#include "fixture.hpp"

namespace kameng::sql::test {

namespace {

constexpr Statement count_steps{"migration.count", "SELECT count(*) FROM {p}migration"};
constexpr Statement count_done{"migration.count_done",
                               "SELECT count(*) FROM {p}migration WHERE state = 'done' AND "
                               "applied_at_ms = 42"};

std::vector<Migration> steps() {
  return {{1,
           "note.tables",
           {{"CREATE TABLE {p}note (id INTEGER PRIMARY KEY, amount INTEGER);"}},
           true},
          {2,
           "note.first",
           {{"INSERT INTO {p}note VALUES (1, 1); -- a comment; with a mark\n"
             "INSERT INTO {p}note VALUES (2, 2);\n"},
            {"INSERT INTO {p}note VALUES (3, 3)"}}}};
}

Result<void> migrate(Database& database, const std::vector<Migration>& migrations) {
  return database.migrate(migrations, 42, soon());
}

}  // namespace

TEST_SUITE_BEGIN("sql");

// Goal: steps are applied once, in order, and new ones later.
// Method: two steps, again, then a third.
TEST_CASE("migrations are applied once") {
  auto database = open_or_fail(memory());
  REQUIRE(migrate(*database, steps()).ok());
  CHECK(read_number(*database, count_notes) == 3);
  REQUIRE(migrate(*database, steps()).ok());
  CHECK(read_number(*database, count_notes) == 3);
  auto more = steps();
  more.push_back({3, "note.more", {{"INSERT INTO {p}note VALUES (4, 4)"}}});
  REQUIRE(migrate(*database, more).ok());
  CHECK(read_number(*database, count_notes) == 4);
  CHECK(read_number(*database, count_done) == 3);
}

// Goal: a step whose text changed, a newer breaking schema and a wrong order are refused; a newer
// harmless one is not. Method: one of each, and nothing is changed by the refused ones.
TEST_CASE("unlike schemas are refused") {
  auto database = open_or_fail(memory());
  REQUIRE(migrate(*database, steps()).ok());
  auto changed = steps();
  changed[1].scripts[1] = {"INSERT INTO {p}note VALUES (3, 4)"};
  changed.push_back({3, "note.more", {{"INSERT INTO {p}note VALUES (4, 4)"}}});
  const auto refused = migrate(*database, changed);
  CHECK(refused.error().status == Status::incompatible);
  CHECK(refused.error().reason == "storage.migration_changed");
  CHECK(read_number(*database, count_notes) == 3);

  auto harmless = steps();
  harmless.push_back({3, "note.more", {{"INSERT INTO {p}note VALUES (4, 4)"}}});
  REQUIRE(migrate(*database, harmless).ok());
  CHECK(migrate(*database, steps()).ok());

  auto breaking = harmless;
  breaking.push_back({4, "note.new_form", {{"INSERT INTO {p}note VALUES (5, 5)"}}, true});
  REQUIRE(migrate(*database, breaking).ok());
  CHECK(migrate(*database, harmless).error().reason == "storage.schema_newer");

  std::swap(breaking[0], breaking[1]);
  CHECK(migrate(*database, breaking).error().reason == "storage.migration_order");
}

// Goal: a step that fails leaves nothing, not even the steps before it.
// Method: the second step does not compile; its error names it and says why.
TEST_CASE("a failing migration leaves nothing behind") {
  auto database = open_or_fail(memory());
  auto broken = steps();
  broken[1].scripts.push_back({"CREATE TABLE {p}note (id)"});
  const auto failed = migrate(*database, broken);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().reason == "storage.misuse");
  CHECK(failed.error().details.front().second == "note.first");
  REQUIRE(migrate(*database, steps()).ok());
  CHECK(read_number(*database, count_steps) == 2);
}

// Goal: the checksum is the text's, whatever the tables are called, and tells parts apart.
// Method: known value, and two ways to cut one text.
TEST_CASE("a migration's checksum is of its text") {
  const Migration one{1, "a", {{"bc"}, {"d"}}};
  const Migration two{1, "a", {{"b"}, {"cd"}}};
  CHECK(checksum(one, Dialect::sqlite) != checksum(two, Dialect::sqlite));
  CHECK(checksum(one, Dialect::sqlite) ==
        checksum(Migration{9, "a", {{"bc"}, {"d"}}, true}, Dialect::sqlite));
  CHECK(checksum(one, Dialect::sqlite).size() == 16);
}

// Goal: processes that start at once all succeed.
// Method: eight databases on one new file, each opened and migrated on its own thread.
TEST_CASE("migrations at once are applied once") {
  const TempFolder folder;
  std::vector<std::thread> threads;
  std::vector<std::string> reasons(8);
  for (std::string& reason : reasons) {
    threads.emplace_back([&folder, &reason] {
      sqlite::Options options = at(folder.file("a.db"));
      options.open_timeout_ms = 20'000;
      auto opened = sqlite::open(options);
      const auto done = opened ? migrate(*opened.value(), steps()) : Result<void>(opened.error());
      reason = done ? "ok" : done.error().reason + " " + done.error().message;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const std::string& reason : reasons) {
    CHECK(reason == "ok");
  }
  auto database = open_or_fail(at(folder.file("a.db")));
  CHECK(read_number(*database, count_notes) == 3);
  CHECK(read_number(*database, count_steps) == 2);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
