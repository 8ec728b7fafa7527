// command_schema.hpp - the table of idempotency keys.
#pragma once

#include "sql/statement.hpp"

namespace kameng::command {

// Keys that callers bring are hashes with the first bit set and live 7 days, found again by the
// partial index; keys made here begin with their time and are found by their order. So neither kind
// pays for the other.
inline constexpr sql::Script command_schema{.sqlite = R"sql(
CREATE TABLE {p}idempotency (
  key BLOB PRIMARY KEY CHECK (length(key) = 16),
  digest BLOB,
  state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
  lease BLOB,
  lease_until_ms INTEGER,
  answer TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}idempotency_kept ON {p}idempotency (created_at_ms) WHERE digest IS NOT NULL;
)sql",
                                            .postgres = R"sql(
CREATE TABLE {p}idempotency (
  id BYTEA PRIMARY KEY CHECK (length(id) = 16),
  digest BYTEA,
  state BIGINT NOT NULL CHECK (state IN (0, 1, 2)),
  lease BYTEA,
  lease_until_ms BIGINT,
  answer TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}idempotency_kept ON {p}idempotency (created_at_ms) WHERE digest IS NOT NULL;
)sql",
                                            .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}idempotency (
  id BINARY(16) NOT NULL PRIMARY KEY,
  digest VARBINARY(32),
  state BIGINT NOT NULL CHECK (state IN (0, 1, 2)),
  lease VARBINARY(16),
  lease_until_ms BIGINT,
  answer LONGTEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  INDEX {p}idempotency_kept (created_at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// `key` is a word of its own in the SQL of some servers, so the column has one name on all.
inline constexpr sql::Script command_schema_2{.sqlite = R"sql(
ALTER TABLE {p}idempotency RENAME COLUMN key TO id;
)sql"};

}  // namespace kameng::command
