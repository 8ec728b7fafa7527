// statement_times.cpp - see statement_times.hpp.
#include "sql/statement_times.hpp"

#include <algorithm>

namespace kameng::sql {
namespace {

constexpr std::int64_t tell_every_ms = 60'000;

using Times = std::map<std::string, StatementTime, std::less<>>;

void add(Times& times, std::string_view name, const StatementTime& more) {
  auto at = times.find(name);
  if (at == times.end()) {
    at = times.emplace(std::string(name), StatementTime{.name = std::string(name)}).first;
  }
  StatementTime& sum = at->second;
  sum.runs += more.runs;
  sum.total_us += more.total_us;
  sum.slowest_us = std::max(sum.slowest_us, more.slowest_us);
  sum.slow += more.slow;
}

std::vector<StatementTime> values_of(const Times& times) {
  std::vector<StatementTime> values;
  values.reserve(times.size());
  for (const auto& [name, time] : times) {
    values.push_back(time);
  }
  return values;
}

}  // namespace

void StatementTimes::note(std::string_view name, Duration took) {
  const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const bool slow = took >= slow_;
  const StatementTime one{
      .name = {}, .runs = 1, .total_us = us, .slowest_us = us, .slow = slow ? 1 : 0};
  const std::lock_guard lock(mutex_);
  add(all_, name, one);
  if (slow) {
    add(slow_since_, name, one);
  }
}

std::vector<StatementTime> StatementTimes::all() const {
  const std::lock_guard lock(mutex_);
  return values_of(all_);
}

// A clock that has jumped back must not silence it.
bool StatementTimes::may_tell(TimeMs now_ms) const {
  return !slow_since_.empty() && (now_ms < taken_at_ms_ || now_ms - taken_at_ms_ >= tell_every_ms);
}

bool StatementTimes::has_slow(TimeMs now_ms) const {
  const std::lock_guard lock(mutex_);
  return may_tell(now_ms);
}

std::vector<StatementTime> StatementTimes::take_slow(TimeMs now_ms) {
  const std::lock_guard lock(mutex_);
  if (!may_tell(now_ms)) {
    return {};
  }
  std::vector<StatementTime> slow = values_of(slow_since_);
  slow_since_.clear();
  taken_at_ms_ = now_ms;
  return slow;
}

void StatementTimes::put_back(const std::vector<StatementTime>& slow) {
  const std::lock_guard lock(mutex_);
  for (const StatementTime& time : slow) {
    add(slow_since_, time.name, time);
  }
  taken_at_ms_ = 0;
}

}  // namespace kameng::sql
