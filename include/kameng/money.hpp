// money.hpp - amounts as integers. No floating point touches money anywhere.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kameng {

// An ISO 4217 code the engine knows the minor unit of.
class Currency {
 public:
  Currency() = default;
  // Nothing for a code that is not in the table ("CNY", "USD", "JPY", ...).
  [[nodiscard]] static std::optional<Currency> parse(std::string_view code) noexcept;
  [[nodiscard]] std::string_view code() const noexcept { return {code_.data(), code_.size()}; }
  // Digits after the point: 2 for CNY, 0 for JPY.
  [[nodiscard]] int digits() const noexcept;
  auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> code_{'C', 'N', 'Y'};
};

// `amount` in minor units (fen for CNY).
struct Money {
  std::int64_t amount = 0;
  Currency currency{};
  auto operator<=>(const Money&) const = default;
};

// Nothing when the result does not fit 64 bits.
[[nodiscard]] std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept;
[[nodiscard]] std::optional<std::int64_t> checked_mul(std::int64_t a, std::int64_t b) noexcept;

// quantity x unit price, rounded half up once, in minor units. `unit_price_micros` is in 10^-6 of
// the currency's unit (1 yuan = 1,000,000). Nothing when it does not fit; negative prices do not
// exist here.
[[nodiscard]] std::optional<std::int64_t> line_amount(std::int64_t unit_price_micros,
                                                      std::int64_t quantity,
                                                      Currency currency) noexcept;

// "85.00 CNY", for people.
[[nodiscard]] std::string print_money(const Money& money);

}  // namespace kameng
