// totals.cpp - the trial balance from the snapshot and what is not folded yet.
#include "ledger/totals.hpp"

#include <algorithm>
#include <optional>

#include "ledger/ledger_sql.hpp"

namespace kameng::ledger {

std::vector<CurrencyTotal> totals(sql::Transaction& tx) {
  std::vector<CurrencyTotal> found;
  sql::Rows rows = tx.query(totals_select);
  while (rows.next()) {
    const auto currency = Currency::parse(rows.text_view(0));
    const auto account = account_of(rows.int64(1));
    if (!currency || !account) {
      tx.fail({sql::Fault::corrupt, std::string(totals_select.name)});
      return {};
    }
    if (found.empty() || found.back().currency != *currency) {
      found.push_back({*currency});
    }
    CurrencyTotal& total = found.back();
    total.accounts.push_back({*account, rows.int64(2), rows.int64(3)});
    const auto debit = checked_add(total.debit, rows.int64(2));
    const auto credit = checked_add(total.credit, rows.int64(3));
    if (!debit || !credit) {
      tx.fail({sql::Fault::check, std::string(totals_select.name), "ledger.overflow"});
      return {};
    }
    total.debit = *debit;
    total.credit = *credit;
  }
  return found;
}

std::vector<Money> owed_to(sql::Transaction& tx, std::string_view owner) {
  std::vector<Money> owed;
  sql::Rows rows = tx.query(balances_of_owner, owner);
  while (rows.next()) {
    const auto currency = Currency::parse(rows.text_view(0));
    if (!currency) {
      tx.fail({sql::Fault::corrupt, std::string(balances_of_owner.name)});
      return {};
    }
    const auto same = std::find_if(owed.begin(), owed.end(),
                                   [&](const Money& one) { return one.currency == *currency; });
    const std::int64_t balance = rows.int64(1);
    if (same != owed.end()) {
      same->amount += balance;
    } else if (balance != 0) {
      owed.push_back({balance, *currency});
    }
  }
  return owed;
}

bool fold(sql::Transaction& tx, int entries_max) {
  return sql::fold(tx, ledger_fold, entries_max);
}

}  // namespace kameng::ledger
