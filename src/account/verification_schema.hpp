// verification_schema.hpp - codes that were sent to a phone or a mailbox, and which contacts were
// proved by one.
//
// A contact gets one code a minute: that two callers at once are not both told yes is the unique
// key's work. A row holds no contact and no code: the keyed hash of each. A code that nobody was
// sent (there is no such account) has a row like any other, without a hash that could match.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Script verification_schema{.sqlite = R"sql(
ALTER TABLE {p}account ADD COLUMN email_verified_at_ms INTEGER;
ALTER TABLE {p}account ADD COLUMN phone_verified_at_ms INTEGER;

CREATE TABLE {p}verification (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  purpose TEXT NOT NULL,
  contact_blind BLOB NOT NULL,
  network_blind BLOB,
  code_hash BLOB CHECK (length(code_hash) = 32),
  tries INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER,
  UNIQUE (contact_blind, minute)
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}verification_contact ON {p}verification (contact_blind, created_at_ms);
CREATE INDEX {p}verification_network ON {p}verification (network_blind, created_at_ms);
CREATE INDEX {p}verification_created ON {p}verification (created_at_ms);
)sql",
                                                 .postgres = R"sql(
ALTER TABLE {p}account ADD COLUMN email_verified_at_ms BIGINT;
ALTER TABLE {p}account ADD COLUMN phone_verified_at_ms BIGINT;

CREATE TABLE {p}verification (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  purpose TEXT NOT NULL,
  contact_blind BYTEA NOT NULL,
  network_blind BYTEA,
  code_hash BYTEA CHECK (octet_length(code_hash) = 32),
  tries BIGINT NOT NULL DEFAULT 0,
  created_at_ms BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT,
  UNIQUE (contact_blind, minute)
);
CREATE INDEX {p}verification_contact ON {p}verification (contact_blind, created_at_ms);
CREATE INDEX {p}verification_network ON {p}verification (network_blind, created_at_ms);
CREATE INDEX {p}verification_created ON {p}verification (created_at_ms);
)sql",
                                                 .mariadb = R"sql(
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS email_verified_at_ms BIGINT;
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS phone_verified_at_ms BIGINT;

CREATE TABLE IF NOT EXISTS {p}verification (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  purpose VARCHAR(16) NOT NULL,
  contact_blind VARBINARY(32) NOT NULL,
  network_blind VARBINARY(32),
  code_hash VARBINARY(32) CHECK (octet_length(code_hash) = 32),
  tries BIGINT NOT NULL DEFAULT 0,
  created_at_ms BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms BIGINT,
  UNIQUE KEY {p}verification_minute (contact_blind, minute),
  KEY {p}verification_contact (contact_blind, created_at_ms),
  KEY {p}verification_network (network_blind, created_at_ms),
  KEY {p}verification_created (created_at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

}  // namespace kameng::account
