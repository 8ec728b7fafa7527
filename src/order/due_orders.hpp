// due_orders.hpp - the decision about an order whose time has come: what the engine does by itself.
#pragma once

#include <vector>

#include "order/effects.hpp"
#include "order/order_service.hpp"

namespace kameng::order {

struct DueFacts {
  Order order;
  std::vector<payment::Payment> payments = {};
  std::vector<payment::Refund> refunds = {};
  CodeFacts codes = {};
};

// Pure. An unpaid order closes its payments and then expires; a paid one that waits for stock is
// delivered, waits on, or gives its money back.
[[nodiscard]] Effects decide(const DueFacts& facts, const Config& config, TimeMs now_ms,
                             DueCounts& counts, IdPool& ids);

}  // namespace kameng::order
