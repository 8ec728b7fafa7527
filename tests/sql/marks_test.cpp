#include "sql/marks.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace kameng::sql {

TEST_SUITE_BEGIN("sql");

// Goal: a driver gets the marks of its own database, and each takes the right value.
// Method: plain, numbered, repeated and quoted marks in the three dialects.
TEST_CASE("parameters of a statement are marked as the database marks them") {
  struct Case {
    const char* text;
    const char* sqlite;
    const char* postgres;
    const char* mariadb;
    std::vector<int> order;  // of mariadb
    int values;
  };
  const Case cases[] = {
      {"SELECT 1", "SELECT 1", "SELECT 1", "SELECT 1", {}, 0},
      {"a = ? AND b = ?", "a = ?1 AND b = ?2", "a = $1 AND b = $2", "a = ? AND b = ?", {0, 1}, 2},
      {"?2, ?1, ?2", "?2, ?1, ?2", "$2, $1, $2", "?, ?, ?", {1, 0, 1}, 2},
      {"?3, ?", "?3, ?4", "$3, $4", "?, ?", {2, 3}, 4},
      {"'?' || \"a?\" || ?",
       "'?' || \"a?\" || ?1",
       "'?' || \"a?\" || $1",
       "'?' || \"a?\" || ?",
       {0},
       1},
      {"-- ? \n?/* ? */", "-- ? \n?1/* ? */", "-- ? \n$1/* ? */", "-- ? \n?/* ? */", {0}, 1},
      {"'it''s ?', ?", "'it''s ?', ?1", "'it''s ?', $1", "'it''s ?', ?", {0}, 1},
  };
  for (const Case& one : cases) {
    INFO(std::string(one.text));
    CHECK(with_marks(one.text, Dialect::sqlite).sql == one.sqlite);
    CHECK(with_marks(one.text, Dialect::postgres).sql == one.postgres);
    const Marked mariadb = with_marks(one.text, Dialect::mariadb);
    CHECK(mariadb.sql == one.mariadb);
    CHECK(mariadb.order == one.order);
    CHECK(mariadb.values == one.values);
  }
}

TEST_SUITE_END();

}  // namespace kameng::sql
