// quote.hpp - what a list of lines costs, and who gets which part of a line. Pure: integers in,
// integers out.
//
// Not here: which SKUs are for sale (catalog), what an order does with its price (order), how
// shares are booked (ledger).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>
#include <kameng/result.hpp>

namespace kameng::pricing {

inline constexpr std::int32_t basis_points_whole = 10'000;

struct QuoteLineInput {
  SkuId sku_id;
  std::int64_t unit_price_micros = 0;
  std::int64_t quantity = 0;
  Currency currency{};
};

struct QuoteLine {
  SkuId sku_id;
  std::int64_t unit_price_micros = 0;
  std::int64_t quantity = 0;
  std::int64_t amount = 0;    // to pay, in minor units
  std::int64_t discount = 0;  // what that is below the list price, which is rounded half up once
};

struct Quote {
  std::vector<QuoteLine> lines;  // in the order of the input
  Money total;                   // exactly the sum of the lines
};

// Prices each line on its own and adds the lines up, so that the total never differs from what the
// lines say.
//
// Reasons, all FAILED_PRECONDITION: `quote.mixed_currency` (lines of two currencies),
// `quote.too_large` (an amount does not fit 64 bits, or a price or quantity is negative),
// `quote.zero` (nothing to pay; an empty list too).
//
// `discount_bp`, 0 to 10,000, comes off each line's list price, rounded half up on its own.
[[nodiscard]] Result<Quote> quote(std::span<const QuoteLineInput> lines,
                                  std::int64_t discount_bp = 0);

struct Shares {
  std::int64_t supplier = 0;
  std::int64_t commission = 0;
  bool operator==(const Shares&) const = default;
};

// Splits what a line earned between its supplier and the platform. The commission is rounded half
// up, the supplier takes the rest: the two add up to `amount` exactly. `amount` is not negative,
// `commission_bp` is 0 to 10,000.
[[nodiscard]] Shares split_share(std::int64_t amount, std::int32_t commission_bp) noexcept;

}  // namespace kameng::pricing
