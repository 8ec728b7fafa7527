// statement_times.hpp - what statements took, by name, and which of them were slow.
//
// Kept only where an operator asked for it (storage.slow_ms): reading the clock twice for each of
// some thirty statements is felt in a trade that takes 100 microseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace kameng::sql {

struct StatementTime {
  std::string name;  // "commit" too
  std::int64_t runs = 0;
  std::int64_t total_us = 0;
  std::int64_t slowest_us = 0;
  std::int64_t slow = 0;  // of the runs, those at or over the limit
};

// Any thread.
class StatementTimes {
 public:
  using Duration = std::chrono::steady_clock::duration;

  explicit StatementTimes(std::int64_t slow_ms) : slow_(std::chrono::milliseconds(slow_ms)) {}

  void note(std::string_view name, Duration took);
  // Since the engine was opened, in the order of names.
  [[nodiscard]] std::vector<StatementTime> all() const;
  // True when a statement was slow, and the last take_slow() is a minute ago or more.
  [[nodiscard]] bool has_slow(TimeMs now_ms) const;
  // Those that were slow since the last take; their counts and the slowest are of that time alone.
  [[nodiscard]] std::vector<StatementTime> take_slow(TimeMs now_ms);
  // Gives back what could not be told.
  void put_back(const std::vector<StatementTime>& slow);

 private:
  [[nodiscard]] bool may_tell(TimeMs now_ms) const;

  const Duration slow_;
  mutable std::mutex mutex_;
  std::map<std::string, StatementTime, std::less<>> all_, slow_since_;
  TimeMs taken_at_ms_ = 0;
};

}  // namespace kameng::sql
