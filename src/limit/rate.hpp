// rate.hpp - how often something may happen: the generic cell rate algorithm, as pure arithmetic.
//
// A bucket is one number: the time until which it is busy. Each call that passes makes it busy for
// one interval more; a call is refused when that would reach too far ahead. So a bucket whose time
// has passed is like no bucket, and nothing has to be counted or emptied.
//
// In any 60 seconds at most per_minute + burst calls pass, and callers that ask steadily get
// per_minute. All of it in whole microseconds.
#pragma once

#include <cstdint>

namespace kameng::limit {

using TimeUs = std::int64_t;

inline constexpr TimeUs minute_us = 60'000'000;
inline constexpr std::int64_t rate_max = 1'000'000;  // of either number

struct Rate {
  std::int64_t per_minute = 0;  // 0: no limit
  std::int64_t burst = 1;       // that may come at once, after a pause

  [[nodiscard]] constexpr bool limits() const { return per_minute > 0; }
  // From one call to the next; rounded up, so that never too many pass.
  [[nodiscard]] constexpr TimeUs interval_us() const {
    return (minute_us + per_minute - 1) / per_minute;
  }
  // How far a bucket is busy at most: after `burst` calls at once.
  [[nodiscard]] constexpr TimeUs reach_us() const { return burst * interval_us(); }
};

// A clock that was put back leaves buckets that are busy further ahead than any call can make them.
// Up to so much it is taken for a clock that differs a little from the one that wrote them.
inline constexpr TimeUs skew_us = 60'000'000;

// Until when a bucket is busy that is stored as busy until `stored_us`: never in the past; and
// full, when only a clock that was put back explains what is stored.
[[nodiscard]] TimeUs settle(const Rate& rate, TimeUs stored_us, TimeUs now_us);

struct Standing {
  std::int64_t remaining = 0;  // calls that pass at once
  TimeUs retry_after_us = 0;   // until one passes; 0 when one does now
  TimeUs reset_after_us = 0;   // until the bucket is like none
};
// Of a settled bucket. A call that passes makes it busy for rate.interval_us() more.
[[nodiscard]] Standing standing(const Rate& rate, TimeUs busy_until_us, TimeUs now_us);

}  // namespace kameng::limit
