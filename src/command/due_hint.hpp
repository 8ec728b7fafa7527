// due_hint.hpp - when work is due next, as far as this process knows: a number in memory, no
// statement. It lets a write notice a forgotten cron; system.run_due itself asks the tables.
#pragma once

#include <atomic>
#include <limits>

#include "base/clock.hpp"

namespace kameng::command {

class DueHint {
 public:
  void at(TimeMs due_ms) {
    TimeMs known = next_ms_.load(std::memory_order_relaxed);
    while (due_ms < known &&
           !next_ms_.compare_exchange_weak(known, due_ms, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] bool overdue(TimeMs now_ms, std::int64_t by_ms) const {
    return next_ms_.load(std::memory_order_relaxed) <= now_ms - by_ms;
  }
  // Whoever looked at the tables knows better.
  void reset(TimeMs next_ms = never) { next_ms_.store(next_ms, std::memory_order_relaxed); }

  static constexpr TimeMs never = std::numeric_limits<TimeMs>::max();

 private:
  std::atomic<TimeMs> next_ms_{never};
};

}  // namespace kameng::command
