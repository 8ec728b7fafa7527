#include "queue/schedule.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace kameng::queue {
namespace {

// Gives the same byte again and again.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::uint8_t> bytes) override {
    std::fill(bytes.begin(), bytes.end(), byte_);
  }

 private:
  std::uint8_t byte_;
};

TEST_SUITE("queue") {
  // Goal: a provider is asked as often as the payment rules say, and then no more.
  // Method: the whole table, written out.
  TEST_CASE("questions to a provider follow their table and end") {
    const std::vector<std::int64_t> seconds = {5,     15,    60,    300,   300,   300,   300,
                                               300,   1800,  1800,  1800,  1800,  21600, 21600,
                                               21600, 21600, 86400, 86400, 86400, 86400, 86400};
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      CAPTURE(i);
      CHECK(question_delay_ms(static_cast<int>(i) + 1) == seconds[i] * 1000);
    }
    CHECK_FALSE(question_delay_ms(22).has_value());
    CHECK_FALSE(question_delay_ms(1000000).has_value());
    CHECK(question_delay_ms(0) == 5000);
    CHECK(question_delay_ms(-3) == 5000);
  }

  // Goal: a failing job backs off by the fourth power of its attempts, within a tenth.
  // Method: the least and the greatest draw, and a thousand seeded ones.
  TEST_CASE("jobs back off by the fourth power with a tenth of jitter") {
    FixedRandom least(0);
    FixedRandom greatest(255);
    CHECK(job_delay_ms(1, least) == 900);
    CHECK(job_delay_ms(1, greatest) == 1100);
    CHECK(job_delay_ms(2, least) == 14400);
    CHECK(job_delay_ms(2, greatest) == 17600);
    CHECK(job_delay_ms(25, least) == 351562500);
    CHECK(job_delay_ms(25, greatest) == 429687500);
    CHECK(job_delay_ms(0, least) == 900);
    CHECK(job_delay_ms(2147483647, greatest) == job_delay_ms(100, greatest));

    SeededRandom random(5);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t delay = job_delay_ms(3, random);
      CHECK(delay >= 72900);
      CHECK(delay <= 89100);
      seen.insert(delay);
    }
    CHECK(seen.size() > 500);
  }

  // Goal: 25 attempts take about three weeks.
  // Method: the sum of the 24 waits between them, without jitter's extremes.
  TEST_CASE("a job's attempts spread over about three weeks") {
    FixedRandom middle(128);
    std::int64_t sum = 0;
    for (int attempt = 1; attempt < 25; ++attempt) {
      sum += job_delay_ms(attempt, middle);
    }
    const std::int64_t day = 24 * 3600 * 1000LL;
    CHECK(sum > 18 * day);
    CHECK(sum < 24 * day);
  }
}

}  // namespace
}  // namespace kameng::queue
