// statement.hpp - what went into and out of somebody's balances, entry by entry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/money.hpp>

#include "base/clock.hpp"
#include "ledger/journal.hpp"
#include "sql/transaction.hpp"

namespace kameng::ledger {

struct StatementLine {
  std::int64_t entry_id = 0;
  Account account = Account::wallet;
  std::int64_t amount = 0;  // above 0: came in
  std::string kind;         // of the journal: "wallet.credited", "order.paid"
  std::string ref;          // the printed id it is about
  TimeMs at_ms = 0;
};

// Of a customer's wallet and bonus in one currency: up to `limit` entries before `before`, the
// newest first.
[[nodiscard]] std::vector<StatementLine> wallet_statement(sql::Transaction& tx,
                                                          std::string_view owner, Currency currency,
                                                          std::int64_t before, int limit);

}  // namespace kameng::ledger
