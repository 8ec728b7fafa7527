// pool.hpp - a bounded number of connections that callers take and give back. They are opened when
// first needed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "sql/driver.hpp"

namespace kameng::sql {

// `Connected` counts its statements: statements().
template <class Connected>
class Pool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connected>>(const Deadline&)>;

  Pool(int connections_max, Open open)
      : connections_max_(connections_max), open_(std::move(open)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Any thread. Waits until the deadline for a connection to come back: DEADLINE_EXCEEDED
  // call.deadline.
  [[nodiscard]] Result<std::unique_ptr<Connected>> take(const Deadline& deadline) {
    {
      std::unique_lock lock(mutex_);
      const bool free = changed_.wait_until(
          lock, deadline.at(), [this] { return !paused_ && taken_ < connections_max_; });
      if (!free) {
        Failure failure;
        failure.fault = Fault::interrupted;
        return to_error(failure);
      }
      ++taken_;
      if (!idle_.empty()) {
        std::unique_ptr<Connected> connection = std::move(idle_.back());
        idle_.pop_back();
        statements_ -= connection->statements();
        return connection;
      }
    }
    try {
      auto opened = open_(deadline);
      if (!opened) {
        give_back(nullptr, false);
      }
      return opened;
    } catch (...) {
      give_back(nullptr, false);  // memory ran out; the place in the pool is not lost with it
      throw;
    }
  }

  // `sound` is false after a fault that the connection may not have survived: it is closed.
  void give_back(std::unique_ptr<Connected> connection, bool sound) {
    if (connection) {
      statements_ += connection->statements();
    }
    {
      const std::lock_guard lock(mutex_);
      --taken_;
      if (connection && sound && !paused_) {
        idle_.push_back(std::move(connection));
      }
    }
    changed_.notify_all();
  }

  // Nobody gets a connection until resume(); idle ones are closed. Waits for those in use, but not
  // for ever: false when some are still out.
  bool pause(const Deadline& deadline) {
    std::vector<std::unique_ptr<Connected>> closing;
    std::unique_lock lock(mutex_);
    paused_ = true;
    closing.swap(idle_);
    return changed_.wait_until(lock, deadline.at(), [this] { return taken_ == 0; });
  }

  void resume() {
    {
      const std::lock_guard lock(mutex_);
      paused_ = false;
    }
    changed_.notify_all();
  }

  // Calls `visit(const Connected&)` for those that are idle now.
  template <class Visit>
  void for_idle(Visit&& visit) {
    const std::lock_guard lock(mutex_);
    for (const auto& connection : idle_) {
      visit(*connection);
    }
  }

  // By connections that are closed or have been given back.
  [[nodiscard]] std::int64_t statements() const noexcept { return statements_.load(); }

 private:
  const int connections_max_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connected>> idle_;
  int taken_ = 0;
  bool paused_ = false;
  std::atomic<std::int64_t> statements_{0};
};

}  // namespace kameng::sql
