// raw_database.hpp - a database, in memory unless the tests run on a server, whose transactions a
// test may let fail, and whose tables it may damage. For tests of what the schema itself refuses
// and of what the checks find.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "sql/database.hpp"
#include "sql/migration.hpp"
#include "support/clean_database.hpp"
#include "support/damage.hpp"

namespace kameng::tests {

class RawDatabase {
 public:
  explicit RawDatabase(std::initializer_list<sql::Script> schemas)
      : tables_{1, "tables", std::vector<sql::Script>(schemas)},
        clean_("t_", {&tables_, 1}),
        database_(clean_.open()) {
    REQUIRE(database_->migrate({&tables_, 1}, 0, soon()).ok());
  }

  // What the body returns, committed. The body has to succeed.
  template <class Body>
  auto write(Body&& body) {
    using Answer = decltype(body(std::declval<sql::Transaction&>()));
    std::optional<Answer> answer;
    sql::Failure failure;
    const Result<void> outcome =
        database_->write(soon(), [&](sql::Transaction& tx) -> Result<void> {
          answer.emplace(body(tx));
          tx.settle();
          failure = tx.failure();
          return {};
        });
    CAPTURE(failure.statement);
    CAPTURE(failure.hint);
    REQUIRE(outcome.ok());
    return std::move(*answer);
  }

  // The failure that the body's transaction ended with; nothing of it is kept. A server runs what
  // failed as a conflict again until the deadline, so that is near.
  template <class Body>
  sql::Failure fail(Body&& body) {
    sql::Failure failure;
    const Result<void> outcome =
        database_->write(Deadline::after_ms(2'000), [&](sql::Transaction& tx) -> Result<void> {
          body(tx);
          tx.settle();
          failure = tx.failure();
          return {};
        });
    CHECK_FALSE(outcome.ok());
    return failure;
  }

  // Statements as somebody with the tables in hand would run them, in the words of damage_here();
  // tables are called t_...
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

  // The names of statements run so far that read a whole table or index, other than those that may
  // (verify.*, migration.*). SQLite says so; what servers do depends on how full their tables are.
  [[nodiscard]] std::vector<std::string> scans() {
    auto plans = database_->prepared_plans(soon());
    REQUIRE(plans.ok());
    std::vector<std::string> names;
    for (const sql::StatementPlan& plan : *plans) {
      for (const std::string& line : plan.lines) {
        const bool table = line.find("SCAN t_") != std::string::npos;
        const bool may =
            plan.name.rfind("verify.", 0) == 0 || plan.name.rfind("migration.", 0) == 0;
        if (table && !may) {
          names.push_back(plan.name + ": " + line);
        }
      }
    }
    return names;
  }

  [[nodiscard]] static Deadline soon() { return Deadline::after_ms(60'000); }

 private:
  sql::Migration tables_;
  test::CleanDatabase clean_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace kameng::tests
