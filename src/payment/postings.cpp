#include "payment/postings.hpp"

#include <algorithm>
#include <utility>

namespace kameng::payment {

using ledger::Account;
using ledger::credit;
using ledger::debit;
using ledger::Journal;

namespace {
constexpr std::string_view suspended_kind = "payment.suspended";
}  // namespace

Journal received_in_suspense(std::string ref, std::string clearing_owner,
                             std::string suspense_owner, Money money) {
  return {.kind = suspended_kind,
          .ref = std::move(ref),
          .currency = money.currency,
          .entries = {debit(Account::clearing, std::move(clearing_owner), money.amount),
                      credit(Account::suspense, std::move(suspense_owner), money.amount)}};
}

bool is_suspended(sql::Transaction& tx, std::string_view ref) {
  return ledger::is_posted(tx, suspended_kind, ref);
}

Journal refund_requested(std::string refund, Account from, std::string owner, Money money) {
  return {.kind = "refund.requested",
          .ref = refund,
          .currency = money.currency,
          .entries = {debit(from, std::move(owner), money.amount),
                      credit(Account::refund_transit, refund, money.amount)}};
}

Journal refund_succeeded(std::string refund, std::string clearing_owner, Money money) {
  return {.kind = "refund.succeeded",
          .ref = refund,
          .currency = money.currency,
          .entries = {debit(Account::refund_transit, refund, money.amount),
                      credit(Account::clearing, std::move(clearing_owner), money.amount)}};
}

std::optional<Account> wallet_account(std::string_view provider) {
  if (provider == wallet_provider) {
    return Account::wallet;
  }
  return provider == wallet_bonus_provider ? std::optional(Account::wallet_bonus) : std::nullopt;
}

Journal refund_to_wallet(std::string refund, Account wallet, std::string owner, Money money) {
  return {.kind = "refund.to_wallet",
          .ref = refund,
          .currency = money.currency,
          .entries = {debit(Account::refund_transit, refund, money.amount),
                      credit(wallet, std::move(owner), money.amount)}};
}

Journal wallet_credited(std::string ref, std::string account, Money money, bool goodwill) {
  return {.kind = "wallet.credited",
          .ref = std::move(ref),
          .currency = money.currency,
          .entries = {debit(goodwill ? Account::promo_topup : Account::bank, "", money.amount),
                      credit(goodwill ? Account::wallet_bonus : Account::wallet, std::move(account),
                             money.amount)}};
}

WalletShares wallet_shares(std::int64_t amount, std::int64_t bonus_available) {
  const std::int64_t bonus = std::min(amount, bonus_available);
  return {bonus, amount - bonus};
}

}  // namespace kameng::payment
