// server_database.cpp - see server_database.hpp.
#include "sql/server_database.hpp"

#include <atomic>
#include <map>
#include <utility>

#include "sql/fork.hpp"
#include "sql/nesting.hpp"
#include "sql/repeat.hpp"

namespace kameng::sql {
namespace {

enum class Access { reading, writing };

// What a work comes to that goes on with half of what it did.
bool blames_data(Fault fault) {
  return fault == Fault::unique || fault == Fault::check || fault == Fault::foreign_key ||
         fault == Fault::corrupt || fault == Fault::misuse;
}

Error misuse(std::string_view reason, std::string_view message) {
  return {Status::misuse, std::string(reason), std::string(message)};
}

class ServerDatabase final : public Database {
 public:
  ServerDatabase(Dialect dialect, int connections_max, Pool<ServerConnection>::Open open)
      : dialect_(dialect),
        connections_max_(connections_max),
        pool_(std::make_unique<Pool<ServerConnection>>(connections_max, std::move(open))) {}
  ServerDatabase(const ServerDatabase&) = delete;
  ServerDatabase& operator=(const ServerDatabase&) = delete;
  // In a forked child the connections are the parent's: closing them would end its sessions.
  ~ServerDatabase() override {
    if (fork_generation() != generation_) {
      static_cast<void>(pool_.release());
    }
  }

  [[nodiscard]] Dialect dialect() const override { return dialect_; }
  [[nodiscard]] Result<void> write(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::writing);
  }
  [[nodiscard]] Result<void> write_alone(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::writing);
  }
  [[nodiscard]] Result<void> read(const Deadline& deadline, const Work& work) override {
    return run(deadline, work, Access::reading);
  }
  [[nodiscard]] Result<void> maintain(const Deadline&) override { return {}; }
  [[nodiscard]] Metrics metrics() const override;
  [[nodiscard]] Result<std::vector<StatementPlan>> prepared_plans(
      const Deadline& deadline) override;

 private:
  [[nodiscard]] Result<void> run(const Deadline& deadline, const Work& work, Access access);
  [[nodiscard]] Outcome run_once(ServerConnection& connection, const Deadline& deadline,
                                 const Work& work, Access access);

  const Dialect dialect_;
  const int connections_max_;
  const int generation_ = fork_generation();
  std::unique_ptr<Pool<ServerConnection>> pool_;
  std::atomic<std::int64_t> commits_{0}, retries_{0}, busy_waits_{0};
};

Result<void> ServerDatabase::run(const Deadline& deadline, const Work& work, Access access) {
  if (fork_generation() != generation_) {
    return misuse("engine.used_after_fork", "The database was opened before the fork.");
  }
  if (Inside::of(this)) {
    return misuse("engine.nested_call", "A transaction cannot open another one.");
  }
  Repeats repeats;
  for (;;) {
    KAMENG_TRY(std::unique_ptr<ServerConnection> connection, pool_->take(deadline));
    Outcome outcome = run_once(*connection, deadline, work, access);
    const bool sound = connection->is_sound() && !connection->in_transaction();
    pool_->give_back(std::move(connection), sound);
    // A server that was started anew has cut every connection of the pool.
    if (deadline.over() || !may_repeat(outcome.fault, repeats, connections_max_ + 1)) {
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

// The work once, in a transaction of its own. A fault at COMMIT that leaves the outcome unknown is
// told like any other: the work runs again and finds its own traces.
Outcome ServerDatabase::run_once(ServerConnection& connection, const Deadline& deadline,
                                 const Work& work, Access access) {
  connection.give_up_at(deadline);
  Failure failure =
      access == Access::writing ? connection.begin_write(deadline) : connection.begin_read();
  if (failure) {
    connection.rollback();
    return {to_error(failure), failure.fault};
  }
  Transaction transaction(connection);
  Result<void> answer = run_work(work, transaction, this);
  if (transaction.failed()) {
    Failure failed = transaction.failure();
    if (access == Access::writing && blames_data(failed.fault) && !connection.is_whole()) {
      failed.fault = Fault::conflict;
    }
    connection.rollback();
    return {to_error(failed), failed.fault};
  }
  if (!answer.ok() || access == Access::reading) {
    connection.rollback();
    return {std::move(answer)};
  }
  {
    const Timed timed(connection.times(), "commit");
    failure = connection.commit();
  }
  if (failure) {
    connection.rollback();
    return {to_error(failure), failure.fault};
  }
  commits_.fetch_add(1, std::memory_order_relaxed);
  return {std::move(answer)};
}

Metrics ServerDatabase::metrics() const {
  Metrics metrics;
  metrics.commits = metrics.members = metrics.groups_of_one = commits_.load();
  metrics.retries = retries_.load();
  metrics.busy_waits = busy_waits_.load();
  metrics.statements = pool_->statements();
  return metrics;
}

Result<std::vector<StatementPlan>> ServerDatabase::prepared_plans(const Deadline& deadline) {
  std::map<std::string, std::string> texts;
  pool_->for_idle([&](const ServerConnection& connection) {
    for (auto& [name, sql] : connection.prepared()) {
      texts[name] = std::move(sql);
    }
  });
  KAMENG_TRY(std::unique_ptr<ServerConnection> connection, pool_->take(deadline));
  connection->give_up_at(deadline);
  std::vector<StatementPlan> all;
  Result<void> outcome;
  for (const auto& [name, sql] : texts) {
    auto lines = connection->explain(sql);
    if (!lines) {
      outcome = lines.error();
      break;
    }
    all.push_back({name, std::move(*lines)});
  }
  const bool sound = connection->is_sound() && !connection->in_transaction();
  pool_->give_back(std::move(connection), sound);
  KAMENG_CHECK(outcome);
  return all;
}

}  // namespace

Result<std::unique_ptr<Database>> open_server(Dialect dialect, int connections_max,
                                              std::int64_t open_timeout_ms,
                                              Pool<ServerConnection>::Open open) {
  auto database = std::make_unique<ServerDatabase>(dialect, connections_max, std::move(open));
  KAMENG_CHECK(database->read(Deadline::after_ms(open_timeout_ms),
                              [](Transaction&) -> Result<void> { return {}; }));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace kameng::sql
