// idempotency_sql.hpp - every statement of the key table.
#pragma once

#include "sql/statement.hpp"

namespace kameng::command {

// `answer` holds the answer of an answered key, the error document of a refused one, the progress
// of a running one.
enum class KeyState : int { running = 0, answered = 1, refused = 2 };

inline constexpr sql::Statement find_key{
    "idempotency.find",
    "SELECT digest, state, lease, lease_until_ms, answer FROM {p}idempotency WHERE id = ?"};
inline constexpr sql::Statement insert_key{
    "idempotency.insert",
    "INSERT INTO {p}idempotency (id, digest, state, lease, lease_until_ms, answer, created_at_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"};
inline constexpr sql::Statement update_key{
    "idempotency.update",
    "UPDATE {p}idempotency SET state = ?, lease = ?, lease_until_ms = ?, answer = ? WHERE id = ?"};
inline constexpr sql::Statement prune_brought_keys{
    "idempotency.prune_brought",
    "DELETE FROM {p}idempotency WHERE id IN (SELECT id FROM {p}idempotency"
    " WHERE digest IS NOT NULL AND created_at_ms < ? ORDER BY created_at_ms LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}idempotency WHERE digest IS NOT NULL AND created_at_ms < ?"
    " ORDER BY created_at_ms LIMIT ?"};
inline constexpr sql::Statement prune_made_keys{
    "idempotency.prune_made",
    "DELETE FROM {p}idempotency WHERE id IN (SELECT id FROM {p}idempotency"
    " WHERE id < ? ORDER BY id LIMIT ?)",
    sql::Lock::none, "", "DELETE FROM {p}idempotency WHERE id < ? ORDER BY id LIMIT ?"};

}  // namespace kameng::command
