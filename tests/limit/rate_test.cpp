// rate_test.cpp - the arithmetic of a bucket, by itself.
#include "limit/rate.hpp"

#include <deque>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace kameng::limit {
namespace {

constexpr TimeUs second_us = 1'000'000;
constexpr TimeUs start_us = 1'790'000'000 * second_us;

// One bucket, asked at times of the test's choosing.
struct OneBucket {
  Rate rate;
  TimeUs until_us = 0;
  Standing last = {};

  bool call(TimeUs now_us) {
    TimeUs busy_us = settle(rate, until_us, now_us);
    last = standing(rate, busy_us, now_us);
    const bool passes = last.remaining > 0;
    busy_us += passes ? rate.interval_us() : 0;
    until_us = busy_us;
    last = standing(rate, busy_us, now_us);
    return passes;
  }
};

struct Call {
  std::int64_t at_ms;
  bool passes;
  std::int64_t remaining;
  std::int64_t retry_after_ms;
};

TEST_SUITE("limit") {
  // Goal: which calls pass, to the millisecond, what remains, and when a refused one may come
  // again.
  // Method: rates with the times of calls and what is expected of each.
  TEST_CASE("calls pass and are refused to the millisecond") {
    struct Case {
      const char* name;
      Rate rate;
      std::vector<Call> calls;
    };
    const Case cases[] = {
        {"one at a time",
         {.per_minute = 60, .burst = 1},
         {{0, true, 0, 1000},
          {0, false, 0, 1000},
          {999, false, 0, 1},
          {1000, true, 0, 1000},
          {1001, false, 0, 999},
          {9000, true, 0, 1000},
          {9001, false, 0, 999}}},
        {"a burst of three, then one a second",
         {.per_minute = 60, .burst = 3},
         {{0, true, 2, 0},
          {0, true, 1, 0},
          {0, true, 0, 1000},
          {0, false, 0, 1000},
          {500, false, 0, 500},
          {1000, true, 0, 1000},
          {2500, true, 0, 500},
          {3000, true, 0, 1000},
          {3999, false, 0, 1},
          {60'000, true, 2, 0}}},
        {"the default of an address",
         {.per_minute = 100, .burst = 20},
         {{0, true, 19, 0}, {600, true, 19, 0}, {601, true, 18, 0}, {1'200, true, 18, 0}}},
        {"a clock that goes back a little finds the bucket busier",
         {.per_minute = 60, .burst = 2},
         {{10'000, true, 1, 0},
          {10'000, true, 0, 1000},
          {9'000, false, 0, 2000},
          {10'999, false, 0, 1},
          {11'000, true, 0, 1000}}},
        {"a clock that goes back far finds it full, and no more than that",
         {.per_minute = 60, .burst = 2},
         {{10'000'000, true, 1, 0},
          {0, false, 0, 1000},
          {999, false, 0, 1},
          {1'000, true, 0, 1000},
          {2'000, true, 0, 1000},
          {4'000, true, 1, 0}}},
        {"a clock that goes back by the skew alone is believed",
         {.per_minute = 60, .burst = 2},
         {{60'000, true, 1, 0}, {0, false, 0, 60'000}, {59'999, false, 0, 1}}},
        {"seven a minute do not divide a minute",
         {.per_minute = 7, .burst = 1},
         {{0, true, 0, 8572}, {8571, false, 0, 1}, {8572, true, 0, 8572}}},
    };
    for (const Case& each : cases) {
      CAPTURE(std::string(each.name));
      OneBucket bucket{each.rate};
      for (const Call& call : each.calls) {
        CAPTURE(call.at_ms);
        CHECK(bucket.call(start_us + call.at_ms * 1000) == call.passes);
        CHECK(bucket.last.remaining == call.remaining);
        CHECK((bucket.last.retry_after_us + 999) / 1000 == call.retry_after_ms);
      }
    }
  }

  // Goal: however calls come, in no 60 seconds more than per_minute + burst pass; whoever keeps
  // asking gets at least 95 % of per_minute. (With a burst of 1 only who asks at the very moment
  // does: while the bucket stands idle, time is lost.)
  // Method: random rates; crowds, pauses and steady calls at random; a window slides over those
  // that passed.
  TEST_CASE("no minute has more than the rate and a burst, nor less than the rate") {
    SeededRandom random(42);
    const auto below = [&](std::int64_t n) {
      const auto bytes = random.draw<4>();
      return (bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (bytes[3] & 0x7f) << 24) % n;
    };
    for (int round = 0; round < 200; ++round) {
      OneBucket bucket{{.per_minute = 1 + below(300), .burst = 1 + below(40)}};
      CAPTURE(bucket.rate.per_minute);
      CAPTURE(bucket.rate.burst);
      std::deque<TimeUs> window;
      TimeUs now_us = start_us;
      for (int i = 0; i < 3000; ++i) {
        const std::int64_t way = below(10);
        now_us += way < 6 ? 0 : way < 9 ? below(2'000'000) : below(20'000'000);
        if (!bucket.call(now_us)) {
          continue;
        }
        window.push_back(now_us);
        while (window.front() < now_us - minute_us) {
          window.pop_front();
        }
        REQUIRE(std::ssize(window) <= bucket.rate.per_minute + bucket.rate.burst);
      }
    }
    OneBucket greedy{{.per_minute = 100, .burst = 20}};
    std::int64_t passed_in_a_minute = 0;
    for (TimeUs at_us = 0; at_us <= minute_us; at_us += 1000) {
      for (int i = 0; i < 20; ++i) {
        passed_in_a_minute += greedy.call(start_us + at_us) ? 1 : 0;
      }
    }
    CHECK(passed_in_a_minute == 120);  // the bound is reached

    for (int round = 0; round < 50; ++round) {
      OneBucket bucket{{.per_minute = 1 + below(2000), .burst = 2 + below(40)}};
      CAPTURE(bucket.rate.per_minute);
      std::int64_t passed = 0;
      for (TimeUs at_us = 0; at_us < 10 * minute_us; at_us += 5000) {
        passed += bucket.call(start_us + at_us) ? 1 : 0;
      }
      CHECK(passed * 100 >= 10 * bucket.rate.per_minute * 95);
    }
  }
}

}  // namespace
}  // namespace kameng::limit
