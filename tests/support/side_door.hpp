// side_door.hpp - a connection of a test's own to an engine's database: to see what is stored, and
// to damage it as somebody with the file in hand would. On a server, to the tables that stand for
// the file (clean_database.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sql/database.hpp"

struct sqlite3;

namespace kameng::test {

class CleanDatabase;

class SideDoor {
 public:
  explicit SideDoor(const std::string& path);

  // Every row of every table, printed, in the order of their keys.
  using Tables = std::map<std::string, std::vector<std::string>>;
  [[nodiscard]] Tables tables();
  // Statements without an answer. Triggers that protect rows are the script's to drop;
  // on a server it is put in the words of damage_here().
  void run(const std::string& script);
  [[nodiscard]] std::int64_t number(const std::string& query);
  // The names of a table's columns in a SQLite file, in their order.
  [[nodiscard]] std::vector<std::string> columns(const std::string& table);
  // How SQLite would run the statement: "SEARCH kameng_order USING ..."
  [[nodiscard]] std::vector<std::string> plan(const std::string& statement);

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;  // null on a server
  CleanDatabase* tables_ = nullptr;           // of the server
  std::unique_ptr<sql::Database> server_;
};

// "order_line: 2 instead of 1" for each table whose rows differ; empty when none does.
[[nodiscard]] std::string differences(const SideDoor::Tables& before, const SideDoor::Tables& now);
// How many rows each table has.
[[nodiscard]] std::map<std::string, std::size_t> row_counts(const SideDoor::Tables& tables);

}  // namespace kameng::test
