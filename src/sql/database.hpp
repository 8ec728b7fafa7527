// database.hpp - a database that is open: transactions for readers and writers, with waiting, retry
// and group commit.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::sql {

// Runs inside a transaction. It may run several times, on another caller's thread, each time from
// scratch: it has no effect but its statements and the objects it captured, which it sets anew on
// each run. No log, metric, lock or call to the outside, and no other transaction on this database
// (MISUSE `engine.nested_call`). An Error it returns is final and technical (a decided refusal is a
// value).
using Work = std::function<Result<void>(Transaction&)>;

struct Metrics {
  std::int64_t commits = 0, groups_of_one = 0, members = 0, retries = 0, busy_waits = 0;
  std::int64_t statements = 0;
};

// A statement that was prepared on this database, and how the planner runs it.
struct StatementPlan {
  std::string name;
  std::vector<std::string> lines;  // "SEARCH kameng_order USING INDEX ..."
};

struct Migration;

class Database {
 public:
  virtual ~Database() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  // Returns after the commit that contains the work's writes. When the commit's outcome is unknown
  // the work runs again. Reasons: storage.busy (UNAVAILABLE), storage.full, storage.read_only,
  // storage.corrupt, storage.io, storage.constraint (INTERNAL), call.deadline, engine.exception,
  // engine.used_after_fork (MISUSE).
  [[nodiscard]] virtual Result<void> write(const Deadline& deadline, const Work& work) = 0;
  // A slice of bulk work: as write(), never grouped with others.
  [[nodiscard]] virtual Result<void> write_alone(const Deadline& deadline, const Work& work) = 0;
  // A consistent snapshot.
  [[nodiscard]] virtual Result<void> read(const Deadline& deadline, const Work& work) = 0;
  // Whether works of this caller run inside a transaction that the host has open on its own
  // connection (sql/host): then nothing is committed here.
  [[nodiscard]] virtual Result<bool> is_joined(const Deadline&) { return false; }
  // Housekeeping that the host's run_due pays for: checkpoints the WAL when it is large.
  [[nodiscard]] virtual Result<void> maintain(const Deadline& deadline) = 0;
  // After something has been erased: nothing of what was overwritten or deleted stays behind in
  // files of the database (SQLite's WAL is emptied). Servers keep such remains until they vacuum or
  // purge.
  [[nodiscard]] virtual Result<void> forget(const Deadline&) { return {}; }
  // Copies one moment of the database into `path`, an empty file, in bounded memory. Writers go on
  // meanwhile, except in memory, where everybody waits. The file is not flushed. Reasons: those of
  // read(); a server has a tool of its own and answers storage.copy_unsupported
  // (FAILED_PRECONDITION).
  [[nodiscard]] virtual Result<void> copy_to(const std::string& path, const Deadline& deadline);
  [[nodiscard]] virtual Metrics metrics() const = 0;

  // Brings the schema up to date (migration.hpp).
  [[nodiscard]] Result<void> migrate(std::span<const Migration> migrations, TimeMs now_ms,
                                     const Deadline& deadline);
  // Every statement prepared so far, by name, for the query-plan test.
  [[nodiscard]] virtual Result<std::vector<StatementPlan>> prepared_plans(
      const Deadline& deadline) = 0;
};

}  // namespace kameng::sql
