#include "limit/rate.hpp"

#include <algorithm>

namespace kameng::limit {

TimeUs settle(const Rate& rate, TimeUs stored_us, TimeUs now_us) {
  const TimeUs furthest_us = now_us + rate.reach_us();
  return stored_us > furthest_us + skew_us ? furthest_us : std::max(stored_us, now_us);
}

Standing standing(const Rate& rate, TimeUs busy_until_us, TimeUs now_us) {
  const TimeUs room_us = now_us + rate.reach_us() - busy_until_us;
  return {.remaining = std::max<std::int64_t>(room_us, 0) / rate.interval_us(),
          .retry_after_us = std::max<TimeUs>(rate.interval_us() - room_us, 0),
          .reset_after_us = busy_until_us - now_us};
}

}  // namespace kameng::limit
