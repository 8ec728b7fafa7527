// job_sql.hpp - every statement of the job queue.
#pragma once

#include "sql/statement.hpp"

namespace kameng::queue {

using sql::Statement;

inline constexpr Statement job_insert{
    "job.insert",
    "INSERT INTO {p}job (kind, args, state, attempt, max_attempts, due_at_ms, unique_key, "
    "created_at_ms) VALUES (?, ?, 'waiting', 0, ?, ?, ?, ?) "
    "ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING"};

// Waiting jobs whose time has come and leased ones whose lease has run out, oldest first.
inline constexpr Statement job_due{
    "job.due",
    "SELECT id, kind, args, attempt, max_attempts, created_at_ms, due_at_ms FROM {p}job "
    "WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?",
    sql::Lock::free_rows};

inline constexpr Statement job_lease{
    "job.lease",
    "UPDATE {p}job SET state = 'leased', attempt = attempt + 1, due_at_ms = ? "
    "WHERE id = ? AND due_at_ms = ?"};

// A worker's statements name the end of its lease. Each lease of a job ends later than the one
// before, so a worker whose lease ran out and was given to another has no say any more.
inline constexpr Statement job_renew{
    "job.renew",
    "UPDATE {p}job SET due_at_ms = ? WHERE id = ? AND due_at_ms = ? AND state = 'leased'"};

inline constexpr Statement job_delete{
    "job.delete", "DELETE FROM {p}job WHERE id = ? AND due_at_ms = ? AND state = 'leased'"};

inline constexpr Statement job_again{
    "job.again",
    "UPDATE {p}job SET state = 'waiting', attempt = 0, due_at_ms = ?, last_error = NULL "
    "WHERE id = ? AND due_at_ms = ? AND state = 'leased'"};

inline constexpr Statement job_retry{
    "job.retry",
    "UPDATE {p}job SET state = 'waiting', due_at_ms = ?, last_error = ? "
    "WHERE id = ? AND due_at_ms = ? AND state = 'leased'"};

inline constexpr Statement job_bury{
    "job.bury",
    "UPDATE {p}job SET state = 'dead', due_at_ms = NULL, unique_key = NULL, last_error = ? "
    "WHERE id = ? AND due_at_ms = ?"};

inline constexpr Statement job_next{
    "job.next", "SELECT MIN(due_at_ms) FROM {p}job WHERE due_at_ms IS NOT NULL"};

// Not at every run: a worker that runs each second would write each second. A time that lies ahead
// is of a clock that has jumped back since, and is replaced.
inline constexpr Statement due_run_note{
    "due_run.note",
    "INSERT INTO {p}due_run (id, at_ms) VALUES (1, ?) ON CONFLICT (id) DO UPDATE"
    " SET at_ms = excluded.at_ms"
    " WHERE at_ms NOT BETWEEN excluded.at_ms - 10000 AND excluded.at_ms"};

inline constexpr Statement due_run_last{"due_run.last",
                                        "SELECT at_ms FROM {p}due_run WHERE id = 1"};

}  // namespace kameng::queue
