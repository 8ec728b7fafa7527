// copy_sql.hpp - the statements of a move that are about neither table: what may not be moved now,
// and what keeps writers out meanwhile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.hpp"

namespace kameng::engine {

// Work that somebody has in hand: calls to providers, jobs, imports.
inline constexpr sql::Statement count_leases{
    "copy.count_leases",
    "SELECT (SELECT COUNT(*) FROM {p}outbox WHERE state = 'leased' AND due_at_ms > ?1)"
    " + (SELECT COUNT(*) FROM {p}job WHERE state = 'leased' AND due_at_ms > ?1)"
    " + (SELECT COUNT(*) FROM {p}idempotency WHERE state = 0 AND lease_until_ms > ?1)"};

inline constexpr sql::Statement is_frozen{
    "copy.is_frozen",
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'trigger'"
    " AND name = '{p}moved_key_insert'"};

// Whose shop it is: the sealed data keys.
inline constexpr sql::Statement list_keys{"copy.list_keys",
                                          "SELECT id, sealed FROM {p}key ORDER BY id"};

inline constexpr sql::Statement set_mark{
    "copy.set_mark",
    "UPDATE {p}ledger_mark SET folded = (SELECT COALESCE(MAX(id), 0) FROM {p}entry)"};

// What the freeze consists of: every process refuses to write from its commit on. The driver
// answers UNAVAILABLE storage.moved for it.
[[nodiscard]] inline std::string freeze_script(const std::vector<std::string>& tables, bool make) {
  std::string script;
  for (const std::string& table : tables) {
    for (const std::string_view event : {"insert", "update", "delete"}) {
      const std::string name = "{p}moved_" + table + "_" + std::string(event);
      script += make ? "CREATE TRIGGER " + name + " BEFORE " + std::string(event) + " ON {p}" +
                           table + " BEGIN SELECT RAISE(ABORT, 'storage.moved'); END;\n"
                     : "DROP TRIGGER IF EXISTS " + name + ";\n";
    }
  }
  return script;
}

}  // namespace kameng::engine
