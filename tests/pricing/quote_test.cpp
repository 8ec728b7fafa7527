// quote_test.cpp - prices and shares, by tables and by properties.
#include "pricing/quote.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/limits.hpp"
#include "base/random.hpp"

namespace kameng::pricing {
namespace {

constexpr std::int64_t yuan = 1'000'000;
constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

Currency currency(std::string_view code) {
  const auto parsed = Currency::parse(code);
  REQUIRE(parsed.has_value());
  return *parsed;
}

QuoteLineInput line(std::int64_t unit_price_micros, std::int64_t quantity,
                    std::string_view code = "CNY") {
  QuoteLineInput input;
  input.unit_price_micros = unit_price_micros;
  input.quantity = quantity;
  input.currency = currency(code);
  return input;
}

std::int64_t draw(Random& random, std::int64_t below) {
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : random.draw<8>()) {
    bits = bits << 8U | byte;
  }
  return static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(below));
}

// The same product without taking it apart: long multiplication of amount by bp in 32-bit halves,
// then long division.
std::int64_t commission_by_long_division(std::int64_t amount, std::int32_t bp) {
  const auto a = static_cast<std::uint64_t>(amount);
  const auto b = static_cast<std::uint64_t>(bp);
  const std::uint64_t low = (a & 0xFFFFFFFFU) * b + 5'000U;
  const std::uint64_t high = (a >> 32U) * b + (low >> 32U);
  const std::uint64_t quotient_high = high / 10'000U;
  const std::uint64_t remainder = high % 10'000U;
  const std::uint64_t quotient_low = (remainder << 32U | (low & 0xFFFFFFFFU)) / 10'000U;
  return static_cast<std::int64_t>((quotient_high << 32U) + quotient_low);
}

}  // namespace

