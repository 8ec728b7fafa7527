// clock_test.cpp - business time and deadlines.
#include "base/clock.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace kameng {

TEST_SUITE("base") {
  // Goal: a manual clock moves only when told.
  // Method: read, advance, read.
  TEST_CASE("a manual clock moves by hand") {
    ManualClock clock(1000);
    CHECK(clock.now_ms() == 1000);
    CHECK(clock.now_ms() == 1000);
    clock.advance(500);
    CHECK(clock.now_ms() == 1500);
  }

  // Goal: the system clock counts milliseconds since 1970.
  // Method: it lies between two dates far apart: 2024 and 2100.
  TEST_CASE("the system clock counts milliseconds") {
    SystemClock clock;
    CHECK(clock.now_ms() > 1'704'067'200'000);
    CHECK(clock.now_ms() < 4'102'444'800'000);
  }

  // Goal: a deadline is over when its time has passed, and odd lengths do no harm.
  // Method: none, negative, a minute, and the largest number there is.
  TEST_CASE("a deadline passes") {
    CHECK(Deadline::after_ms(0).over());
    CHECK(Deadline::after_ms(0).left_ms() == 0);
    CHECK(Deadline::after_ms(-5).over());
    const Deadline minute = Deadline::after_ms(60'000);
    CHECK_FALSE(minute.over());
    CHECK(minute.left_ms() > 50'000);
    CHECK(minute.left_ms() <= 60'000);
    const Deadline far = Deadline::after_ms(std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(far.over());
    CHECK(far.left_ms() > 60'000);
  }
}

}  // namespace kameng
