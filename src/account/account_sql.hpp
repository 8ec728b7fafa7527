// account_sql.hpp - every statement of the account and session tables, named.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

// Contacts and the display name are sealed under a key of the person's own, which is itself sealed
// under the ring: dropping that one key makes them unreadable in every copy. The blinds serve
// sign-in and uniqueness. A session keeps a hash of its token and the nonce that the token can be
// derived from again, never the token.
inline constexpr sql::Script account_schema{.sqlite = R"sql(
CREATE TABLE {p}account (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  status TEXT NOT NULL CHECK (status IN ('active', 'frozen')),
  password_hash TEXT NOT NULL,
  person_key BLOB NOT NULL,
  email BLOB,
  email_blind BLOB UNIQUE,
  phone BLOB,
  phone_blind BLOB UNIQUE,
  display_name BLOB,
  created_at_ms INTEGER NOT NULL,
  CHECK ((email IS NULL) = (email_blind IS NULL)),
  CHECK ((phone IS NULL) = (phone_blind IS NULL))
) STRICT;

CREATE TABLE {p}session (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  account_id BLOB NOT NULL REFERENCES {p}account (id),
  nonce BLOB NOT NULL CHECK (length(nonce) = 16),
  token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}session_account ON {p}session (account_id, expires_at_ms);
)sql",
                                            .postgres = R"sql(
CREATE TABLE {p}account (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  status TEXT NOT NULL CHECK (status IN ('active', 'frozen')),
  password_hash TEXT NOT NULL,
  person_key BYTEA NOT NULL,
  email BYTEA,
  email_blind BYTEA UNIQUE,
  phone BYTEA,
  phone_blind BYTEA UNIQUE,
  display_name BYTEA,
  created_at_ms BIGINT NOT NULL,
  CHECK ((email IS NULL) = (email_blind IS NULL)),
  CHECK ((phone IS NULL) = (phone_blind IS NULL))
);

CREATE TABLE {p}session (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id BYTEA NOT NULL REFERENCES {p}account (id),
  nonce BYTEA NOT NULL CHECK (octet_length(nonce) = 16),
  token_hash BYTEA NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  last_seen_ms BIGINT NOT NULL,
  revoked BIGINT NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
);
CREATE INDEX {p}session_account ON {p}session (account_id, expires_at_ms);
)sql",
                                            .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}account (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  status VARCHAR(16) NOT NULL CHECK (status IN ('active', 'frozen')),
  password_hash VARCHAR(255) NOT NULL,
  person_key VARBINARY(255) NOT NULL,
  email VARBINARY(512),
  email_blind VARBINARY(32) UNIQUE,
  phone VARBINARY(255),
  phone_blind VARBINARY(32) UNIQUE,
  display_name VARBINARY(512),
  created_at_ms BIGINT NOT NULL,
  CHECK ((email IS NULL) = (email_blind IS NULL)),
  CHECK ((phone IS NULL) = (phone_blind IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}session (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id VARBINARY(16) NOT NULL,
  nonce VARBINARY(16) NOT NULL CHECK (octet_length(nonce) = 16),
  token_hash VARBINARY(32) NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  last_seen_ms BIGINT NOT NULL,
  revoked BIGINT NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
  KEY {p}session_account (account_id, expires_at_ms),
  FOREIGN KEY (account_id) REFERENCES {p}account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// Who may do what, and what a session has proved. `roles` are the bits of kameng::Roles, `messages`
// those of account::Messages; no tier is the first one. An account that was closed keeps its row,
// because orders name it.
inline constexpr sql::Script account_schema_5{.sqlite = R"sql(
ALTER TABLE {p}account ADD COLUMN roles INTEGER NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64);
ALTER TABLE {p}account ADD COLUMN locale TEXT;
ALTER TABLE {p}account ADD COLUMN messages INTEGER NOT NULL DEFAULT 1;
ALTER TABLE {p}account ADD COLUMN tier TEXT;
ALTER TABLE {p}account ADD COLUMN tier_until_ms INTEGER;
ALTER TABLE {p}account ADD COLUMN closed_at_ms INTEGER;
ALTER TABLE {p}session ADD COLUMN proved_at_ms INTEGER;
ALTER TABLE {p}session ADD COLUMN factor_at_ms INTEGER;
CREATE INDEX {p}session_expires ON {p}session (expires_at_ms);
CREATE INDEX {p}account_staff ON {p}account (roles, id) WHERE roles > 0;
)sql",
                                              .postgres = R"sql(
ALTER TABLE {p}account ADD COLUMN roles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64);
ALTER TABLE {p}account ADD COLUMN locale TEXT;
ALTER TABLE {p}account ADD COLUMN messages BIGINT NOT NULL DEFAULT 1;
ALTER TABLE {p}account ADD COLUMN tier TEXT;
ALTER TABLE {p}account ADD COLUMN tier_until_ms BIGINT;
ALTER TABLE {p}account ADD COLUMN closed_at_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN proved_at_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN factor_at_ms BIGINT;
CREATE INDEX {p}session_expires ON {p}session (expires_at_ms);
CREATE INDEX {p}account_staff ON {p}account (roles, id) WHERE roles > 0;
)sql",
                                              .mariadb = R"sql(
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS roles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS supplier_id VARCHAR(64)
  CHECK (char_length(supplier_id) BETWEEN 1 AND 64);
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS locale VARCHAR(35);
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS messages BIGINT NOT NULL DEFAULT 1;
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS tier VARCHAR(32);
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS tier_until_ms BIGINT;
ALTER TABLE {p}account ADD COLUMN IF NOT EXISTS closed_at_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS proved_at_ms BIGINT;
ALTER TABLE {p}session ADD COLUMN IF NOT EXISTS factor_at_ms BIGINT;
CREATE INDEX IF NOT EXISTS {p}session_expires ON {p}session (expires_at_ms);
CREATE INDEX IF NOT EXISTS {p}account_staff ON {p}account (roles, id);
)sql"};

