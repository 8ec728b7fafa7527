// journal.hpp - double entry: what a journal is and what may be posted. Refuses anything that does not sum to zero.
//
// Not here: which journal an event of the trade makes (payment, order).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/money.hpp>
#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::ledger {

// The chart of accounts, X(name, code, class, constrained, shared). `constrained`: carries a balance row that may not go
// below zero. `shared`: platform-wide owners (few), so its totals are folded per owner; others are one owner per order,
// customer or trade.
#define KAMENG_LEDGER_CHART(X)                                                  \
  X(clearing, "A.clearing", asset, false, true)                                 \
  X(bank, "A.bank", asset, false, true)                                         \
  X(wallet, "L.wallet", liability, true, false)                                 \
  X(wallet_bonus, "L.wallet_bonus", liability, true, false)                     \
  X(escrow, "L.escrow", liability, false, false)                                \
  X(sup_pending, "L.sup_pending", liability, false, false)                      \
  X(sup_avail, "L.sup_avail", liability, true, false)                           \
  X(refund_transit, "L.refund_transit", liability, false, false)                \
  X(suspense, "L.suspense", liability, false, false)                            \
  X(commission, "I.commission", income, false, true)                            \
  X(sales, "I.sales", income, false, true)                                      \
  X(ch_fee, "X.ch_fee", expense, false, true)                                   \
  X(promo_topup, "X.promo_topup", expense, false, true)                         \
  X(equity, "Q.equity", equity, false, true)

enum class Account : std::uint8_t {
#define KAMENG_X(name, code, side, constrained, shared) name,
  KAMENG_LEDGER_CHART(KAMENG_X)
#undef KAMENG_X
};
[[nodiscard]] std::string_view account_code(Account account) noexcept;

// One side of a journal: exactly one of debit and credit is positive.
struct Entry {
  Account account;
  std::string owner;  // "sandbox/mch_1", "ord_…", "acc_…", "" for the platform
  std::int64_t debit = 0;
  std::int64_t credit = 0;
};

// Unique by (ref, kind, step): the same event is never booked twice.
struct Journal {
  std::string_view kind;  // a literal: "order.paid"
  std::string ref;        // the printed id it is about
  std::int32_t step = 1;  // numbers repetitions of a kind for one ref
  Currency currency{};
  std::vector<Entry> entries = {};
};

[[nodiscard]] inline Entry debit(Account account, std::string owner, std::int64_t amount) {
  return {account, std::move(owner), amount, 0};
}
[[nodiscard]] inline Entry credit(Account account, std::string owner, std::int64_t amount) {
  return {account, std::move(owner), 0, amount};
}

// Two entries at least, each one-sided and positive, debits = credits, no overflow. INTERNAL `ledger.unbalanced`.
[[nodiscard]] Result<void> check(const Journal& journal);

// Checks and writes. A journal that does not balance, or would take a constrained account below zero, fails the
// transaction.
void post(sql::Transaction& tx, const Journal& journal, TimeMs now_ms);

// The balance of a constrained account (credits - debits), from its balance row. 0 when there is none.
[[nodiscard]] std::int64_t available(sql::Transaction& tx, Account account, std::string_view owner,
                                     Currency currency);
// The balance of any account and owner (credits - debits), from its entries; for few entries (an order's escrow).
[[nodiscard]] std::int64_t balance_of(sql::Transaction& tx, Account account, std::string_view owner,
                                      Currency currency);

}  // namespace kameng::ledger
