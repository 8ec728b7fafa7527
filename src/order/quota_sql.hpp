// quota_sql.hpp - the table and the statements of quota locks. Servers only.
#pragma once

#include "sql/statement.hpp"

namespace kameng::order {

inline constexpr sql::Script quota_schema{.sqlite = "",
                                          .postgres = R"sql(
CREATE TABLE {p}quota_lock (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  used_at_ms BIGINT NOT NULL
);
)sql",
                                          .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}quota_lock (
  id BINARY(16) NOT NULL PRIMARY KEY,
  used_at_ms BIGINT NOT NULL,
  INDEX {p}quota_lock_used (used_at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// For one to four quotas; the rows are locked in the order in which they stand in the statement.
#define KAMENG_QUOTA_LOCK(name, rows)                                       \
  {                                                                         \
    name, "", sql::Lock::none,                                              \
        "INSERT INTO {p}quota_lock (id, used_at_ms) VALUES " rows           \
        " ON CONFLICT (id) DO UPDATE SET used_at_ms = excluded.used_at_ms", \
        "INSERT INTO {p}quota_lock (id, used_at_ms) VALUES " rows           \
        " ON DUPLICATE KEY UPDATE used_at_ms = VALUES(used_at_ms)"          \
  }
inline constexpr sql::Statement quota_lock[] = {
    KAMENG_QUOTA_LOCK("quota.lock_1", "(?, ?)"),
    KAMENG_QUOTA_LOCK("quota.lock_2", "(?, ?), (?, ?)"),
    KAMENG_QUOTA_LOCK("quota.lock_3", "(?, ?), (?, ?), (?, ?)"),
    KAMENG_QUOTA_LOCK("quota.lock_4", "(?, ?), (?, ?), (?, ?), (?, ?)"),
};
#undef KAMENG_QUOTA_LOCK

inline constexpr sql::Statement quota_prune{
    "quota.prune", "", sql::Lock::none,
    "DELETE FROM {p}quota_lock WHERE id IN (SELECT id FROM {p}quota_lock WHERE used_at_ms < ?"
    " LIMIT ? FOR UPDATE SKIP LOCKED)",
    "DELETE FROM {p}quota_lock WHERE used_at_ms < ? ORDER BY used_at_ms LIMIT ?"};

}  // namespace kameng::order
