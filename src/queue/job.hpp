// job.hpp - work of our own that happens later: rows inserted by the transaction that causes them,
// claimed with a lease.
//
// A job may run twice (a worker that was slow and the one that took over), so handlers are
// idempotent. A finished job's row goes; what it did is in the tables and in the audit log. A dead
// one stays until a person has looked at it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::queue {

inline constexpr std::int64_t job_lease_ms = 60'000;
inline constexpr int job_attempts_max = 25;

struct NewJob {
  std::string kind;  // "order.expire"
  std::string args;  // JSON; never a secret
  TimeMs run_at_ms = 0;
  std::optional<std::string> unique_key = {};  // at most one open job has it
  int max_attempts = job_attempts_max;
};

struct Job {
  std::int64_t id = 0;
  std::string kind;
  std::string args;
  int attempt = 0;  // this one, from 1
  int max_attempts = job_attempts_max;
  TimeMs created_at_ms = 0;
  TimeMs lease_until_ms = 0;
};

// False, and no row, when an open job has the same unique key.
bool insert_job(sql::Transaction& tx, const NewJob& job, TimeMs now_ms);

// Up to `limit` due jobs, leased until now + lease_ms. A job that has used up its attempts without
// an answer, because it took its process down each time, is buried here instead (reason
// "job.lease_lost").
[[nodiscard]] std::vector<Job> claim_jobs(sql::Transaction& tx, TimeMs now_ms, int limit,
                                          std::int64_t lease_ms = job_lease_ms);

// What becomes of a claimed job. False, and nothing changed, when its lease ran out and another
// worker has taken it. A renewed lease ends later than it did.
bool renew_job(sql::Transaction& tx, Job& job, TimeMs lease_until_ms);
bool finish_job(sql::Transaction& tx, const Job& job);
// It did a part and goes on later, or it comes again periodically; the attempts are counted anew.
bool run_job_again(sql::Transaction& tx, const Job& job, TimeMs run_at_ms);
// It failed: waits until run_at_ms (now + job_delay_ms, schedule.hpp), or is dead when this was its
// last attempt. Of an error the reason is stored and nothing else.
enum class Failed : std::uint8_t { will_retry, is_dead, not_ours };
Failed fail_job(sql::Transaction& tx, const Job& job, TimeMs run_at_ms, std::string_view reason);

// When the next job is due; nothing when there is none.
[[nodiscard]] std::optional<TimeMs> next_job_at(sql::Transaction& tx);

// Notes that due work has run, in whichever process; kept to 10 seconds.
void note_due_run(sql::Transaction& tx, TimeMs now_ms);
[[nodiscard]] std::optional<TimeMs> last_due_run(sql::Transaction& tx);

}  // namespace kameng::queue
