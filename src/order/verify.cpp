#include "order/verify.hpp"

#include <map>
#include <string>
#include <tuple>

#include "ledger/journal.hpp"
#include "order/order_sql.hpp"
#include "order/order_state.hpp"

namespace kameng::order {
namespace {

Finding none(sql::Transaction& tx, std::string_view name, const sql::Statement& faults) {
  sql::Rows rows = tx.query(faults);
  const std::int64_t count = rows.next() ? rows.int64(0) : -1;
  return {name, count == 0, count == 0 ? "" : std::to_string(count) + " orders or payments"};
}

// What has not been given to its last owner yet stands in the ledger under the order: in suspense
// while it is unpaid, in escrow while it is paid. Nothing else may stand there.
Finding balances_match(sql::Transaction& tx) {
  using Key = std::tuple<std::string, std::int64_t, std::string>;  // owner, account, currency
  std::map<Key, std::int64_t> differences;
  {
    sql::Rows rows = tx.query(verify_money_of_orders);
    while (rows.next()) {
      const bool unpaid = is_unpaid(static_cast<OrderStatus>(rows.int64(1)));
      const auto account = unpaid ? ledger::Account::suspense : ledger::Account::escrow;
      differences[{rows.id<OrderId>(0).text(), ledger::account_number(account), rows.text(3)}] -=
          rows.int64(2);
    }
  }
  {
    sql::Rows rows = tx.query(verify_balances_of_orders);
    while (rows.next()) {
      const std::string owner = rows.text(0);
      if (OrderId::parse(owner)) {
        differences[{owner, rows.int64(1), rows.text(2)}] += rows.int64(3);
      }
    }
  }
  Finding finding{"order.balances_match"};
  for (const auto& [key, difference] : differences) {
    if (difference != 0 && finding.ok) {
      finding.ok = false;
      finding.detail = std::get<0>(key) + " off by " + std::to_string(difference);
    }
  }
  return finding;
}

}  // namespace

std::vector<Finding> verify(sql::Transaction& tx) {
  return {none(tx, "order.money_adds_up", verify_money_adds_up),
          none(tx, "order.refunds_within_payments", verify_refunds_within_payments),
          balances_match(tx)};
}

}  // namespace kameng::order
