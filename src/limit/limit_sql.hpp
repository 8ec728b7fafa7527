// limit_sql.hpp - the table of buckets and its statements. On a server it is one of the shop's
// tables; with SQLite it is alone in a file of its own, so the shop's own schema there has none.
//
// What is lost with the power is a minute of counting: PostgreSQL does not log the table, and
// leaves room in its pages, so that a row that changes stays where it is. MariaDB has no such table
// that a cluster's nodes share.
#pragma once

#include "sql/statement.hpp"

namespace kameng::limit {

inline constexpr sql::Script server_schema{.sqlite = "",
                                           .postgres = R"sql(
CREATE UNLOGGED TABLE {p}rate_limit (
  id BIGINT PRIMARY KEY,
  until_us BIGINT NOT NULL
) WITH (fillfactor = 70);
)sql",
                                           .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}rate_limit (
  id BIGINT NOT NULL PRIMARY KEY,
  until_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

inline constexpr sql::Script file_schema{.sqlite = R"sql(
CREATE TABLE {p}rate_limit (
  id INTEGER PRIMARY KEY,
  until_us INTEGER NOT NULL
) STRICT;
)sql"};

// Locked in one order, so that two calls never wait for each other.
inline constexpr sql::Statement find_buckets{
    "limit.find", "SELECT id, until_us FROM {p}rate_limit WHERE id IN (?, ?) ORDER BY id",
    sql::Lock::rows};

inline constexpr sql::Statement set_bucket{"limit.set",
                                           "UPDATE {p}rate_limit SET until_us = ? WHERE id = ?"};

// Of a bucket that was not there. On a server another call may have made it meanwhile: then both
// have passed, and it is busy for both.
inline constexpr sql::Statement add_bucket{
    "limit.add",
    "INSERT INTO {p}rate_limit (id, until_us) VALUES (?1, ?2)"
    " ON CONFLICT (id) DO UPDATE SET until_us = {p}rate_limit.until_us + ?3",
    sql::Lock::none,
    {},
    "INSERT INTO {p}rate_limit (id, until_us) VALUES (?1, ?2)"
    " ON DUPLICATE KEY UPDATE until_us = until_us + ?3"};

// The sweep reads the whole table, which is bounded; an index would double it, and would cost every
// call.
inline constexpr sql::Statement prune_buckets{
    "limit.prune",
    "DELETE FROM {p}rate_limit WHERE id IN"
    " (SELECT id FROM {p}rate_limit WHERE until_us <= ? LIMIT ?)",
    sql::Lock::none,
    "DELETE FROM {p}rate_limit WHERE id IN"
    " (SELECT id FROM {p}rate_limit WHERE until_us <= ? LIMIT ? FOR UPDATE SKIP LOCKED)",
    "DELETE FROM {p}rate_limit WHERE until_us <= ? LIMIT ?"};

// After a clock was put back.
inline constexpr sql::Statement pull_back{
    "limit.pull_back", "UPDATE {p}rate_limit SET until_us = ?1 WHERE until_us > ?2"};

inline constexpr sql::Statement count_buckets{"limit.count", "SELECT count(*) FROM {p}rate_limit"};

}  // namespace kameng::limit
