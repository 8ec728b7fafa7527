// clock.hpp - business time comes through a Clock, deadlines from the monotonic clock. The two
// never mix: business time is stored and can be set by hand, monotonic time is neither.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kameng {

using TimeMs = std::int64_t;  // milliseconds since 1970-01-01 UTC

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimeMs now_ms() = 0;  // any thread
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimeMs now_ms() override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimeMs start_ms) : now_ms_(start_ms) {}
  [[nodiscard]] TimeMs now_ms() override { return now_ms_.load(); }
  void advance(std::int64_t by_ms) { now_ms_ += by_ms; }

 private:
  std::atomic<TimeMs> now_ms_;
};

// A point on the monotonic clock until which a call may take.
class Deadline {
 public:
  using Monotonic = std::chrono::steady_clock;

  [[nodiscard]] static Deadline after_ms(std::int64_t ms);
  [[nodiscard]] bool over() const { return Monotonic::now() >= at_; }
  [[nodiscard]] std::int64_t left_ms() const;  // 0 when over
  [[nodiscard]] Monotonic::time_point at() const { return at_; }

 private:
  explicit Deadline(Monotonic::time_point at) : at_(at) {}
  Monotonic::time_point at_;
};

}  // namespace kameng
