// job.cpp - the rows of work that happens later.
#include "queue/job.hpp"

#include "queue/job_sql.hpp"

namespace kameng::queue {

bool insert_job(sql::Transaction& tx, const NewJob& job, TimeMs now_ms) {
  return tx.run_count(job_insert, job.kind, job.args, job.max_attempts, job.run_at_ms,
                      job.unique_key, now_ms) == 1;
}

std::vector<Job> claim_jobs(sql::Transaction& tx, TimeMs now_ms, int limit, std::int64_t lease_ms) {
  std::vector<Job> due;
  {
    sql::Rows rows = tx.query(job_due, now_ms, limit);
    while (rows.next()) {
      due.push_back({rows.int64(0), rows.text(1), rows.text(2), static_cast<int>(rows.int64(3)),
                     static_cast<int>(rows.int64(4)), rows.int64(5), rows.int64(6)});
    }
  }
  std::vector<Job> claimed;
  for (Job& job : due) {
    if (job.attempt >= job.max_attempts) {
      tx.run_exactly(1, job_bury, "job.lease_lost", job.id, job.lease_until_ms);
      continue;
    }
    tx.run_exactly(1, job_lease, now_ms + lease_ms, job.id, job.lease_until_ms);
    ++job.attempt;
    job.lease_until_ms = now_ms + lease_ms;
    claimed.push_back(std::move(job));
  }
  return claimed;
}

bool renew_job(sql::Transaction& tx, Job& job, TimeMs lease_until_ms) {
  const bool ours = tx.run_count(job_renew, lease_until_ms, job.id, job.lease_until_ms) == 1;
  if (ours) {
    job.lease_until_ms = lease_until_ms;
  }
  return ours;
}

bool finish_job(sql::Transaction& tx, const Job& job) {
  return tx.run_count(job_delete, job.id, job.lease_until_ms) == 1;
}

bool run_job_again(sql::Transaction& tx, const Job& job, TimeMs run_at_ms) {
  return tx.run_count(job_again, run_at_ms, job.id, job.lease_until_ms) == 1;
}

Failed fail_job(sql::Transaction& tx, const Job& job, TimeMs run_at_ms, std::string_view reason) {
  const bool last = job.attempt >= job.max_attempts;
  const std::int64_t rows =
      last ? tx.run_count(job_bury, reason, job.id, job.lease_until_ms)
           : tx.run_count(job_retry, run_at_ms, reason, job.id, job.lease_until_ms);
  if (rows == 0) {
    return Failed::not_ours;
  }
  return last ? Failed::is_dead : Failed::will_retry;
}

std::optional<TimeMs> next_job_at(sql::Transaction& tx) {
  sql::Rows rows = tx.query(job_next);
  return rows.next() ? rows.maybe_int64(0) : std::nullopt;
}

void note_due_run(sql::Transaction& tx, TimeMs now_ms) {
  tx.run(due_run_note, now_ms);
}

std::optional<TimeMs> last_due_run(sql::Transaction& tx) {
  sql::Rows rows = tx.query(due_run_last);
  return rows.next() ? std::optional<TimeMs>(rows.int64(0)) : std::nullopt;
}

}  // namespace kameng::queue
