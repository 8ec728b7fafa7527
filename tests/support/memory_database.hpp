// memory_database.hpp - a database with the schemas of the folders under test, in memory unless the
// tests run on a server. For tests of facts and apply; tests that go through commands take the
// engine.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sql/database.hpp"
#include "sql/migration.hpp"
#include "support/clean_database.hpp"
#include "support/damage.hpp"

namespace kameng::tests {

class MemoryDatabase {
 public:
  explicit MemoryDatabase(std::initializer_list<sql::Script> schemas)
      : tables_{1, "tables", std::vector<sql::Script>(schemas)},
        clean_("kameng_", {&tables_, 1}),
        database_(clean_.open()) {
    REQUIRE(database_->migrate({&tables_, 1}, 0, soon()).ok());
  }

  [[nodiscard]] sql::Database& database() { return *database_; }

  // Commits what the body wrote and gives what it returned.
  template <class Body>
  auto write(Body&& body) {
    using Answer = decltype(body(std::declval<sql::Transaction&>()));
    std::optional<Answer> answer;
    const Result<void> outcome =
        database_->write(soon(), [&](sql::Transaction& tx) -> Result<void> {
          answer.emplace(body(tx));
          return {};
        });
    REQUIRE(outcome.ok());
    return std::move(*answer);
  }

  template <class Body>
  auto read(Body&& body) {
    using Answer = decltype(body(std::declval<sql::Transaction&>()));
    std::optional<Answer> answer;
    const Result<void> outcome = database_->read(soon(), [&](sql::Transaction& tx) -> Result<void> {
      answer.emplace(body(tx));
      return {};
    });
    REQUIRE(outcome.ok());
    return std::move(*answer);
  }

  // Statements as somebody with the tables in hand would run them, in the words of damage_here().
  void damage(std::string_view script) {
    clean_.spoil();
    const std::string here = test::damage_here(script);
    write([&](sql::Transaction& tx) {
      const sql::Failure failure = tx.connection().execute(here);
      CAPTURE(failure.hint);
      REQUIRE_FALSE(static_cast<bool>(failure));
      return true;
    });
  }

  [[nodiscard]] static Deadline soon() { return Deadline::after_ms(10'000); }

 private:
  sql::Migration tables_;
  test::CleanDatabase clean_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace kameng::tests
