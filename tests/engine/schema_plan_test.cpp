// schema_plan_test.cpp - schema.plan: the SQL that a database lacks, shown and not run.
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;

namespace {

std::string states(const Json& plan) {
  std::string text;
  for (const Json& step : plan["steps"]) {
    text += step["state"].get<std::string>() + " ";
  }
  return text;
}

Json of(const std::string& path) {
  return {{"storage", {{"path", path}}}};
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: what schema.plan shows is all that is missing: whoever runs it by hand has the schema,
  //       and the plan itself has made nothing.
  // Method: the plan for a file that is not there is run through another program's door, and the
  //         schema compared with one that an engine has made.
  TEST_CASE("the SQL that is shown is what opening runs" *
            sqlite_only("it looks for files that must not come to be")) {
    const TempFolder temp{TempFolder::in_memory()};
    Shop shop;
    const Json plan = shop.must("schema.plan", of(temp.file("new.db")));
    CHECK(states(plan) == "missing missing missing missing missing ");
    CHECK(plan["steps"][0]["breaking"] == false);
    CHECK(plan["steps"][1]["breaking"] == true);
    CHECK(plan["steps"][2]["breaking"] == false);
    CHECK(!std::filesystem::exists(temp.file("new.db")));

    Shop opened({.path = temp.file("opened.db")});
    CHECK(states(shop.must("schema.plan", of(temp.file("opened.db")))) ==
          "done done done done done ");
    { const std::ofstream empty(temp.file("by_hand.db")); }
    CHECK(states(shop.must("schema.plan", of(temp.file("by_hand.db")))) ==
          "missing missing missing missing missing ");
    CHECK(std::filesystem::file_size(temp.file("by_hand.db")) == 0);
    SideDoor door(temp.file("by_hand.db"));
    for (const Json& step : plan["steps"]) {
      door.run(step["sql"]);
    }
    door.run("ATTACH '" + temp.file("opened.db") + "' AS opened");
    CHECK(door.number("SELECT COUNT(*) FROM sqlite_schema") > 40);
    CHECK(door.number("SELECT COUNT(*) FROM (SELECT type, name, sql FROM main.sqlite_schema"
                      " EXCEPT SELECT type, name, sql FROM opened.sqlite_schema)") == 0);
    CHECK(door.number("SELECT COUNT(*) FROM (SELECT type, name, sql FROM opened.sqlite_schema"
                      " EXCEPT SELECT type, name, sql FROM main.sqlite_schema)") == 0);
  }

  // Goal: on every database the plan of a shop that is open says that all is done, and a step that
  //       is not recorded is shown in full, as that database would run it, and is not run.
  // Method: the record of the second step is taken away, then put back by half.
  TEST_CASE("a step that is missing, started or done") {
    const TempFolder temp{TempFolder::in_memory()};
    Shop shop({.path = temp.file("shop.db")});
    SideDoor door(temp.file("shop.db"));
    const Json done = shop.must("schema.plan");
    CHECK(states(done) == "done done done done done ");
    CHECK(done["steps"][0]["sql"] == "");
    const std::size_t tables = door.tables().size();

    door.run("UPDATE kameng_migration SET state = 'started' WHERE number = 2");
    const Json started = shop.must("schema.plan");
    CHECK(states(started) == "done started done done done ");
    const std::string second = started["steps"][1]["sql"];
    CHECK(second.find(on_server() ? "CREATE TABLE" : "DROP TABLE kameng_stock_delta") !=
          std::string::npos);
    CHECK(second.find('{') == std::string::npos);

    door.run("DELETE FROM kameng_migration WHERE number = 2");
    const Json missing = shop.must("schema.plan");
    CHECK(states(missing) == "done missing done done done ");
    CHECK(missing["steps"][1]["sql"] == second);

    if (on_server()) {
      database_at(temp.file("shop.db")).spoil();
    }
    door.run("DROP TABLE kameng_migration");
    const Json all = shop.must("schema.plan");
    CHECK(states(all) == "missing missing missing missing missing ");
    const std::string first = all["steps"][0]["sql"];
    CHECK(first.find("CREATE TABLE IF NOT EXISTS kameng_migration") == 0);
    CHECK(first.find("kameng_order_line") != std::string::npos);
    CHECK(door.tables().size() == tables - 1);
  }
}
