// api_key_schema.hpp - keys of programs, and the nonces of their signatures.
//
// No secret stands here: one of HMAC is derived from the ring, the row and its nonce. A nonce of a
// signature is kept, as a hash, until the signature is too old; losing one would let it be
// repeated, so they are not with the rate limits but here.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Script api_key_schema{.sqlite = R"sql(
CREATE TABLE {p}api_key (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  account_id BLOB NOT NULL REFERENCES {p}account (id),
  name TEXT NOT NULL,
  alg TEXT NOT NULL CHECK (alg IN ('hmac-sha256', 'ed25519')),
  material BLOB NOT NULL,
  old_material BLOB,
  old_until_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}api_key_account ON {p}api_key (account_id, id);

CREATE TABLE {p}signature_nonce (
  nonce_hash BLOB NOT NULL PRIMARY KEY CHECK (length(nonce_hash) = 16),
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}signature_nonce_until ON {p}signature_nonce (until_ms);
)sql",
                                            .postgres = R"sql(
CREATE TABLE {p}api_key (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id BYTEA NOT NULL REFERENCES {p}account (id),
  name TEXT NOT NULL,
  alg TEXT NOT NULL CHECK (alg IN ('hmac-sha256', 'ed25519')),
  material BYTEA NOT NULL,
  old_material BYTEA,
  old_until_ms BIGINT,
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}api_key_account ON {p}api_key (account_id, id);

CREATE TABLE {p}signature_nonce (
  nonce_hash BYTEA PRIMARY KEY CHECK (octet_length(nonce_hash) = 16),
  until_ms BIGINT NOT NULL
);
CREATE INDEX {p}signature_nonce_until ON {p}signature_nonce (until_ms);
)sql",
                                            .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}api_key (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id VARBINARY(16) NOT NULL,
  name VARCHAR(64) NOT NULL,
  alg VARCHAR(16) NOT NULL CHECK (alg IN ('hmac-sha256', 'ed25519')),
  material VARBINARY(32) NOT NULL,
  old_material VARBINARY(32),
  old_until_ms BIGINT,
  created_at_ms BIGINT NOT NULL,
  KEY {p}api_key_account (account_id, id),
  FOREIGN KEY (account_id) REFERENCES {p}account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}signature_nonce (
  nonce_hash VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(nonce_hash) = 16),
  until_ms BIGINT NOT NULL,
  KEY {p}signature_nonce_until (until_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

}  // namespace kameng::account
