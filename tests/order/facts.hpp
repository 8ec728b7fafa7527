// facts.hpp - hand-made orders, payments and codes for tests of pure decisions, and sums over what
// a decision books.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "order/effects.hpp"

namespace kameng::order::facts {

inline constexpr TimeMs now_ms = 1'790'000'000'000;
inline constexpr TimeMs expires_ms = now_ms + 600'000;

template <class IdType>
[[nodiscard]] IdType id(int number) {
  IdType made;
  made.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  made.bytes[15] = static_cast<std::uint8_t>(number);
  return made;
}

inline const OrderId order_id = id<OrderId>(1);
inline const AccountId customer = id<AccountId>(7);
inline const SkuId sku = id<SkuId>(9);

struct Ids : IdPool {
  Ids() : Ids(SeededRandom(1)) {}

 private:
  explicit Ids(SeededRandom&& random) : IdPool(now_ms, random) {}
};

// Two codes for 10.00 CNY, the customer's.
[[nodiscard]] inline Order make_order(OrderStatus status, std::int64_t covered = 0) {
  Order order{.id = order_id,
              .account_id = customer,
              .status = status,
              .total = {1000, {}},
              .covered = covered,
              .created_at_ms = now_ms - 300'000,
              .expires_at_ms = expires_ms,
              .due_at_ms = expires_ms};
  order.lines.push_back({.line = 1,
                         .sku_id = sku,
                         .name = "Steam card / 5 CNY",
                         .quantity = 2,
                         .unit_price_micros = 5'000'000,
                         .amount = 1000});
  return order;
}

[[nodiscard]] inline payment::Payment make_payment(int number, payment::AttemptState state,
                                                   std::int64_t captured = 0) {
  return {.id = id<PaymentId>(number),
          .order_id = order_id,
          .provider = "sandbox",
          .merchant = "sandbox_1",
          .state = state,
          .amount = {1000, {}},
          .captured = captured,
          .provider_trade_no =
              captured > 0 ? std::optional("T" + std::to_string(number)) : std::nullopt,
          .created_at_ms = now_ms - 200'000,
          .expires_at_ms = expires_ms - 60'000};
}

[[nodiscard]] inline payment::Refund make_refund(int number, int payment,
                                                 payment::AttemptState state, std::int64_t amount) {
  return {.id = id<RefundId>(number),
          .order_id = order_id,
          .payment_id = id<PaymentId>(payment),
          .reason = "excess",
          .state = state,
          .amount = {amount, {}}};
}

[[nodiscard]] inline CodeFacts held_codes(int count) {
  CodeFacts codes;
  for (int code = 1; code <= count; ++code) {
    codes.held.push_back({code, sku, 1});
  }
  return codes;
}

[[nodiscard]] inline CodeFacts picked_codes(int count) {
  CodeFacts codes;
  codes.claims.push_back({sku, 1, {}});
  for (int code = 1; code <= count; ++code) {
    codes.claims.back().codes.push_back(code);
  }
  return codes;
}

// Credits less debits by account code, zeroes left out. Every journal has to balance on its own.
using Balances = std::map<std::string, std::int64_t>;
[[nodiscard]] inline Balances booked(const std::vector<ledger::Journal>& journals) {
  Balances sums;
  for (const ledger::Journal& journal : journals) {
    CAPTURE(journal.kind);
    CHECK(ledger::check(journal).ok());
    for (const ledger::Entry& entry : journal.entries) {
      sums[std::string(ledger::account_code(entry.account))] += entry.credit - entry.debit;
    }
  }
  std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
  return sums;
}

[[nodiscard]] inline std::string text_of(const Balances& balances) {
  std::string text;
  for (const auto& [code, amount] : balances) {
    text += (text.empty() ? "" : " ") + code + "=" + std::to_string(amount);
  }
  return text;
}

// A detail of a refusal; empty when it has none of that name.
[[nodiscard]] inline std::string detail_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.details) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

// Kinds of what the audit log will say, in order.
[[nodiscard]] inline std::string entries_of(const Effects& effects) {
  std::string text;
  for (const audit::Entry& entry : effects.entries) {
    text += (text.empty() ? "" : " ") + std::string(entry.kind);
  }
  return text;
}

}  // namespace kameng::order::facts
