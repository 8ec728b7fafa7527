// fixture.hpp - a small table and the statements that the tests of this folder use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "sql/database.hpp"
#include "sql/sqlite/sqlite.hpp"
#include "support/temp_folder.hpp"

namespace kameng::sql::test {

using kameng::test::TempFolder;

inline constexpr Statement insert_note{"note.insert",
                                       "INSERT INTO {p}note (id, amount) VALUES (?, ?)"};
inline constexpr Statement count_notes{"note.count", "SELECT count(*) FROM {p}note"};
inline constexpr Statement find_note{"note.find", "SELECT amount FROM {p}note WHERE id = ?"};
inline constexpr Statement set_note{"note.set", "UPDATE {p}note SET amount = ? WHERE id = ?"};
inline constexpr Statement add_to_note{"note.add",
                                       "UPDATE {p}note SET amount = amount + ? WHERE id = ?"};

inline Deadline soon() {
  return Deadline::after_ms(20'000);
}

inline std::unique_ptr<Database> open_or_fail(const sqlite::Options& options) {
  auto opened = sqlite::open(options);
  if (!opened) {
    FAIL("open: " << opened.error().reason << " " << opened.error().message);
  }
  return std::move(opened).value();
}

// Amounts are never negative; `checked` fails at commit, not before.
inline void make_tables(Database& database) {
  const auto made = database.write_alone(soon(), [](Transaction& tx) -> Result<void> {
    const Failure failure = tx.connection().execute(
        "CREATE TABLE IF NOT EXISTS {p}note ("
        " id INTEGER PRIMARY KEY, amount INTEGER NOT NULL CONSTRAINT amount_positive CHECK (amount "
        ">= 0)) STRICT;"
        "CREATE TABLE IF NOT EXISTS {p}child (id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL"
        " REFERENCES {p}note (id) DEFERRABLE INITIALLY DEFERRED) STRICT;");
    if (failure) {
      tx.fail(failure);
    }
    return {};
  });
  REQUIRE_MESSAGE(made.ok(), made.error().message);
}

inline std::unique_ptr<Database> open_with_tables(const sqlite::Options& options) {
  auto database = open_or_fail(options);
  make_tables(*database);
  return database;
}

inline sqlite::Options memory() {
  sqlite::Options options;
  options.path = ":memory:";
  return options;
}

inline sqlite::Options at(const std::string& path) {
  sqlite::Options options;
  options.path = path;
  options.open_timeout_ms = 2'000;
  return options;
}

inline std::int64_t read_number(Database& database, const Statement& statement) {
  std::int64_t number = -1;
  const auto read = database.read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(statement);
    number = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK_MESSAGE(read.ok(), read.error().reason);
  return number;
}

inline Result<void> insert(Database& database, std::int64_t id, std::int64_t amount) {
  return database.write(soon(), [=](Transaction& tx) -> Result<void> {
    tx.run(insert_note, id, amount);
    return {};
  });
}

}  // namespace kameng::sql::test
