// totals.hpp - what stands on every account: the trial balance, the fold that keeps it cheap, and
// the check of the books.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kameng/money.hpp>

#include "base/finding.hpp"
#include "ledger/journal.hpp"
#include "sql/transaction.hpp"

namespace kameng::ledger {

struct AccountTotal {
  Account account;
  std::int64_t debit = 0;
  std::int64_t credit = 0;
};

// The trial balance of one currency: `debit` equals `credit` when the books are right.
struct CurrencyTotal {
  Currency currency;
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  std::vector<AccountTotal> accounts = {};  // by number, without those that were never used
};

// Snapshot plus unfolded entries, by currency. The answer does not depend on when fold() last ran.
[[nodiscard]] std::vector<CurrencyTotal> totals(sql::Transaction& tx);

// Folds up to `entries_max` entries into the snapshot; true when there may be more. A job calls it.
[[nodiscard]] bool fold(sql::Transaction& tx, int entries_max);

// What is owed to the owner of constrained accounts (a customer's wallet and bonus), a sum for each
// currency; none that is zero.
[[nodiscard]] std::vector<Money> owed_to(sql::Transaction& tx, std::string_view owner);

// Reads every entry once, in bounded memory, and tells: ledger.journals_balance, ledger.sum_zero,
// ledger.snapshot, ledger.balances, ledger.not_negative. For system.verify.
[[nodiscard]] std::vector<Finding> verify(sql::Transaction& tx);

}  // namespace kameng::ledger
