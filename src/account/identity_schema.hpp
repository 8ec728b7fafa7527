// identity_schema.hpp - who else vouches for a person: the host's own users, WeChat, QQ; and the
// sign-ins with them that are under way.
//
// A person is found by a keyed hash of (provider, application, subject), or of the subject that all
// applications of one owner share. What the provider told stands sealed under the person's key.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Script identity_schema{.sqlite = R"sql(
CREATE TABLE {p}identity (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  account_id BLOB NOT NULL CHECK (length(account_id) = 16),
  provider TEXT NOT NULL,
  app TEXT NOT NULL,
  subject BLOB NOT NULL,
  subject_blind BLOB NOT NULL UNIQUE,
  union_blind BLOB,
  linked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}identity_account ON {p}identity (account_id, id);
CREATE INDEX {p}identity_union ON {p}identity (union_blind) WHERE union_blind IS NOT NULL;

CREATE TABLE {p}identity_flow (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  provider TEXT NOT NULL,
  account_id BLOB CHECK (length(account_id) = 16),
  state_hash BLOB NOT NULL UNIQUE CHECK (length(state_hash) = 32),
  binding_hash BLOB NOT NULL CHECK (length(binding_hash) = 32),
  step TEXT NOT NULL,
  held BLOB,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}identity_flow_expires ON {p}identity_flow (expires_at_ms);
)sql",
                                             .postgres = R"sql(
CREATE TABLE {p}identity (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id BYTEA NOT NULL CHECK (octet_length(account_id) = 16),
  provider TEXT NOT NULL,
  app TEXT NOT NULL,
  subject BYTEA NOT NULL,
  subject_blind BYTEA NOT NULL UNIQUE,
  union_blind BYTEA,
  linked_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}identity_account ON {p}identity (account_id, id);
CREATE INDEX {p}identity_union ON {p}identity (union_blind) WHERE union_blind IS NOT NULL;

CREATE TABLE {p}identity_flow (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  provider TEXT NOT NULL,
  account_id BYTEA CHECK (octet_length(account_id) = 16),
  state_hash BYTEA NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
  binding_hash BYTEA NOT NULL CHECK (octet_length(binding_hash) = 32),
  step TEXT NOT NULL,
  held BYTEA,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}identity_flow_expires ON {p}identity_flow (expires_at_ms);
)sql",
                                             .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}identity (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id VARBINARY(16) NOT NULL CHECK (octet_length(account_id) = 16),
  provider VARCHAR(32) NOT NULL,
  app VARCHAR(64) NOT NULL,
  subject VARBINARY(1024) NOT NULL,
  subject_blind VARBINARY(32) NOT NULL UNIQUE,
  union_blind VARBINARY(32),
  linked_at_ms BIGINT NOT NULL,
  KEY {p}identity_account (account_id, id),
  KEY {p}identity_union (union_blind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}identity_flow (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  provider VARCHAR(32) NOT NULL,
  account_id VARBINARY(16) CHECK (octet_length(account_id) = 16),
  state_hash VARBINARY(32) NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
  binding_hash VARBINARY(32) NOT NULL CHECK (octet_length(binding_hash) = 32),
  step VARCHAR(16) NOT NULL,
  held VARBINARY(2048),
  expires_at_ms BIGINT NOT NULL,
  KEY {p}identity_flow_expires (expires_at_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

}  // namespace kameng::account
