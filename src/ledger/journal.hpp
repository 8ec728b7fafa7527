// journal.hpp - double entry: what a journal is and what may be posted. Refuses anything that does
// not sum to zero.
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

// The chart of accounts, X(name, number, code, class, constrained, shared). Rows keep the number,
// which never changes. Numbers below 100: `shared`, platform-wide owners (few), so totals are
// folded per owner and there is no index by owner. 100 to 199: `constrained`, one owner each, with
// a balance row that may not go below zero. From 200: one owner per order, customer or trade, no
// balance row.
#define KAMENG_LEDGER_CHART(X)                                        \
  X(clearing, 1, "A.clearing", asset, false, true)                    \
  X(bank, 2, "A.bank", asset, false, true)                            \
  X(commission, 3, "I.commission", income, false, true)               \
  X(sales, 4, "I.sales", income, false, true)                         \
  X(ch_fee, 5, "X.ch_fee", expense, false, true)                      \
  X(promo_topup, 6, "X.promo_topup", expense, false, true)            \
  X(equity, 7, "Q.equity", equity, false, true)                       \
  X(promo_tier, 8, "X.promo_tier", expense, false, true)              \
  X(wallet, 100, "L.wallet", liability, true, false)                  \
  X(wallet_bonus, 101, "L.wallet_bonus", liability, true, false)      \
  X(sup_avail, 102, "L.sup_avail", liability, true, false)            \
  X(escrow, 200, "L.escrow", liability, false, false)                 \
  X(sup_pending, 201, "L.sup_pending", liability, false, false)       \
  X(refund_transit, 202, "L.refund_transit", liability, false, false) \
  X(suspense, 203, "L.suspense", liability, false, false)

enum class Account : std::uint8_t {
#define KAMENG_X(name, number, code, side, constrained, shared) name = number,
  KAMENG_LEDGER_CHART(KAMENG_X)
#undef KAMENG_X
};
[[nodiscard]] std::string_view account_code(Account account) noexcept;
// Nothing for a number that is not in the chart.
[[nodiscard]] std::optional<Account> account_of(std::int64_t number) noexcept;
[[nodiscard]] constexpr std::int64_t account_number(Account account) noexcept {
  return static_cast<std::int64_t>(account);
}
[[nodiscard]] constexpr bool is_shared(Account account) noexcept {
  return account_number(account) < 100;
}
[[nodiscard]] constexpr bool is_constrained(Account account) noexcept {
  return account_number(account) >= 100 && account_number(account) < 200;
}

// One side of a journal: exactly one of debit and credit is positive.
struct Entry {
  Account account;
  std::string owner;  // "sandbox/mch_1", "ord_...", "acc_...", "" for the platform
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

// Two entries at least, each one-sided and positive, debits = credits, no overflow. INTERNAL
// `ledger.unbalanced`.
[[nodiscard]] Result<void> check(const Journal& journal);

// Checks and writes: the journal row, one statement for up to six entries, one per balance row that
// changes. A journal that does not balance, or would take a constrained account below zero, fails
// the transaction (Fault::check); one that was posted before fails it as Fault::unique. The
// services look first; this is the last guard.
void post(sql::Transaction& tx, const Journal& journal, TimeMs now_ms);

// Whether this event has been booked.
[[nodiscard]] bool is_posted(sql::Transaction& tx, std::string_view kind, std::string_view ref,
                             std::int32_t step = 1);

// On servers: a balance row of 0 where there is none, so that available() has one to lock. For
// decisions that a balance that has just been opened by somebody else would change.
void open_balance(sql::Transaction& tx, Account account, std::string_view owner, Currency currency);
// The balance of a constrained account (credits - debits), from its balance row. 0 when there is
// none. In a transaction that writes the row stays locked; ask in the order of owner and account.
[[nodiscard]] std::int64_t available(sql::Transaction& tx, Account account, std::string_view owner,
                                     Currency currency);
// The balance of any account and owner (credits - debits). From its entries, which are few (an
// order's escrow); of a shared account from the snapshot and the entries that are not folded yet.
[[nodiscard]] std::int64_t balance_of(sql::Transaction& tx, Account account, std::string_view owner,
                                      Currency currency);

}  // namespace kameng::ledger