TEST_SUITE("pricing") {
  // Goal: each line is rounded half up once, and the total is the sum of what the lines show.
  // Method: a table of lines around the half cent, in currencies of 2 and 0 digits.
  TEST_CASE("a quote rounds each line half up once and adds the lines up") {
    struct Row {
      std::vector<QuoteLineInput> lines;
      std::vector<std::int64_t> amounts;
      std::int64_t total;
    };
    const std::vector<Row> rows{
        {{line(100 * yuan, 1)}, {10'000}, 10'000},
        {{line(85 * yuan, 3), line(1 * yuan, 1)}, {25'500, 100}, 25'600},
        {{line(4'999, 1), line(5'000, 1)}, {0, 1}, 1},  // 0.4999 fen, 0.5 fen
        {{line(5'000, 3)}, {2}, 2},                     // 1.5 fen, not three times 1
        {{line(3'300, 3), line(3'300, 3)}, {1, 1}, 2},  // 0.99 fen twice
        {{line(1'499'999, 1, "JPY"), line(1'500'000, 1, "JPY")}, {1, 2}, 3},
    };
    for (const Row& row : rows) {
      const auto result = quote(row.lines);
      REQUIRE(result.ok());
      REQUIRE(result->lines.size() == row.amounts.size());
      for (std::size_t i = 0; i < row.amounts.size(); ++i) {
        CHECK(result->lines[i].amount == row.amounts[i]);
        CHECK(result->lines[i].quantity == row.lines[i].quantity);
        CHECK(result->lines[i].unit_price_micros == row.lines[i].unit_price_micros);
      }
      CHECK(result->total.amount == row.total);
      CHECK(result->total.currency == row.lines.front().currency);
    }
  }

  // Goal: each refusal has its own reason, and names the line.
  // Method: one table row per way of being refused.
  TEST_CASE("a quote that cannot be paid is refused with its reason") {
    struct Row {
      std::vector<QuoteLineInput> lines;
      std::string reason;
      std::string field;
    };
    const std::vector<Row> rows{
        {{}, "quote.zero", ""},
        {{line(0, 5)}, "quote.zero", ""},
        {{line(4'999, 1)}, "quote.zero", ""},
        {{line(yuan, 1), line(yuan, 1, "USD")}, "quote.mixed_currency", "lines[1]"},
        {{line(int64_max, int64_max)}, "quote.too_large", "lines[0]"},
        {{line(yuan, 1), line(-yuan, 1)}, "quote.too_large", "lines[1]"},
        {{line(yuan, -1)}, "quote.too_large", "lines[0]"},
        {{line(yuan, limits::integer_max / 100), line(yuan, 1)}, "quote.too_large", "lines[1]"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.reason);
      const auto result = quote(row.lines);
      REQUIRE_FALSE(result.ok());
      CHECK(result.error().status == Status::failed_precondition);
      CHECK(result.error().reason == row.reason);
      CHECK(result.error().field == row.field);
    }
  }

  // Goal: a discount comes off each line's rounded list price, rounded half up on its own, and the
  //       total is what is left.
  TEST_CASE("a quote with a discount") {
    const struct {
      std::int64_t micros, quantity, bp, amount, discount;
    } rows[] = {{100 * yuan, 1, 500, 9'500, 500}, {yuan, 1, 50, 99, 1}, {yuan, 1, 49, 100, 0},
                {3'330'000, 3, 500, 949, 50},     {yuan, 1, 0, 100, 0}, {yuan, 1, -5, 100, 0},
                {10'000, 1, 4'999, 1, 0}};
    for (const auto& row : rows) {
      const std::vector<QuoteLineInput> lines{line(row.micros, row.quantity)};
      const auto result = quote(lines, row.bp);
      REQUIRE(result.ok());
      CHECK(result->lines[0].amount == row.amount);
      CHECK(result->lines[0].discount == row.discount);
      CHECK(result->total.amount == row.amount);
    }
    const std::vector<QuoteLineInput> penny{line(10'000, 1)};
    CHECK(quote(penny, 5'000).error().reason == "quote.zero");
  }

  // Goal: the total is exactly the sum of the lines, whatever the prices.
  // Method: 2,000 random quotes from a fixed seed; the sum is made again outside.
  TEST_CASE("the total of a quote is the sum of its lines") {
    SeededRandom random(20'261'123);
    for (int run = 0; run < 2'000; ++run) {
      std::vector<QuoteLineInput> lines;
      const std::int64_t count = 1 + draw(random, 20);
      for (std::int64_t i = 0; i < count; ++i) {
        lines.push_back(line(5'000 + draw(random, 1'000'000'000), 1 + draw(random, 500)));
      }
      const auto result = quote(lines);
      REQUIRE(result.ok());
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::int64_t micros = lines[i].unit_price_micros * lines[i].quantity;
        const std::int64_t distance = result->lines[i].amount * 10'000 - micros;
        REQUIRE(distance > -5'000);  // half up: a half goes up, never down
        REQUIRE(distance <= 5'000);
        sum += result->lines[i].amount;
      }
      REQUIRE(result->total.amount == sum);
    }
  }

  // Goal: the commission is rounded half up and the supplier takes the rest.
  // Method: a table with known cents, the domain's running example (96.00 at 10 %) among them.
  TEST_CASE("a share is split with the commission rounded half up") {
    struct Row {
      std::int64_t amount;
      std::int32_t bp;
      Shares shares;
    };
    const std::array<Row, 10> rows{{
        {9'600, 1'000, {8'640, 960}},
        {0, 1'000, {0, 0}},
        {1, 5'000, {0, 1}},  // half a cent goes to the commission
        {1, 4'999, {1, 0}},
        {3, 5'000, {1, 2}},
        {99, 1'000, {89, 10}},
        {94, 1'000, {85, 9}},
        {12'345, 0, {12'345, 0}},
        {12'345, 10'000, {0, 12'345}},
        {int64_max, 10'000, {0, int64_max}},
    }};
    for (const Row& row : rows) {
      CAPTURE(row.amount);
      CAPTURE(row.bp);
      CHECK(split_share(row.amount, row.bp) == row.shares);
    }
  }

  // Goal: no cent is made or lost, and no product overflows, for any amount and rate.
  // Method: 20,000 random pairs up to the largest amount against a long division done another way.
  TEST_CASE("the two shares always add up to the amount") {
    SeededRandom random(7);
    for (int run = 0; run < 20'000; ++run) {
      const std::int64_t bound = std::int64_t{1} << (1 + draw(random, 62));
      const std::int64_t amount = draw(random, bound);
      const auto bp = static_cast<std::int32_t>(draw(random, 10'001));
      const Shares shares = split_share(amount, bp);
      REQUIRE(shares.supplier >= 0);
      REQUIRE(shares.commission >= 0);
      REQUIRE(shares.supplier + shares.commission == amount);
      REQUIRE(shares.commission == commission_by_long_division(amount, bp));
    }
  }
}

}  // namespace kameng::pricing
