// factor_schema.hpp - authenticator apps and recovery codes, wrong passwords given as a proof, and
// what a session knows of its device and its end.
//
// The app's secret and the device are sealed under the person's key. Of a recovery code there is a
// keyed hash; the nonce is what the codes are derived from again for a repeated answer. Sessions
// that were open before they had an absolute end get one of 90 days.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Script factor_schema{.sqlite = R"sql(
ALTER TABLE {p}account ADD COLUMN proof_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN proof_tries_from_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE {p}session ADD COLUMN absolute_until_ms INTEGER;
ALTER TABLE {p}session ADD COLUMN device BLOB;
ALTER TABLE {p}session ADD COLUMN user_agent BLOB;
ALTER TABLE {p}session ADD COLUMN ip BLOB;
UPDATE {p}session SET absolute_until_ms = created_at_ms + 7776000000
  WHERE absolute_until_ms IS NULL;

CREATE TABLE {p}factor (
  account_id BLOB NOT NULL PRIMARY KEY REFERENCES {p}account (id),
  secret BLOB NOT NULL,
  last_step INTEGER NOT NULL,
  recovery_nonce BLOB CHECK (length(recovery_nonce) = 16),
  tries INTEGER NOT NULL DEFAULT 0,
  tries_from_ms INTEGER NOT NULL DEFAULT 0,
  confirmed_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE {p}recovery_code (
  account_id BLOB NOT NULL REFERENCES {p}account (id),
  number INTEGER NOT NULL,
  code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
  used_at_ms INTEGER,
  PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;
)sql",
                                           .postgres = R"sql(
ALTER TABLE {p}account ADD COLUMN proof_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN proof_tries_from_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}session ADD COLUMN absolute_until_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN device BYTEA;
ALTER TABLE {p}session ADD COLUMN user_agent BYTEA;
ALTER TABLE {p}session ADD COLUMN ip BYTEA;
UPDATE {p}session SET absolute_until_ms = created_at_ms + 7776000000
  WHERE absolute_until_ms IS NULL;

CREATE TABLE {p}factor (
  account_id BYTEA PRIMARY KEY REFERENCES {p}account (id),
  secret BYTEA NOT NULL,
  last_step BIGINT NOT NULL,
  recovery_nonce BYTEA CHECK (octet_length(recovery_nonce) = 16),
  tries BIGINT NOT NULL DEFAULT 0,
  tries_from_ms BIGINT NOT NULL DEFAULT 0,
  confirmed_at_ms BIGINT,
  created_at_ms BIGINT NOT NULL
);

CREATE TABLE {p}recovery_code (
  account_id BYTEA NOT NULL REFERENCES {p}account (id),
  number BIGINT NOT NULL,
  code_hash BYTEA NOT NULL CHECK (octet_length(code_hash) = 32),
  used_at_ms BIGINT,
  PRIMARY KEY (account_id, number)
);
)sql",
                                           .mariadb = R"sql(
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS proof_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS proof_tries_from_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS absolute_until_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS device VARBINARY(512);
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS user_agent VARBINARY(1200);
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS ip VARBINARY(255);
UPDATE {p}session SET absolute_until_ms = created_at_ms + 7776000000
  WHERE absolute_until_ms IS NULL;

CREATE TABLE IF NOT EXISTS {p}factor (
  account_id VARBINARY(16) NOT NULL PRIMARY KEY,
  secret VARBINARY(255) NOT NULL,
  last_step BIGINT NOT NULL,
  recovery_nonce VARBINARY(16) CHECK (octet_length(recovery_nonce) = 16),
  tries BIGINT NOT NULL DEFAULT 0,
  tries_from_ms BIGINT NOT NULL DEFAULT 0,
  confirmed_at_ms BIGINT,
  created_at_ms BIGINT NOT NULL,
  FOREIGN KEY (account_id) REFERENCES {p}account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}recovery_code (
  account_id VARBINARY(16) NOT NULL,
  number BIGINT NOT NULL,
  code_hash VARBINARY(32) NOT NULL CHECK (octet_length(code_hash) = 32),
  used_at_ms BIGINT,
  PRIMARY KEY (account_id, number),
  FOREIGN KEY (account_id) REFERENCES {p}account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

}  // namespace kameng::account
