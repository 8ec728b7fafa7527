// idempotency_sql.hpp - every statement of the key table.
#pragma once

#include "sql/statement.hpp"

namespace kameng::command {

// `answer` holds the answer of an answered key, the error document of a refused one, the progress
// of a running one.
enum class KeyState : int { running = 0, answered = 1, refused = 2 };

inline constexpr sql::Statement find_key{
    "idempotency.find",
    "SELECT digest, state, lease, lease_until_ms, answer FROM {p}idempotency WHERE id = ?",
    sql::Lock::rows};
// Servers: waits for another transaction that has inserted this key, seen or unseen, and leaves a
// row there in any case. One that is ours alone runs without a lease.
#define KAMENG_CLAIM_KEY                                                  \
  "INSERT INTO {p}idempotency (id, digest, state, answer, created_at_ms)" \
  " VALUES (?, ?, 0, '', ?)"
inline constexpr sql::Statement claim_key{
    "idempotency.claim", "", sql::Lock::none, KAMENG_CLAIM_KEY " ON CONFLICT (id) DO NOTHING",
    KAMENG_CLAIM_KEY " ON DUPLICATE KEY UPDATE id = {p}idempotency.id"};
#undef KAMENG_CLAIM_KEY
#define KAMENG_UNCLAIM_KEY "DELETE FROM {p}idempotency WHERE id = ? AND state = 0 AND lease IS NULL"
inline constexpr sql::Statement unclaim_key{"idempotency.unclaim", "", sql::Lock::none,
                                            KAMENG_UNCLAIM_KEY, KAMENG_UNCLAIM_KEY};
#undef KAMENG_UNCLAIM_KEY
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
