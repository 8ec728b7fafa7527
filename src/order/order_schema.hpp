// order_schema.hpp - orders and their lines.
#pragma once

#include "sql/statement.hpp"

namespace kameng::order {

// `due_at_ms` is when the engine acts next by itself (expiry, end of closing, another try at
// delivery); NULL when nothing is due. The unpaid_* indexes serve the quotas and hold unpaid orders
// alone; on MariaDB, which has no partial indexes, all orders by status.
inline constexpr sql::Script order_schema{.sqlite = R"sql(
CREATE TABLE {p}order (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  account_id BLOB CHECK (length(account_id) = 16),
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 6),
  currency TEXT NOT NULL,
  total INTEGER NOT NULL CHECK (total > 0),
  covered INTEGER NOT NULL CHECK (covered BETWEEN 0 AND total),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  due_at_ms INTEGER,
  delivered_at_ms INTEGER,
  lookup_hash BLOB CHECK (length(lookup_hash) = 32),
  contact BLOB,
  contact_blind BLOB,
  device_blind BLOB,
  network_blind BLOB,
  CHECK ((status = 4) = (delivered_at_ms IS NOT NULL)),
  CHECK (status <> 4 OR covered = total)
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}order_account ON {p}order (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX {p}order_due ON {p}order (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX {p}order_unpaid_account ON {p}order (account_id)
  WHERE status IN (0, 1) AND account_id IS NOT NULL;
CREATE INDEX {p}order_unpaid_contact ON {p}order (contact_blind)
  WHERE status IN (0, 1) AND contact_blind IS NOT NULL;
CREATE INDEX {p}order_unpaid_device ON {p}order (device_blind)
  WHERE status IN (0, 1) AND device_blind IS NOT NULL;
CREATE INDEX {p}order_unpaid_network ON {p}order (network_blind)
  WHERE status IN (0, 1) AND network_blind IS NOT NULL;

CREATE TABLE {p}order_line (
  order_id BLOB NOT NULL CHECK (length(order_id) = 16),
  line INTEGER NOT NULL CHECK (line > 0),
  sku_id BLOB NOT NULL CHECK (length(sku_id) = 16),
  name TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price_micros INTEGER NOT NULL CHECK (unit_price_micros > 0),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64),
  commission_bp INTEGER NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
)sql",
                                          .postgres = R"sql(
CREATE TABLE {p}order (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id BYTEA CHECK (octet_length(account_id) = 16),
  status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 6),
  currency TEXT NOT NULL,
  total BIGINT NOT NULL CHECK (total > 0),
  covered BIGINT NOT NULL CHECK (covered BETWEEN 0 AND total),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  due_at_ms BIGINT,
  delivered_at_ms BIGINT,
  lookup_hash BYTEA CHECK (octet_length(lookup_hash) = 32),
  contact BYTEA,
  contact_blind BYTEA,
  device_blind BYTEA,
  network_blind BYTEA,
  CHECK ((status = 4) = (delivered_at_ms IS NOT NULL)),
  CHECK (status <> 4 OR covered = total)
);
CREATE INDEX {p}order_account ON {p}order (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX {p}order_due ON {p}order (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX {p}order_unpaid_account ON {p}order (account_id)
  WHERE status IN (0, 1) AND account_id IS NOT NULL;
CREATE INDEX {p}order_unpaid_contact ON {p}order (contact_blind)
  WHERE status IN (0, 1) AND contact_blind IS NOT NULL;
CREATE INDEX {p}order_unpaid_device ON {p}order (device_blind)
  WHERE status IN (0, 1) AND device_blind IS NOT NULL;
CREATE INDEX {p}order_unpaid_network ON {p}order (network_blind)
  WHERE status IN (0, 1) AND network_blind IS NOT NULL;

CREATE TABLE {p}order_line (
  order_id BYTEA NOT NULL CHECK (octet_length(order_id) = 16),
  line BIGINT NOT NULL CHECK (line > 0),
  sku_id BYTEA NOT NULL CHECK (octet_length(sku_id) = 16),
  name TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  unit_price_micros BIGINT NOT NULL CHECK (unit_price_micros > 0),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64),
  commission_bp BIGINT NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  PRIMARY KEY (order_id, line)
);
)sql",
                                          .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}order (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  account_id VARBINARY(16) CHECK (octet_length(account_id) = 16),
  status BIGINT NOT NULL CHECK (status BETWEEN 0 AND 6),
  currency VARCHAR(3) NOT NULL,
  total BIGINT NOT NULL CHECK (total > 0),
  covered BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  due_at_ms BIGINT,
  delivered_at_ms BIGINT,
  lookup_hash VARBINARY(32) CHECK (octet_length(lookup_hash) = 32),
  contact VARBINARY(512),
  contact_blind VARBINARY(32),
  device_blind VARBINARY(32),
  network_blind VARBINARY(32),
  CHECK (covered BETWEEN 0 AND total),
  CHECK ((status = 4) = (delivered_at_ms IS NOT NULL)),
  CHECK (status <> 4 OR covered = total),
  KEY {p}order_account (account_id, id),
  KEY {p}order_due (due_at_ms),
  KEY {p}order_unpaid_account (account_id, status),
  KEY {p}order_unpaid_contact (contact_blind, status),
  KEY {p}order_unpaid_device (device_blind, status),
  KEY {p}order_unpaid_network (network_blind, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}order_line (
  order_id VARBINARY(16) NOT NULL CHECK (octet_length(order_id) = 16),
  line BIGINT NOT NULL CHECK (line > 0),
  sku_id VARBINARY(16) NOT NULL CHECK (octet_length(sku_id) = 16),
  name VARCHAR(512) NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  unit_price_micros BIGINT NOT NULL CHECK (unit_price_micros > 0),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  supplier_id VARCHAR(64) CHECK (char_length(supplier_id) BETWEEN 1 AND 64),
  commission_bp BIGINT NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  PRIMARY KEY (order_id, line)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// What a tier takes off a line; the shop bears it.
inline constexpr sql::Script order_schema_5{
    .sqlite =
        "ALTER TABLE {p}order_line ADD COLUMN discount INTEGER NOT NULL DEFAULT 0"
        " CHECK (discount >= 0);",
    .postgres =
        "ALTER TABLE {p}order_line ADD COLUMN discount BIGINT NOT NULL DEFAULT 0"
        " CHECK (discount >= 0);",
    .mariadb =
        "ALTER TABLE {p}order_line ADD COLUMN IF NOT EXISTS discount BIGINT NOT NULL DEFAULT 0"
        " CHECK (discount >= 0);"};

}  // namespace kameng::order
