// payment_schema.hpp - payments, refunds and the notices that moved them.
#pragma once

#include "sql/statement.hpp"

namespace kameng::payment {

// A payment and its one transaction with the provider share a row: a try with another provider is
// another payment. out_trade_no is printed from the id, so it needs no column and no index.
inline constexpr sql::Script payment_schema{.sqlite = R"sql(
CREATE TABLE {p}payment (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  order_id BLOB NOT NULL CHECK (length(order_id) = 16),
  provider TEXT NOT NULL,
  merchant TEXT NOT NULL,
  method TEXT,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
  amount INTEGER NOT NULL CHECK (amount > 0),
  captured INTEGER NOT NULL DEFAULT 0 CHECK (captured >= 0),
  currency TEXT NOT NULL,
  provider_trade_no TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}payment_order ON {p}payment (order_id);

CREATE TABLE {p}refund (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  order_id BLOB CHECK (length(order_id) = 16),
  payment_id BLOB NOT NULL CHECK (length(payment_id) = 16),
  reason TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}refund_order ON {p}refund (order_id);
CREATE INDEX {p}refund_payment ON {p}refund (payment_id);
CREATE INDEX {p}refund_open ON {p}refund (state) WHERE state IN (0, 1, 4);

CREATE TABLE {p}notice (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  payment_id BLOB CHECK (length(payment_id) = 16),
  outcome TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  received_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX {p}notice_event ON {p}notice (event_id, provider);

CREATE TABLE {p}simulated_trade (
  out_trade_no TEXT PRIMARY KEY,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql"};

}  // namespace kameng::payment
