// job_sql.hpp - every statement of the job queue.
#pragma once

#include "sql/statement.hpp"

namespace kameng::queue {

using sql::Statement;

// Counts 0 when an open job has the unique key. MariaDB counts a row that its ON DUPLICATE KEY
// finds as it counts a new one, so there the row is looked for; of two that do so at once, the
// second meets the unique index and runs again.
#define KAMENG_INSERT_JOB                                                                 \
  "INSERT INTO {p}job (kind, args, state, attempt, max_attempts, due_at_ms, unique_key, " \
  "created_at_ms) "
inline constexpr Statement job_insert{
    .name = "job.insert",
    .text = KAMENG_INSERT_JOB
    "VALUES (?, ?, 'waiting', 0, ?, ?, ?, ?) "
    "ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING",
    .mariadb = KAMENG_INSERT_JOB
    "SELECT ?1, ?2, 'waiting', 0, ?3, ?4, ?5, ?6 FROM DUAL "
    "WHERE NOT EXISTS (SELECT 1 FROM {p}job WHERE unique_key = ?5)"};
#undef KAMENG_INSERT_JOB

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

// Not MIN: beside a condition MariaDB reads every open row for it.
inline constexpr Statement job_next{
    "job.next",
    "SELECT due_at_ms FROM {p}job WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms LIMIT 1"};

// Not at every run: a worker that runs each second would write each second. A time that lies ahead
// is of a clock that has jumped back since, and is replaced.
inline constexpr Statement due_run_note{
    .name = "due_run.note",
    .text =
        "INSERT INTO {p}due_run (id, at_ms) VALUES (1, ?) ON CONFLICT (id) DO UPDATE"
        " SET at_ms = excluded.at_ms"
        " WHERE {p}due_run.at_ms NOT BETWEEN excluded.at_ms - 10000 AND excluded.at_ms",
    .mariadb =
        "INSERT INTO {p}due_run (id, at_ms) VALUES (1, ?) ON DUPLICATE KEY UPDATE at_ms ="
        " CASE WHEN at_ms BETWEEN VALUES(at_ms) - 10000 AND VALUES(at_ms) THEN at_ms"
        " ELSE VALUES(at_ms) END"};

inline constexpr Statement due_run_last{"due_run.last",
                                        "SELECT at_ms FROM {p}due_run WHERE id = 1"};

}  // namespace kameng::queue
