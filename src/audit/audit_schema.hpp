// audit_schema.hpp - the audit log's tables, first version.
//
// An entry is written once and stays; triggers refuse anything else. There is no index by subject:
// the log is read by position, and what belongs to an order is found through the order.
#pragma once

#include "sql/statement.hpp"

namespace kameng::audit {

inline constexpr sql::Script audit_schema{.sqlite = R"sql(
CREATE TABLE {p}audit_entry (
  position INTEGER PRIMARY KEY,
  published INTEGER NOT NULL CHECK (published IN (0, 1)),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE {p}audit_tile (
  level INTEGER NOT NULL,
  tile_index INTEGER NOT NULL,
  hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, tile_index)
) STRICT;

CREATE TABLE {p}audit_checkpoint (
  size INTEGER PRIMARY KEY CHECK (size >= 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  at_ms INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TRIGGER {p}audit_entry_no_update BEFORE UPDATE ON {p}audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are immutable'); END;
CREATE TRIGGER {p}audit_entry_no_delete BEFORE DELETE ON {p}audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are immutable'); END;
CREATE TRIGGER {p}audit_checkpoint_no_update BEFORE UPDATE ON {p}audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are immutable'); END;
CREATE TRIGGER {p}audit_checkpoint_no_delete BEFORE DELETE ON {p}audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are immutable'); END;
)sql"};

}  // namespace kameng::audit
