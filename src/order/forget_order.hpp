// forget_order.hpp - a buyer has the shop forget where one finished order came from. For guests,
// who have no account to erase.
#pragma once

#include <vector>

#include <kameng/order.hpp>

#include "audit/entry.hpp"
#include "command/decision.hpp"
#include "order/order_store.hpp"

namespace kameng::order {

struct ForgetPlan {
  OrderId order_id;
  std::vector<audit::Entry> entries;
};

// `order`, or why this caller does not see it. Pure. Reasons: order.not_found, order.not_finished.
[[nodiscard]] command::Decision<ForgetPlan> decide_forget(const Result<Order>& order);

}  // namespace kameng::order
