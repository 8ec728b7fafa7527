// schedule.cpp - the tables of delays.
#include "queue/schedule.hpp"

#include <algorithm>

namespace kameng::queue {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;

struct Step {
  int times;
  std::int64_t delay_ms;
};
constexpr Step question_steps[] = {{1, 5 * second}, {1, 15 * second}, {1, 60 * second},
                                   {5, 5 * minute}, {4, 30 * minute}, {4, 6 * hour},
                                   {5, 24 * hour}};

// Far beyond the attempts of any job, and its fourth power in milliseconds fits.
constexpr int attempt_max = 100;

}  // namespace

std::optional<std::int64_t> question_delay_ms(int attempt) noexcept {
  int left = std::max(attempt, 1);
  for (const Step& step : question_steps) {
    if (left <= step.times) {
      return step.delay_ms;
    }
    left -= step.times;
  }
  return std::nullopt;
}

std::int64_t job_delay_ms(int attempt, Random& random) {
  const std::int64_t n = std::clamp(attempt, 1, attempt_max);
  const std::int64_t base_ms = n * n * n * n * second;
  const auto bytes = random.draw<2>();
  const std::int64_t draw = bytes[0] * 256 + bytes[1];  // 0 to 65535
  const std::int64_t tenth = base_ms / 10;
  return base_ms - tenth + 2 * tenth * draw / 65535;
}

}  // namespace kameng::queue
