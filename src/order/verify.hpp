// verify.hpp - what must be true of orders and their money, asked of the rows themselves.
#pragma once

#include <vector>

#include "base/finding.hpp"
#include "sql/transaction.hpp"

namespace kameng::order {

// Reads whole tables and tells: order.money_adds_up, order.refunds_within_payments,
// order.balances_match. For system.verify.
[[nodiscard]] std::vector<Finding> verify(sql::Transaction& tx);

}  // namespace kameng::order
