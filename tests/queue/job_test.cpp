#include "queue/job.hpp"

#include <string>

#include <doctest/doctest.h>

#include "queue/queue_schema.hpp"
#include "support/raw_database.hpp"

namespace kameng::queue {
namespace {

using sql::Transaction;
using tests::RawDatabase;

NewJob job_named(std::string kind, TimeMs run_at_ms) {
  return {std::move(kind), R"({"n":1})", run_at_ms};
}

std::int64_t count_dead(Transaction& tx) {
  static constexpr sql::Statement dead{"verify.dead",
                                       "SELECT COUNT(*) FROM {p}job WHERE state = 'dead'"};
  sql::Rows rows = tx.query(dead);
  return rows.next() ? rows.int64(0) : -1;
}

TEST_SUITE("queue") {
  // Goal: jobs come due at their time, oldest first, and to one worker at a time.
  // Method: three jobs, claimed in portions as the clock moves.
  TEST_CASE("a job is claimed when it is due, by one worker") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      CHECK(insert_job(tx, job_named("late", 300), 5));
      CHECK(insert_job(tx, job_named("early", 100), 5));
      CHECK(insert_job(tx, job_named("middle", 200), 5));
      CHECK(next_job_at(tx) == 100);
      CHECK(claim_jobs(tx, 99, 10).empty());
      const auto first = claim_jobs(tx, 300, 2);
      REQUIRE(first.size() == 2);
      CHECK(first[0].kind == "early");
      CHECK(first[0].args == R"({"n":1})");
      CHECK(first[0].attempt == 1);
      CHECK(first[0].max_attempts == 25);
      CHECK(first[0].created_at_ms == 5);
      CHECK(first[1].kind == "middle");
      CHECK(claim_jobs(tx, 300, 10).at(0).kind == "late");
      CHECK(claim_jobs(tx, 300 + job_lease_ms - 1, 10).empty());
      return true;
    });
    CHECK(db.scans().empty());
  }

  // Goal: a finished job is gone and its unique key is free.
  // Method: insert twice with one key, finish, insert again.
  TEST_CASE("one open job has a unique key") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      NewJob job = job_named("fold", 0);
      job.unique_key = "fold";
      CHECK(insert_job(tx, job, 0));
      CHECK_FALSE(insert_job(tx, job, 0));
      CHECK(insert_job(tx, job_named("fold", 0), 0));
      CHECK(insert_job(tx, job_named("fold", 0), 0));
      const auto claimed = claim_jobs(tx, 0, 10);
      REQUIRE(claimed.size() == 3);
      CHECK_FALSE(insert_job(tx, job, 0));
      CHECK(finish_job(tx, claimed[0]));
      CHECK_FALSE(finish_job(tx, claimed[0]));
      CHECK(insert_job(tx, job, 0));
      return true;
    });
  }

  // Goal: a worker whose lease ran out and was given to another has no say any more.
  // Method: two workers in turn on one job; every word of the first comes too late.
  TEST_CASE("the slow worker's answer does not count") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      CHECK(insert_job(tx, job_named("slow", 0), 0));
      Job first = claim_jobs(tx, 0, 1).at(0);
      Job second = claim_jobs(tx, job_lease_ms, 1).at(0);
      CHECK(second.id == first.id);
      CHECK(second.attempt == 2);
      CHECK_FALSE(finish_job(tx, first));
      CHECK_FALSE(renew_job(tx, first, 10 * job_lease_ms));
      CHECK_FALSE(run_job_again(tx, first, 0));
      CHECK(fail_job(tx, first, 0, "late") == Failed::not_ours);

      CHECK(renew_job(tx, second, 3 * job_lease_ms));
      CHECK(claim_jobs(tx, 2 * job_lease_ms, 1).empty());
      CHECK(finish_job(tx, second));
      CHECK_FALSE(next_job_at(tx).has_value());
      return true;
    });
  }

  // Goal: a job that fails each time is tried max_attempts times and then kept for a person, its
  // key free. Method: three attempts allowed.
  TEST_CASE("a job is dead after its last attempt") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      NewJob job = job_named("bad", 0);
      job.max_attempts = 3;
      job.unique_key = "bad";
      CHECK(insert_job(tx, job, 0));
      for (int attempt = 1; attempt <= 3; ++attempt) {
        const auto claimed = claim_jobs(tx, attempt * 100, 10);
        REQUIRE(claimed.size() == 1);
        CHECK(claimed[0].attempt == attempt);
        CHECK(fail_job(tx, claimed[0], (attempt + 1) * 100, "storage.busy") ==
              (attempt < 3 ? Failed::will_retry : Failed::is_dead));
        CHECK(claim_jobs(tx, attempt * 100, 10).empty());
      }
      CHECK(claim_jobs(tx, 1000000, 10).empty());
      CHECK(count_dead(tx) == 1);
      CHECK(insert_job(tx, job, 0));
      return true;
    });
  }

  // Goal: a job that takes its process down each time does not do so for ever.
  // Method: two attempts allowed, both leases run out.
  TEST_CASE("a job whose leases always run out is buried") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      NewJob job = job_named("poison", 0);
      job.max_attempts = 2;
      CHECK(insert_job(tx, job, 0));
      CHECK(claim_jobs(tx, 0, 1).size() == 1);
      CHECK(claim_jobs(tx, job_lease_ms, 1).size() == 1);
      CHECK(claim_jobs(tx, 2 * job_lease_ms, 1).empty());
      CHECK(count_dead(tx) == 1);
      CHECK_FALSE(next_job_at(tx).has_value());
      return true;
    });
  }

  // Goal: a periodic job comes again with all its attempts.
  // Method: one failure, then a success that asks for the next time.
  TEST_CASE("a job that runs again starts counting anew") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      CHECK(insert_job(tx, job_named("fold", 0), 0));
      CHECK(fail_job(tx, claim_jobs(tx, 0, 1).at(0), 10, "storage.busy") == Failed::will_retry);
      const Job second = claim_jobs(tx, 10, 1).at(0);
      CHECK(second.attempt == 2);
      CHECK(run_job_again(tx, second, 500));
      CHECK(claim_jobs(tx, 499, 1).empty());
      CHECK(claim_jobs(tx, 500, 1).at(0).attempt == 1);
      return true;
    });
  }
}

}  // namespace
}  // namespace kameng::queue
