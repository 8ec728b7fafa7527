// queue_schema.hpp - the tables of what happens later, first version.
//
// `due_at_ms` is when a row may next be taken: its time, or the end of its lease, and null once it
// is finished. So one narrow index holds the open rows only, and a row whose worker died comes back
// by itself.
#pragma once

#include "sql/statement.hpp"

namespace kameng::queue {

inline constexpr sql::Script queue_schema{.sqlite = R"sql(
CREATE TABLE {p}outbox (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  provider TEXT NOT NULL,
  request BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'dead')),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  due_at_ms INTEGER CHECK ((due_at_ms IS NULL) = (state IN ('done', 'dead'))),
  created_at_ms INTEGER NOT NULL,
  last_error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX {p}outbox_due ON {p}outbox (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX {p}outbox_unanswered ON {p}outbox (subject) WHERE state <> 'done';

CREATE TABLE {p}due_run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE {p}job (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  args TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'dead')),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
  due_at_ms INTEGER CHECK ((due_at_ms IS NULL) = (state = 'dead')),
  unique_key TEXT CHECK (unique_key IS NULL OR state <> 'dead'),
  created_at_ms INTEGER NOT NULL,
  last_error TEXT
) STRICT;

CREATE INDEX {p}job_due ON {p}job (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE UNIQUE INDEX {p}job_unique_key ON {p}job (unique_key) WHERE unique_key IS NOT NULL;
)sql"};

}  // namespace kameng::queue
