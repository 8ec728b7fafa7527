#include "ledger/statement.hpp"

#include <algorithm>

#include "ledger/ledger_sql.hpp"

namespace kameng::ledger {

std::vector<StatementLine> wallet_statement(sql::Transaction& tx, std::string_view owner,
                                            Currency currency, std::int64_t before, int limit) {
  std::vector<StatementLine> lines;
  sql::Rows rows = tx.query(wallet_entries, owner, currency.code(), before, limit);
  while (rows.next()) {
    const std::optional<Account> account = account_of(rows.int64(1));
    if (!account) {
      tx.fail({sql::Fault::corrupt, std::string(wallet_entries.name)});
      return {};
    }
    lines.push_back({rows.int64(0), *account, rows.int64(3) - rows.int64(2), rows.text(4),
                     rows.text(5), rows.int64(6)});
  }
  // A join may give them in another order, and MariaDB reads either account by itself.
  std::sort(lines.begin(), lines.end(),
            [](const StatementLine& a, const StatementLine& b) { return a.entry_id > b.entry_id; });
  if (std::ssize(lines) > limit) {
    lines.resize(static_cast<std::size_t>(limit));
  }
  return lines;
}

}  // namespace kameng::ledger
