// begin_payment.hpp - the pure part of beginning a payment; order.place with `pay` and
// payment.begin share it.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
