// mark_sql.hpp - the table of marks and its statements.
#pragma once

#include "sql/statement.hpp"

namespace kameng::queue {

inline constexpr sql::Script mark_schema{.sqlite = R"sql(
CREATE TABLE {p}mark (
  name TEXT NOT NULL PRIMARY KEY,
  at BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
                                         .postgres = R"sql(
CREATE TABLE {p}mark (
  name TEXT PRIMARY KEY,
  at BYTEA NOT NULL
);
)sql",
                                         .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}mark (
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  at VARBINARY(64) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// Two workers that walk at once: the second one waits for the first, and goes on from there. For
// that the row has to be there.
inline constexpr sql::Statement mark_open{
    "mark.open", "INSERT INTO {p}mark (name, at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
    sql::Lock::none, "",
    "INSERT INTO {p}mark (name, at) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = name"};
inline constexpr sql::Statement mark_find{"mark.find", "SELECT at FROM {p}mark WHERE name = ?",
                                          sql::Lock::rows};
inline constexpr sql::Statement mark_set{"mark.set", "UPDATE {p}mark SET at = ? WHERE name = ?"};

}  // namespace kameng::queue
