// plan.hpp - how the database under test would run a statement, told alike for all of them.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/statement.hpp"
#include "sql/value.hpp"
#include "support/clean_database.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

// A statement as the database was sent it, with its marks, and what it was sent with.
struct SentStatement {
  std::string text;
  std::vector<sql::Value> values;  // text and blobs are borrowed
};

struct PlanStep {
  bool scans = false;  // it reads a whole table, or a whole index of one
  bool sorts = false;  // it puts rows in order that do not come so
  std::string line;    // in the database's words
};

// An engine's tables, for the database to plan on. A small table is worth no index to it, and so a
// server's statistics are made to say that each has a million rows, which takes a user who may;
// SQLite, which has none, takes every table for large.
class Planner {
 public:
  Planner();
  // The steps that read tables or sort; none of one that only puts rows in.
  [[nodiscard]] std::vector<PlanStep> explain(const SentStatement& statement);
  // One that nobody has sent.
  [[nodiscard]] std::vector<PlanStep> explain(const sql::Statement& statement);

 private:
  void read_indexes();
  void run(const std::string& script);
  void pretend_large();
  [[nodiscard]] std::vector<PlanStep> of_sqlite(const std::string& text);
  [[nodiscard]] std::vector<PlanStep> of_postgres(const SentStatement& statement);
  [[nodiscard]] std::vector<PlanStep> postgres_steps(const SentStatement& statement,
                                                     const std::string& settings);
  [[nodiscard]] std::vector<PlanStep> of_mariadb(const SentStatement& statement);
  // These columns of what a server answers, after it has run `prepare`.
  [[nodiscard]] std::vector<std::vector<std::string>> answer(const std::string& prepare,
                                                             const std::string& explain,
                                                             std::span<const sql::Value> values,
                                                             std::initializer_list<int> columns);

  TempFolder folder_;
  std::optional<SideDoor> door_;         // of SQLite
  std::optional<CleanDatabase> tables_;  // of a server
  std::unique_ptr<sql::Database> database_;
  std::vector<std::pair<std::string, std::string>> indexes_;  // PostgreSQL's, each's first column
};

}  // namespace kameng::test
