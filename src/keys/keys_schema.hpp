// keys_schema.hpp - the table of data keys, sealed under a master key. One row per purpose is
// active.
#pragma once

#include "sql/statement.hpp"

namespace kameng::keys {

inline constexpr sql::Script keys_schema{.sqlite = R"(
CREATE TABLE {p}key (
  id INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  sealed BLOB NOT NULL,
  master_id BLOB NOT NULL CHECK (length(master_id) = 8),
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX {p}key_active ON {p}key (purpose) WHERE state = 'active';
)"};

}  // namespace kameng::keys
