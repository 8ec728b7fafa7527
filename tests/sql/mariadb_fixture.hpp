// mariadb_fixture.hpp - the server that the tests of the driver use, and tables of their own on it.
//
// Where it is says support/server_dsn.hpp. Without one the tests say that they are skipped.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

#include "sql/database.hpp"
#include "sql/mariadb/mariadb.hpp"
#include "support/server_dsn.hpp"

namespace kameng::sql::test {

inline std::string mariadb_dsn() {
  return kameng::test::server_dsn("mariadb").value_or("");
}

// True, and said, when there is no server.
inline bool has_no_mariadb() {
  if (mariadb_dsn().empty()) {
    MESSAGE("skipped: there is no MariaDB server");
  }
  return mariadb_dsn().empty();
}

// A prefix that no other test uses.
inline ServerOptions mariadb_options() {
  static std::atomic<int> count{0};
  ServerOptions options;
  options.dsn = mariadb_dsn();
  options.table_prefix = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count) + "_";
  return options;
}

inline std::unique_ptr<Database> open_mariadb(const ServerOptions& options) {
  auto opened = mariadb::open(options);
  if (!opened) {
    FAIL("open: " << opened.error().reason << " " << opened.error().message);
  }
  return std::move(opened).value();
}

inline Deadline in_ms(std::int64_t ms) {
  return Deadline::after_ms(ms);
}

inline Result<void> execute(Database& database, std::string_view script) {
  return database.write_alone(in_ms(20'000), [&](Transaction& tx) -> Result<void> {
    if (const Failure failure = tx.connection().execute(script)) {
      tx.fail(failure);
    }
    return {};
  });
}

// A database with the tables of a test, dropped at its end.
class Tables {
 public:
  explicit Tables(const ServerOptions& options) : database_(open_mariadb(options)) {
    const auto made =
        execute(*database_,
                "CREATE TABLE {p}note (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL"
                " CHECK (amount >= 0), name VARCHAR(100), body LONGBLOB,"
                " UNIQUE KEY {p}note_name (name))"
                " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
                "CREATE TABLE {p}child (id BIGINT PRIMARY KEY, note_id BIGINT NOT NULL,"
                " FOREIGN KEY (note_id) REFERENCES {p}note (id)) ENGINE=InnoDB;"
                "INSERT INTO {p}note (id, amount, name) VALUES (1, 10, 'one'), (2, 20, 'two')");
    REQUIRE_MESSAGE(made.ok(), made.error().message);
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() {
    CHECK(execute(*database_, "DROP TABLE IF EXISTS {p}child, {p}note, {p}migration").ok());
  }

  [[nodiscard]] Database& operator*() { return *database_; }
  [[nodiscard]] Database* operator->() { return database_.get(); }

 private:
  std::unique_ptr<Database> database_;
};

}  // namespace kameng::sql::test
