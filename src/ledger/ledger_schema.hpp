// ledger_schema.hpp - the ledger's tables, first version.
//
// Journals and entries are written once: triggers refuse what no code of ours does. The entry's
// account stands in for two facts that an index may name (journal.hpp): from 100 on an account has
// one owner each and is found by owner; below, its owners are few and its entries many, so it lives
// in ledger_total plus the entries after ledger_mark.
#pragma once

#include "sql/statement.hpp"

namespace kameng::ledger {

inline constexpr sql::Script ledger_schema{.sqlite = R"sql(
CREATE TABLE {p}journal (
  id INTEGER PRIMARY KEY,
  ref TEXT NOT NULL,
  kind TEXT NOT NULL,
  step INTEGER NOT NULL,
  currency TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  UNIQUE (ref, kind, step)
) STRICT;

CREATE TABLE {p}entry (
  id INTEGER PRIMARY KEY,
  journal_id INTEGER NOT NULL,
  account INTEGER NOT NULL,
  owner TEXT NOT NULL,
  currency TEXT NOT NULL,
  debit INTEGER NOT NULL CHECK (debit >= 0),
  credit INTEGER NOT NULL CHECK (credit >= 0),
  CHECK ((debit = 0) <> (credit = 0))
) STRICT;

CREATE INDEX {p}entry_owner ON {p}entry (owner, account) WHERE account >= 100;

CREATE TABLE {p}ledger_balance (
  owner TEXT NOT NULL,
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  balance INTEGER NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (owner, account, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE {p}ledger_total (
  account INTEGER NOT NULL,
  owner TEXT NOT NULL,
  currency TEXT NOT NULL,
  debit INTEGER NOT NULL CHECK (debit >= 0),
  credit INTEGER NOT NULL CHECK (credit >= 0),
  PRIMARY KEY (account, owner, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE {p}ledger_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  folded INTEGER NOT NULL
) STRICT;
INSERT INTO {p}ledger_mark (id, folded) VALUES (1, 0);

CREATE TRIGGER {p}journal_no_update BEFORE UPDATE ON {p}journal
BEGIN SELECT RAISE(ABORT, 'journal rows are immutable'); END;
CREATE TRIGGER {p}journal_no_delete BEFORE DELETE ON {p}journal
BEGIN SELECT RAISE(ABORT, 'journal rows are immutable'); END;
CREATE TRIGGER {p}entry_no_update BEFORE UPDATE ON {p}entry
BEGIN SELECT RAISE(ABORT, 'entry rows are immutable'); END;
CREATE TRIGGER {p}entry_no_delete BEFORE DELETE ON {p}entry
BEGIN SELECT RAISE(ABORT, 'entry rows are immutable'); END;
)sql"};

}  // namespace kameng::ledger
