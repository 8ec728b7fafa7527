// totals.cpp - the trial balance from the snapshot and what is not folded yet.
#include "ledger/totals.hpp"

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

bool fold(sql::Transaction& tx, int entries_max) {
  return sql::fold(tx, ledger_fold, entries_max);
}

}  // namespace kameng::ledger
