// quote.cpp - the arithmetic of quote.hpp.
#include "pricing/quote.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/limits.hpp"

namespace kameng::pricing {
namespace {

[[nodiscard]] Error refusal(std::string reason, std::string message) {
  return {Status::failed_precondition, std::move(reason), std::move(message)};
}

[[nodiscard]] std::string line_path(std::size_t index) {
  return "lines[" + std::to_string(index) + "]";
}

// Basis points of an amount, rounded half up. Taken apart by ten thousands, so that no product
// leaves 64 bits: the whole part is exact, only the rest is rounded.
[[nodiscard]] std::int64_t part_of(std::int64_t amount, std::int64_t basis_points) noexcept {
  const std::int64_t bp = std::clamp<std::int64_t>(basis_points, 0, basis_points_whole);
  const std::int64_t whole = amount / basis_points_whole;
  const std::int64_t rest = amount % basis_points_whole;
  return whole * bp + (rest * bp + basis_points_whole / 2) / basis_points_whole;
}

}  // namespace

Result<Quote> quote(std::span<const QuoteLineInput> lines, std::int64_t discount_bp) {
  if (lines.empty()) {
    return refusal("quote.zero", "There is nothing to pay for.");
  }
  Quote quote;
  quote.total = {0, lines.front().currency};
  quote.lines.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const QuoteLineInput& line = lines[i];
    if (line.currency != quote.total.currency) {
      return refusal("quote.mixed_currency", "All lines have to be in one currency.")
          .at(line_path(i));
    }
    const bool negative = line.unit_price_micros < 0 || line.quantity < 0;
    const std::optional<std::int64_t> list_price =
        negative ? std::nullopt : line_amount(line.unit_price_micros, line.quantity, line.currency);
    const std::int64_t discount = part_of(list_price.value_or(0), discount_bp);
    const std::optional<std::int64_t> total =
        list_price ? checked_add(quote.total.amount, *list_price - discount) : std::nullopt;
    // What an answer cannot print is not asked for either.
    if (!total || *total > limits::integer_max) {
      return refusal("quote.too_large", "The amount is out of range.").at(line_path(i));
    }
    quote.lines.push_back(
        {line.sku_id, line.unit_price_micros, line.quantity, *list_price - discount, discount});
    quote.total.amount = *total;
  }
  if (quote.total.amount == 0) {
    return refusal("quote.zero", "There is nothing to pay.");
  }
  return quote;
}

Shares split_share(std::int64_t amount, std::int32_t commission_bp) noexcept {
  const std::int64_t commission = part_of(amount, commission_bp);
  return {amount - commission, commission};
}

}  // namespace kameng::pricing
