// money_test.cpp - integers only, rounded half up once.
#include <limits>

#include <doctest/doctest.h>

#include <kameng/money.hpp>

namespace kameng {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

}  // namespace

TEST_SUITE("base") {
  // Goal: a currency is known by its ISO code and has that standard's minor unit.
  // Method: currencies with 2, 0 and 3 digits, the first and last of the table, and texts that are
  // none.
  TEST_CASE("currencies are read from the table") {
    struct Case {
      const char* code;
      int digits;
    };
    for (const Case& each : {Case{"CNY", 2}, Case{"USD", 2}, Case{"HKD", 2}, Case{"MOP", 2},
                             Case{"TWD", 2}, Case{"JPY", 0}, Case{"KRW", 0}, Case{"VND", 0},
                             Case{"KWD", 3}, Case{"AED", 2}, Case{"ZAR", 2}}) {
      CAPTURE(each.code);
      const auto currency = Currency::parse(each.code);
      REQUIRE(currency.has_value());
      CHECK(currency->code() == each.code);
      CHECK(currency->digits() == each.digits);
    }
    for (const char* wrong : {"", "C", "cny", "CNYX", "XXX", "RMB", "ZZZ", "AAA"}) {
      CHECK_FALSE(Currency::parse(wrong).has_value());
    }
    CHECK(Currency{}.code() == "CNY");
  }

  // Goal: a line is rounded half up, once, on the product.
  // Method: prices just below, at and above half a minor unit, and three halves that must not be
  // rounded each.
  TEST_CASE("a line amount is rounded half up once") {
    const Currency cny = *Currency::parse("CNY");
    CHECK(line_amount(85'000'000, 1, cny) == 8500);
    CHECK(line_amount(4'999, 1, cny) == 0);
    CHECK(line_amount(5'000, 1, cny) == 1);
    CHECK(line_amount(14'999, 1, cny) == 1);
    CHECK(line_amount(5'000, 3, cny) == 2);
    CHECK(line_amount(3'333, 3, cny) == 1);
    CHECK(line_amount(0, 10, cny) == 0);
    CHECK(line_amount(499'999, 1, *Currency::parse("JPY")) == 0);
    CHECK(line_amount(500'000, 1, *Currency::parse("JPY")) == 1);
    CHECK(line_amount(1'500, 1, *Currency::parse("KWD")) == 2);
  }

  // Goal: what does not fit, or is negative, is nothing rather than a wrong amount.
  // Method: the largest product that fits, the next one, and negative arguments.
  TEST_CASE("a line amount that does not fit is nothing") {
    const Currency cny = *Currency::parse("CNY");
    CHECK(line_amount(10'000, largest, cny) == largest);
    CHECK_FALSE(line_amount(10'001, largest, cny).has_value());
    CHECK_FALSE(line_amount(largest, largest, cny).has_value());
    CHECK_FALSE(line_amount(-1, 1, cny).has_value());
    CHECK_FALSE(line_amount(1, -1, cny).has_value());
  }

  // Goal: sums and products never wrap.
  // Method: both sides of each limit.
  TEST_CASE("checked arithmetic refuses to wrap") {
    CHECK(checked_add(largest - 1, 1) == largest);
    CHECK_FALSE(checked_add(largest, 1).has_value());
    CHECK_FALSE(checked_add(smallest, -1).has_value());
    CHECK(checked_mul(largest, -1) == -largest);
    CHECK_FALSE(checked_mul(smallest, -1).has_value());
    CHECK_FALSE(checked_mul(std::int64_t{1} << 32, std::int64_t{1} << 31).has_value());
  }

  // Goal: people read amounts with the currency's own digits.
  // Method: less than one unit, negative, no digits, and the smallest number there is.
  TEST_CASE("money prints for people") {
    const Currency cny = *Currency::parse("CNY");
    CHECK(print_money({8500, cny}) == "85.00 CNY");
    CHECK(print_money({5, cny}) == "0.05 CNY");
    CHECK(print_money({0, cny}) == "0.00 CNY");
    CHECK(print_money({-105, cny}) == "-1.05 CNY");
    CHECK(print_money({1200, *Currency::parse("JPY")}) == "1200 JPY");
    CHECK(print_money({smallest, cny}) == "-92233720368547758.08 CNY");
  }
}

}  // namespace kameng
