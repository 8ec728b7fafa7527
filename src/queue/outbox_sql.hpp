// outbox_sql.hpp - every statement of the outbox.
#pragma once

#include "sql/statement.hpp"

namespace kameng::queue {

using sql::Statement;

inline constexpr Statement outbox_insert{
    "outbox.insert",
    "INSERT INTO {p}outbox (id, kind, subject, provider, request, state, attempt, due_at_ms, "
    "created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};

#define KAMENG_OUTBOX_COLUMNS \
  "id, kind, subject, provider, request, state, attempt, due_at_ms, created_at_ms, last_error"

inline constexpr Statement outbox_find{
    "outbox.find", "SELECT " KAMENG_OUTBOX_COLUMNS " FROM {p}outbox WHERE id = ?"};

// Waiting calls whose time has come and leased ones whose lease has run out, oldest first.
inline constexpr Statement outbox_due{
    "outbox.due",
    "SELECT " KAMENG_OUTBOX_COLUMNS
    " FROM {p}outbox WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?",
    sql::Lock::free_rows};

inline constexpr Statement outbox_unanswered{
    "outbox.unanswered",
    "SELECT " KAMENG_OUTBOX_COLUMNS " FROM {p}outbox WHERE subject = ? AND state <> 'done'"};
#undef KAMENG_OUTBOX_COLUMNS

// `attempt` before `state`: MariaDB assigns from left to right and reads what it has assigned.
inline constexpr Statement outbox_lease{
    "outbox.lease",
    "UPDATE {p}outbox SET attempt = attempt + CASE state WHEN 'waiting' THEN 1 ELSE 0 END, "
    "state = 'leased', due_at_ms = ? WHERE id = ? AND due_at_ms = ?"};

inline constexpr Statement outbox_finish{
    "outbox.finish",
    "UPDATE {p}outbox SET state = ?, due_at_ms = NULL, last_error = ? "
    "WHERE id = ? AND state <> 'done'"};

inline constexpr Statement outbox_retry{
    "outbox.retry",
    "UPDATE {p}outbox SET state = 'waiting', due_at_ms = ?, last_error = ? "
    "WHERE id = ? AND due_at_ms IS NOT NULL"};

inline constexpr Statement outbox_empty{"outbox.empty",
                                        "UPDATE {p}outbox SET request = ? WHERE id = ?"};

inline constexpr Statement outbox_next{
    "outbox.next",
    "SELECT due_at_ms FROM {p}outbox WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms LIMIT 1"};

}  // namespace kameng::queue