inline constexpr sql::Statement insert_account{
    "account.insert",
    "INSERT INTO {p}account (id, status, password_hash, person_key, email, email_blind, phone,"
    " phone_blind, display_name, created_at_ms, email_verified_at_ms, phone_verified_at_ms)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"};
inline constexpr sql::Statement find_email_blind{
    "account.find_email_blind",
    "SELECT id, password_hash, person_key FROM {p}account WHERE email_blind = ?"};
inline constexpr sql::Statement find_phone_blind{
    "account.find_phone_blind",
    "SELECT id, password_hash, person_key FROM {p}account WHERE phone_blind = ?"};
#define KAMENG_ACCOUNT_COLUMNS                                                                 \
  "SELECT id, status, closed_at_ms, roles, person_key, email, phone, display_name, locale,"    \
  " messages, created_at_ms, email_verified_at_ms, phone_verified_at_ms, tier, tier_until_ms," \
  " supplier_id FROM {p}account"
inline constexpr sql::Statement find_account{"account.find",
                                             KAMENG_ACCOUNT_COLUMNS " WHERE id = ?"};
inline constexpr sql::Statement list_accounts{
    "account.list", KAMENG_ACCOUNT_COLUMNS " WHERE id < ? ORDER BY id DESC LIMIT ?"};
#undef KAMENG_ACCOUNT_COLUMNS
// Whoever freezes the account or replaces its password waits, and ends the session that comes of
// it; or has been first, and is seen.
inline constexpr sql::Statement find_login_state{
    "account.find_login_state",
    "SELECT status, password_hash, closed_at_ms FROM {p}account WHERE id = ?", sql::Lock::rows};
inline constexpr sql::Statement find_status{
    "account.find_status",
    "SELECT status, closed_at_ms, tier, tier_until_ms FROM {p}account WHERE id = ?"};
inline constexpr sql::Statement update_password_hash{
    "account.update_password_hash", "UPDATE {p}account SET password_hash = ? WHERE id = ?"};

inline constexpr sql::Statement insert_session{
    "session.insert",
    "INSERT INTO {p}session (id, account_id, nonce, token_hash, created_at_ms, expires_at_ms,"
    " last_seen_ms, proved_at_ms, factor_at_ms, absolute_until_ms, device, user_agent, ip)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"};
inline constexpr sql::Statement find_session_by_token{
    "session.find_by_token",
    "SELECT s.id, s.account_id, s.last_seen_ms, a.status, a.closed_at_ms, a.roles, a.supplier_id,"
    " s.proved_at_ms, s.factor_at_ms"
    " FROM {p}session s JOIN {p}account a ON a.id = s.account_id"
    " WHERE s.token_hash = ? AND s.revoked = 0 AND s.expires_at_ms > ?"};
inline constexpr sql::Statement find_session_nonce{"session.find_nonce",
                                                   "SELECT nonce FROM {p}session WHERE id = ?"};
inline constexpr sql::Statement find_session_revoked{
    "session.find_revoked", "SELECT revoked FROM {p}session WHERE id = ? AND account_id = ?"};
// Only forward: two renewals that race end at the later one.
inline constexpr sql::Statement renew_session{
    "session.renew",
    "UPDATE {p}session SET last_seen_ms = ?1, expires_at_ms ="
    " CASE WHEN absolute_until_ms < ?2 THEN absolute_until_ms ELSE ?2 END"
    " WHERE id = ?3 AND revoked = 0 AND last_seen_ms < ?1"};
inline constexpr sql::Statement revoke_session{
    "session.revoke", "UPDATE {p}session SET revoked = 1 WHERE id = ? AND revoked = 0"};
inline constexpr sql::Statement delete_expired_sessions{
    "session.delete_expired", "DELETE FROM {p}session WHERE account_id = ? AND expires_at_ms <= ?"};

}  // namespace kameng::account
