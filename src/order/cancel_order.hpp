// cancel_order.hpp - the decision of the customer or the shop to give an order up before its codes
// are delivered.
#pragma once

#include <vector>

#include <kameng/order.hpp>

#include "command/decision.hpp"
#include "order/effects.hpp"

namespace kameng::order {

struct CancelFacts {
  Result<Order> order;  // or why this caller does not see it
  std::vector<payment::Payment> payments = {};
  std::vector<payment::Refund> refunds = {};
  std::vector<vault::HeldCode> held = {};
  bool by_host = false;
};

struct CancelPlan : Effects {
  Cancelled cancelled;
};

// Pure. A cancelled order stays so without effect. Reasons: order.not_found,
// order.not_cancellable.
[[nodiscard]] command::Decision<CancelPlan> decide(const CancelFacts& facts, IdPool& ids);

}  // namespace kameng::order
