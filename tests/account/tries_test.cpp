// tries_test.cpp - how often somebody may be wrong.
#include "account/tries.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace kameng::account {
namespace {

constexpr TimeMs start_ms = 1'790'000'000'000;
constexpr TimeMs minute_ms = 60'000;

// After wrong ones at these minutes; those that would not have been heard are left out.
Tries after(const std::vector<int>& minutes) {
  Tries tries;
  for (const int minute : minutes) {
    const TimeMs now_ms = start_ms + minute * minute_ms;
    if (!tries.is_locked(now_ms)) {
      tries = tries.after_wrong(now_ms);
    }
  }
  return tries;
}

}  // namespace

TEST_SUITE("account") {
  // Goal: five wrong ones within a quarter of an hour lock for a quarter of an hour from the fifth;
  //       fewer, or slower ones, never.
  // Method: rows of when somebody was wrong, and until when that locks (0: not at all).
  TEST_CASE("five wrong tries lock for a quarter of an hour") {
    struct Row {
      std::vector<int> wrong_at;
      int locked_until;
    };
    const std::vector<Row> rows{
        {{}, 0},
        {{0, 0, 0, 0}, 0},
        {{0, 0, 0, 0, 0}, 15},
        {{0, 14, 14, 14, 14}, 29},
        {{0, 15, 15, 15, 15}, 0},
        {{0, 15, 15, 15, 15, 15}, 30},
        {{0, 15, 30, 45, 60, 75, 90}, 0},
        {{0, 0, 0, 0, 0, 14}, 15},  // nobody is heard while it is locked
        {{0, 0, 0, 0, 0, 15}, 0},
        {{0, 0, 0, 0, 0, 15, 15, 15, 15, 20}, 35},
    };
    for (const Row& row : rows) {
      const std::size_t number = static_cast<std::size_t>(&row - rows.data());
      CAPTURE(number);
      const Tries tries = after(row.wrong_at);
      const TimeMs last_ms =
          start_ms + (row.wrong_at.empty() ? 0 : row.wrong_at.back()) * minute_ms;
      CHECK(tries.is_locked(last_ms) == (row.locked_until > 0));
      if (row.locked_until > 0) {
        const TimeMs end_ms = start_ms + row.locked_until * minute_ms;
        CHECK(tries.is_locked(end_ms - 1));
        CHECK(tries.retry_after_ms(end_ms - 1) == 1);
        CHECK_FALSE(tries.is_locked(end_ms));
      }
    }
  }
}

}  // namespace kameng::account
