// clock.cpp - the system's clocks.
#include "base/clock.hpp"

#include <algorithm>

namespace kameng {
namespace {

// Longer deadlines are as good as this one, and adding it to the monotonic clock cannot overflow.
constexpr std::int64_t deadline_ms_max = std::int64_t{1000} * 60 * 60 * 24 * 365;

}  // namespace

TimeMs SystemClock::now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Deadline Deadline::after_ms(std::int64_t ms) {
  const std::int64_t bounded = std::clamp(ms, std::int64_t{0}, deadline_ms_max);
  return Deadline(Monotonic::now() + std::chrono::milliseconds(bounded));
}

std::int64_t Deadline::left_ms() const {
  const auto left = at_ - Monotonic::now();
  // Rounded up: a deadline that is not over never reads as 0.
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return std::max<std::int64_t>(ms, 0);
}

}  // namespace kameng
