// server_database.cpp - see server_database.hpp.
#include "sql/server_database.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <new>
#include <thread>
#include <utility>

#include "sql/fork.hpp"
#include "sql/nesting.hpp"

namespace kameng::sql {
namespace {

using std::chrono::microseconds;

constexpr microseconds pause_min{500};
constexpr microseconds pause_max{50'000};

enum class Access { reading, writing };

// How often a work has been run again, and why.
struct Repeats {
  int conflicts = 0;
  int losses = 0;
  bool saw_unique = false;
};

// What a work that ran once came to.
struct Outcome {
  Result<void> answer;
  Fault fault = Fault::none;
};

Error misuse(std::string_view reason, std::string_view message) {
  return {Status::misuse, std::string(reason), std::string(message)};
}

// Twice as long each time, and up to twice that: those that met must not meet again.
microseconds pause_before(int repeat) {
  const auto base = std::min(pause_max, pause_min * (1 << std::min(repeat, 7)));
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto mixed = static_cast<std::uint64_t>(ticks) * 0x9E3779B97F4A7C15u;
  return base + microseconds(static_cast<std::int64_t>((mixed >> 32) %
                                                       static_cast<std::uint64_t>(base.count())));
}

Result<void> run_work(const Work& work, Transaction& transaction, const void* owner) {
  try {
    const Inside inside(owner);
    return work(transaction);
  } catch (const std::bad_alloc&) {
    Failure failure;
    failure.fault = Fault::out_of_memory;
    transaction.fail(failure);
    return {};
  } catch (...) {
    Error error;
    error.reason = "engine.exception";
    error.message = "The engine met a fault it did not expect.";
    return error;
  }
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
  [[nodiscard]] bool may_repeat(Fault fault, Repeats& repeats) const;

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
    if (deadline.over() || !may_repeat(outcome.fault, repeats)) {
      return std::move(outcome.answer);
    }
    retries_.fetch_add(1, std::memory_order_relaxed);
    if (repeats.conflicts > 0) {
      busy_waits_.fetch_add(1, std::memory_order_relaxed);
      std::this_thread::sleep_until(
          std::min(deadline.at(), Deadline::Monotonic::now() + pause_before(repeats.conflicts)));
    }
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
    connection.rollback();
    return {to_error(transaction.failure()), transaction.failure().fault};
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

bool ServerDatabase::may_repeat(Fault fault, Repeats& repeats) const {
  switch (fault) {
    case Fault::conflict:
    case Fault::busy:
      ++repeats.conflicts;
      return true;
    case Fault::unique:
      // Somebody else inserted the row between our facts and our writes; run again, the facts see
      // it. A second time it is a fault of ours.
      return !std::exchange(repeats.saw_unique, true);
    case Fault::lost:
    case Fault::io:
      // A server that was started anew has cut every connection of the pool.
      return ++repeats.losses <= connections_max_ + 1;
    default:
      return false;
  }
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
