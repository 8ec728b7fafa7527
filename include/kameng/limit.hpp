// limit.hpp - what a caller's rate limits still allow, for hosts that tell their callers.
#pragma once

#include <cstdint>
#include <string>

namespace kameng {

// The one of the limits that applied to a call which has least left. All 0 and empty when none
// applied.
struct Allowance {
  std::string limit;                // "ip", "account" or "operation"
  std::int64_t per_minute = 0;      // the rate, and
  std::int64_t burst = 0;           // how many may come at once
  std::int64_t remaining = 0;       // calls that would pass now
  std::int64_t reset_ms = 0;        // until all of the burst is there again
  std::int64_t retry_after_ms = 0;  // of a call that was refused: when the next one passes
};

}  // namespace kameng
