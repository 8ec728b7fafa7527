// begin_payment.hpp - the decision to begin a payment; order.place with `pay` shares its parts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/decision.hpp"
#include "order/effects.hpp"
#include "payment/provider.hpp"

namespace kameng::order {

// What a payment request says, once its provider is known.
struct PaymentChoice {
  const payment::Provider* channel = nullptr;  // null: the wallet
  std::optional<std::string> method = {};
};

struct WalletFacts {
  std::int64_t wallet = 0;
  std::int64_t bonus = 0;
};

struct BeginFacts {
  Result<Order> order;  // or why this caller does not see it
  std::vector<payment::Payment> payments = {};
  WalletFacts wallet = {};
  CodeFacts codes = {};
};

struct BeginPlan : Effects {
  payment::Begun begun;
};

// Pure. Reasons: order.not_found, order.already_paid, order.cancelled, order.expired,
// payment.too_many, and those of pay_from_wallet.
[[nodiscard]] command::Decision<BeginPlan> decide(const BeginFacts& facts,
                                                  const PaymentChoice& choice, TimeMs now_ms,
                                                  IdPool& ids);

// Opens a payment of what is still to be paid.
[[nodiscard]] payment::Begun begin_with_channel(Effects& effects, const Order& order,
                                                const PaymentChoice& choice, TimeMs now_ms,
                                                IdPool& ids);
// Pays from the wallet, the bonus first, and delivers. Reasons: wallet.account_missing,
// wallet.own_goods_only, wallet.insufficient.
[[nodiscard]] Result<payment::Begun> pay_from_wallet(Effects& effects, const Order& order,
                                                     const WalletFacts& wallet,
                                                     const CodeFacts& codes, TimeMs now_ms,
                                                     IdPool& ids);

[[nodiscard]] WalletFacts read_wallet(sql::Transaction& tx, const std::optional<AccountId>& account,
                                      Currency currency);

}  // namespace kameng::order
