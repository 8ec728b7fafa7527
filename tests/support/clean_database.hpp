// clean_database.hpp - which database the tests run on, and an empty one of its kind for each test.
//
// KAMENG_TEST_STORAGE says it: sqlite (when it is not set), postgres or mariadb. SQLite's are in
// memory. On a server making the tables anew for each test would take longer than the tests do, so
// a set of tables that was given back is emptied and lent again; each set is a schema (on
// PostgreSQL) or a database (on MariaDB) of its own, and the prefix of the tables stays the test's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/config.hpp"
#include "sql/database.hpp"
#include "sql/migration.hpp"

namespace kameng::test {

// "sqlite", "postgres" or "mariadb".
[[nodiscard]] const std::string& storage_under_test();
[[nodiscard]] bool on_server();

// Why no test can run on the storage under test: the driver is not compiled in, or there is no
// server. Empty when they can.
[[nodiscard]] std::string storage_missing();

// TEST_CASE("..." * sqlite_only("why")): it is left out on servers, and the run says so.
class sqlite_only {
 public:
  explicit sqlite_only(const char* why) : why_(why) {}
  void fill(doctest::detail::TestCase& test_case) const;

 private:
  const char* why_;
};

struct LeftOut {
  std::string suite, name, why;
};
[[nodiscard]] std::vector<LeftOut>& left_out();

struct TableSet;

// Tables as the migrations leave them, from here until its end. Any thread.
class CleanDatabase {
 public:
  CleanDatabase(const std::string& table_prefix, std::span<const sql::Migration> migrations);
  CleanDatabase(CleanDatabase&& other) noexcept;
  CleanDatabase& operator=(CleanDatabase&&) = delete;
  ~CleanDatabase();

  [[nodiscard]] const engine::StorageConfig& config() const { return config_; }
  [[nodiscard]] std::unique_ptr<sql::Database> open() const;
  // The rows of the other one's tables instead of its own. On a server alone.
  void fill_from(const CleanDatabase& other);
  // Its tables were changed themselves: nobody else gets them.
  void spoil();

 private:
  engine::StorageConfig config_;
  std::unique_ptr<TableSet> tables_;  // null on SQLite
};

// On a server, the tables that stand for a SQLite file: the same for the same path, and kept while
// the file's folder is there. Who asks first says with which tables it begins: those of an engine,
// or of earlier migrations, which the next opening changes.
[[nodiscard]] CleanDatabase& database_at(const std::string& path);
CleanDatabase& begin_database_at(const std::string& path,
                                 std::span<const sql::Migration> migrations);

}  // namespace kameng::test
