// database.cpp - see host.hpp.
#include <atomic>
#include <utility>

#include "sql/fork.hpp"
#include "sql/host/connection.hpp"
#include "sql/nesting.hpp"
#include "sql/repeat.hpp"

namespace kameng::sql::host {
namespace {

constexpr int losses_max = 9;
constexpr Statement foreign_keys{"host.foreign_keys",
                                 "SELECT foreign_keys FROM pragma_foreign_keys"};

enum class Access { reading, writing };

Error misuse(std::string_view reason, std::string_view message) {
  return {Status::misuse, std::string(reason), std::string(message)};
}

Error transaction_lost() {
  return Error{Status::aborted, "storage.transaction_lost",
               "The host's transaction is gone or cannot go on: roll it back and do all of it "
               "again."}
      .with(Retry::same);
}

class HostDatabase final : public Database {
 public:
  HostDatabase(std::shared_ptr<Driver> driver, Options options)
      : driver_(std::move(driver)), options_(std::move(options)) {}

  [[nodiscard]] Dialect dialect() const override { return driver_->dialect(); }
  [[nodiscard]] Result<void> write(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::writing);
  }
  [[nodiscard]] Result<void> write_alone(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::writing);
  }
  [[nodiscard]] Result<void> read(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::reading);
  }
  [[nodiscard]] Result<bool> is_joined(const Deadline& deadline) override;
  [[nodiscard]] Result<void> maintain(const Deadline&) override { return {}; }
  [[nodiscard]] Metrics metrics() const override;
  // No statement outlives its transaction, so there is never one to be explained.
  [[nodiscard]] Result<std::vector<StatementPlan>> prepared_plans(const Deadline&) override {
    return std::vector<StatementPlan>();
  }

 private:
  [[nodiscard]] Result<void> check_caller() const;
  [[nodiscard]] Result<void> run(const Deadline& deadline, const Work& work, Access access);
  [[nodiscard]] Outcome run_once(const Deadline& deadline, const Work& work, Access access,
                                 bool& joined);
  [[nodiscard]] Outcome run_lent(HostConnection& connection, const Deadline& deadline,
                                 const Work& work, Access access);
  [[nodiscard]] Outcome give_up(HostConnection& connection, const Failure& failure) const;

  const std::shared_ptr<Driver> driver_;
  const Options options_;
  const int generation_ = fork_generation();
  std::atomic<std::int64_t> commits_{0}, retries_{0}, busy_waits_{0}, statements_{0};
};

Result<void> HostDatabase::check_caller() const {
  if (fork_generation() != generation_) {
    return misuse("engine.used_after_fork", "The database was opened before the fork.");
  }
  if (Inside::of(this)) {
    return misuse("engine.nested_call", "A transaction cannot open another one.");
  }
  return {};
}

Result<bool> HostDatabase::is_joined(const Deadline& deadline) {
  KAMENG_CHECK(check_caller());
  HostConnection connection(*driver_, options_);
  if (const Failure failure = connection.acquire(deadline)) {
    return to_error(failure);
  }
  return connection.is_joined();
}

Result<void> HostDatabase::run(const Deadline& deadline, const Work& work, Access access) {
  KAMENG_CHECK(check_caller());
  Repeats repeats;
  for (;;) {
    bool joined = false;
    Outcome outcome = run_once(deadline, work, access, joined);
    if (joined || deadline.over() || !may_repeat(outcome.fault, repeats, losses_max)) {
      return std::move(outcome.answer);
    }
    if (repeats.conflicts > 0) {
      if (!pause_before_repeat(repeats, deadline)) {
        return std::move(outcome.answer);
      }
      busy_waits_.fetch_add(1, std::memory_order_relaxed);
    }
    retries_.fetch_add(1, std::memory_order_relaxed);
  }
}

Outcome HostDatabase::run_once(const Deadline& deadline, const Work& work, Access access,
                               bool& joined) {
  HostConnection connection(*driver_, options_);
  if (const Failure failure = connection.acquire(deadline)) {
    return {to_error(failure), failure.fault};
  }
  joined = connection.is_joined();
  Outcome outcome = run_lent(connection, deadline, work, access);
  statements_.fetch_add(connection.statements(), std::memory_order_relaxed);
  return outcome;
}

// The work once. A fault at COMMIT that leaves the outcome unknown is told like any other: the work
// runs again and finds its own traces.
Outcome HostDatabase::run_lent(HostConnection& connection, const Deadline& deadline,
                               const Work& work, Access access) {
  if (connection.in_transaction() != connection.is_joined()) {
    return {connection.is_joined()
                ? transaction_lost()
                : misuse("storage.transaction_open",
                         "The host lent a connection with a transaction open and did not say so.")};
  }
  Failure failure =
      access == Access::writing ? connection.begin_write(deadline) : connection.begin_read();
  if (failure) {
    return give_up(connection, failure);
  }
  Transaction transaction(connection);
  Result<void> answer = run_work(work, transaction, this);
  if (transaction.failed()) {
    return give_up(connection, transaction.failure());
  }
  if (!answer.ok() || access == Access::reading) {
    connection.rollback();
    return {connection.is_transaction_lost() ? transaction_lost() : std::move(answer)};
  }
  failure = connection.commit();
  if (failure) {
    return give_up(connection, failure);
  }
  commits_.fetch_add(connection.is_joined() ? 0 : 1, std::memory_order_relaxed);
  return {std::move(answer)};
}

// Rolls back, as far as what failed is ours. In the host's transaction nothing is run again: a race
// that was lost there is lost for all of it.
Outcome HostDatabase::give_up(HostConnection& connection, const Failure& failure) const {
  const Outcome outcome{to_error(failure), failure.fault};
  connection.rollback();
  if (!connection.is_joined()) {
    return outcome;
  }
  const bool race = failure.fault == Fault::conflict || failure.fault == Fault::lost ||
                    (failure.fault == Fault::unique && dialect() != Dialect::sqlite);
  return race || connection.is_transaction_lost() ? Outcome{transaction_lost(), failure.fault}
                                                  : outcome;
}

Metrics HostDatabase::metrics() const {
  Metrics metrics;
  metrics.commits = metrics.members = metrics.groups_of_one = commits_.load();
  metrics.retries = retries_.load();
  metrics.busy_waits = busy_waits_.load();
  metrics.statements = statements_.load();
  return metrics;
}

// Rows whose parents are missing are refused by every other driver.
Result<void> check_foreign_keys(Database& database, const Deadline& deadline) {
  bool on = database.dialect() != Dialect::sqlite;
  KAMENG_CHECK(database.read(deadline, [&](Transaction& transaction) -> Result<void> {
    if (transaction.dialect() == Dialect::sqlite) {
      Rows rows = transaction.query(foreign_keys);
      on = rows.next() && rows.int64(0) == 1;
    }
    return {};
  }));
  if (!on) {
    return Error{Status::incompatible, "storage.foreign_keys_off",
                 "The host's connections to SQLite need PRAGMA foreign_keys = ON."};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> open(std::shared_ptr<Driver> driver, const Options& options) {
  auto database = std::make_unique<HostDatabase>(std::move(driver), options);
  const Deadline deadline = Deadline::after_ms(options.open_timeout_ms);
  KAMENG_TRY(const bool joined, database->is_joined(deadline));
  if (joined) {
    return Error{Status::failed_precondition, "storage.joined_transaction",
                 "An engine is not opened inside a transaction of the host's."};
  }
  KAMENG_CHECK(check_foreign_keys(*database, deadline));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace kameng::sql::host
