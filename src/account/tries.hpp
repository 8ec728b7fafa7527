// tries.hpp - how often somebody may be wrong: five times in fifteen minutes, and then not again
// for fifteen more.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace kameng::account {

// As a row keeps them: how many were wrong, and since when. The last that is allowed begins the
// time anew, so that it is waited out in full.
struct Tries {
  static constexpr std::int64_t max = 5;
  static constexpr std::int64_t window_ms = 15LL * 60 * 1000;

  std::int64_t count = 0;
  TimeMs from_ms = 0;

  [[nodiscard]] constexpr bool is_over(TimeMs now_ms) const {
    return now_ms - from_ms >= window_ms;
  }
  [[nodiscard]] constexpr bool is_locked(TimeMs now_ms) const {
    return count >= max && !is_over(now_ms);
  }
  [[nodiscard]] constexpr std::int64_t retry_after_ms(TimeMs now_ms) const {
    return from_ms + window_ms - now_ms;
  }
  [[nodiscard]] constexpr Tries after_wrong(TimeMs now_ms) const {
    const std::int64_t counted = is_over(now_ms) ? 1 : count + 1;
    return {counted, counted == 1 || counted >= max ? now_ms : from_ms};
  }
};

}  // namespace kameng::account
