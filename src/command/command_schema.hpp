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
)sql"};

}  // namespace kameng::command
