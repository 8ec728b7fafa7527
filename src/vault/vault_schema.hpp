// vault_schema.hpp - the vault's tables, first version.
//
// The CHECK on `code` is the state machine's skeleton: a code that is nobody's has no order, and
// one that is somebody's has. What is for sale has an index of its own, so that a pick never walks
// past what was sold. Stock counts are a snapshot plus the deltas that are not folded yet.
#pragma once

#include "sql/statement.hpp"

namespace kameng::vault {

// status: 0 imported (of an import that may still be refused), 1 available, 2 held, 3 sold, 4
// revealed.
inline constexpr sql::Script vault_schema{.sqlite = R"sql(
CREATE TABLE {p}batch (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  sku_id BLOB NOT NULL CHECK (length(sku_id) = 16),
  sealed_key BLOB NOT NULL,
  next_ordinal INTEGER NOT NULL CHECK (next_ordinal >= 0),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE {p}code (
  id INTEGER PRIMARY KEY,
  sku_id BLOB NOT NULL CHECK (length(sku_id) = 16),
  batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  blind BLOB NOT NULL CHECK (length(blind) = 16),
  sealed BLOB NOT NULL,
  status INTEGER NOT NULL,
  order_id BLOB CHECK (length(order_id) = 16),
  line INTEGER CHECK (line >= 0),
  hold_until_ms INTEGER,
  CHECK (CASE status
    WHEN 0 THEN order_id IS NULL AND line IS NULL AND hold_until_ms IS NULL
    WHEN 1 THEN order_id IS NULL AND line IS NULL AND hold_until_ms IS NULL
    WHEN 2 THEN order_id IS NOT NULL AND line IS NOT NULL AND hold_until_ms IS NOT NULL
    WHEN 3 THEN order_id IS NOT NULL AND line IS NOT NULL AND hold_until_ms IS NULL
    WHEN 4 THEN order_id IS NOT NULL AND line IS NOT NULL AND hold_until_ms IS NULL
    ELSE 0 END)
) STRICT;
CREATE UNIQUE INDEX {p}code_blind ON {p}code (blind, sku_id);
CREATE INDEX {p}code_available ON {p}code (sku_id, id) WHERE status = 1;
CREATE INDEX {p}code_order ON {p}code (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX {p}code_imported ON {p}code (batch_id, ordinal) WHERE status = 0;

CREATE TRIGGER {p}code_revealed_stays BEFORE UPDATE OF status ON {p}code
WHEN OLD.status = 4 AND NEW.status <> 4
BEGIN SELECT RAISE(ABORT, 'a revealed code stays revealed'); END;

CREATE TABLE {p}stock_count (
  sku_id BLOB NOT NULL PRIMARY KEY CHECK (length(sku_id) = 16),
  available INTEGER NOT NULL CHECK (available >= 0),
  held INTEGER NOT NULL CHECK (held >= 0),
  sold INTEGER NOT NULL CHECK (sold >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE {p}stock_delta (
  id INTEGER PRIMARY KEY,
  sku_id BLOB NOT NULL CHECK (length(sku_id) = 16),
  available INTEGER NOT NULL,
  held INTEGER NOT NULL,
  sold INTEGER NOT NULL
) STRICT;
CREATE INDEX {p}stock_delta_sku ON {p}stock_delta (sku_id);
)sql"};

}  // namespace kameng::vault
