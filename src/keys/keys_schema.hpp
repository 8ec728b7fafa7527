// keys_schema.hpp - the table of data keys, sealed under a master key. One row per purpose is
// active; MariaDB, which has no partial indexes, says so with a column that is null in the others.
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
)",
                                         .postgres = R"(
CREATE TABLE {p}key (
  id BIGINT PRIMARY KEY,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  sealed BYTEA NOT NULL,
  master_id BYTEA NOT NULL CHECK (octet_length(master_id) = 8),
  created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX {p}key_active ON {p}key (purpose) WHERE state = 'active';
)",
                                         .mariadb = R"(
CREATE TABLE IF NOT EXISTS {p}key (
  id BIGINT NOT NULL PRIMARY KEY,
  purpose VARCHAR(32) NOT NULL,
  state VARCHAR(16) NOT NULL CHECK (state IN ('active', 'retired')),
  sealed VARBINARY(255) NOT NULL,
  master_id VARBINARY(8) NOT NULL CHECK (octet_length(master_id) = 8),
  created_at_ms BIGINT NOT NULL,
  active_purpose VARCHAR(32)
    GENERATED ALWAYS AS (CASE WHEN state = 'active' THEN purpose END) VIRTUAL,
  UNIQUE KEY {p}key_active (active_purpose)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)"};

}  // namespace kameng::keys
