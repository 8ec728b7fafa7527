// postings.hpp - which journal each event of a payment makes (the ledger's chart says what the
// accounts mean).
//
// Pure but for is_suspended(). Where a customer's money is before it pays for an order: in suspense
// under the order's id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/money.hpp>

#include "ledger/journal.hpp"
#include "payment/provider.hpp"

namespace kameng::payment {

// Money of a channel that pays nothing yet: short, late, in excess, double, or of an unknown trade.
[[nodiscard]] ledger::Journal received_in_suspense(std::string ref, std::string clearing_owner,
                                                   std::string suspense_owner, Money money);
// Whether money has been booked so under this ref.
[[nodiscard]] bool is_suspended(sql::Transaction& tx, std::string_view ref);
// From suspense on its way back to the channel.
[[nodiscard]] ledger::Journal refund_requested(std::string refund, ledger::Account from,
                                               std::string owner, Money money);
[[nodiscard]] ledger::Journal refund_succeeded(std::string refund, std::string clearing_owner,
                                               Money money);
// Paid from a wallet, or the channel would not take it back: it becomes the customer's balance
// here.
[[nodiscard]] ledger::Journal refund_to_wallet(std::string refund, ledger::Account wallet,
                                               std::string owner, Money money);
// The ledger account behind the providers `wallet` and `wallet_bonus`; nothing for a channel.
[[nodiscard]] std::optional<ledger::Account> wallet_account(std::string_view provider);

[[nodiscard]] ledger::Journal wallet_credited(std::string ref, std::string account, Money money,
                                              bool goodwill);

// How a wallet pays `amount`: the bonus first.
struct WalletShares {
  std::int64_t bonus = 0;
  std::int64_t wallet = 0;
};
[[nodiscard]] WalletShares wallet_shares(std::int64_t amount, std::int64_t bonus_available);

}  // namespace kameng::payment
