// money.cpp - the currency table and the arithmetic that may round. Rounding happens in
// line_amount() and nowhere else.
#include <algorithm>
#include <limits>

#include <kameng/money.hpp>

namespace kameng {
namespace {

struct CurrencyRow {
  std::string_view code;
  int digits;
};

// ISO 4217, list one, ordered by code. The digits are the standard's minor units.
constexpr CurrencyRow currencies[] = {
    {"AED", 2}, {"ARS", 2}, {"AUD", 2}, {"BDT", 2}, {"BGN", 2}, {"BHD", 3}, {"BND", 2}, {"BRL", 2},
    {"CAD", 2}, {"CHF", 2}, {"CLP", 0}, {"CNY", 2}, {"COP", 2}, {"CZK", 2}, {"DKK", 2}, {"EGP", 2},
    {"EUR", 2}, {"GBP", 2}, {"HKD", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2}, {"INR", 2}, {"JOD", 3},
    {"JPY", 0}, {"KES", 2}, {"KHR", 2}, {"KRW", 0}, {"KWD", 3}, {"KZT", 2}, {"LAK", 2}, {"LKR", 2},
    {"MAD", 2}, {"MMK", 2}, {"MNT", 2}, {"MOP", 2}, {"MXN", 2}, {"MYR", 2}, {"NGN", 2}, {"NOK", 2},
    {"NPR", 2}, {"NZD", 2}, {"OMR", 3}, {"PEN", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2}, {"QAR", 2},
    {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"SAR", 2}, {"SEK", 2}, {"SGD", 2}, {"THB", 2}, {"TND", 3},
    {"TRY", 2}, {"TWD", 2}, {"UAH", 2}, {"USD", 2}, {"UYU", 2}, {"UZS", 2}, {"VND", 0}, {"ZAR", 2},
};

const CurrencyRow* find_currency(std::string_view code) noexcept {
  const CurrencyRow* row =
      std::lower_bound(std::begin(currencies), std::end(currencies), code,
                       [](const CurrencyRow& a, std::string_view b) { return a.code < b; });
  return row != std::end(currencies) && row->code == code ? row : nullptr;
}

constexpr std::int64_t micros_digits = 6;

constexpr std::int64_t power_of_ten(std::int64_t exponent) noexcept {
  std::int64_t power = 1;
  for (; exponent > 0; --exponent) {
    power *= 10;
  }
  return power;
}

__extension__ using Wide = __int128;

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) noexcept {
  if (find_currency(code) == nullptr) {
    return std::nullopt;
  }
  Currency currency;
  std::copy(code.begin(), code.end(), currency.code_.begin());
  return currency;
}

int Currency::digits() const noexcept {
  // Only parse() makes a Currency, so the row is there.
  const CurrencyRow* row = find_currency(code());
  return row == nullptr ? 2 : row->digits;
}

std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::nullopt : std::optional<std::int64_t>(sum);
}

std::optional<std::int64_t> checked_mul(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::nullopt
                                                : std::optional<std::int64_t>(product);
}

std::optional<std::int64_t> line_amount(std::int64_t unit_price_micros, std::int64_t quantity,
                                        Currency currency) noexcept {
  if (unit_price_micros < 0 || quantity < 0) {
    return std::nullopt;
  }
  // A product of two 63-bit numbers leaves room in 128 bits for the half that rounds up.
  const Wide micros_per_minor = power_of_ten(micros_digits - currency.digits());
  const Wide product = Wide{unit_price_micros} * Wide{quantity};
  const Wide amount = (product + micros_per_minor / 2) / micros_per_minor;
  if (amount > Wide{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(amount);
}

std::string print_money(const Money& money) {
  const bool negative = money.amount < 0;
  // Negated as unsigned, because the smallest int64 has no positive twin.
  const auto raw = static_cast<std::uint64_t>(money.amount);
  std::string digits = std::to_string(negative ? 0U - raw : raw);
  const auto after_point = static_cast<std::size_t>(money.currency.digits());
  if (after_point > 0) {
    if (digits.size() <= after_point) {
      digits.insert(0, after_point + 1 - digits.size(), '0');
    }
    digits.insert(digits.size() - after_point, 1, '.');
  }
  return (negative ? "-" : "") + digits + " " + std::string(money.currency.code());
}

}  // namespace kameng
