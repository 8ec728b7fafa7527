// explain_order.hpp - why an order is not paid or not delivered, who owns the next step, and until
// when.
#pragma once

#include <vector>

#include <kameng/order.hpp>

#include "order/order_service.hpp"
#include "order/order_store.hpp"
#include "payment/calls.hpp"

namespace kameng::order {

struct ExplainFacts {
  Order order;
  std::vector<payment::Payment> payments = {};
  std::vector<payment::Refund> refunds = {};
  std::vector<payment::Question> closings = {};    // calls about its payments without an answer
  std::vector<payment::Question> refundings = {};  // and about its refunds
};

// Pure. What waits for a person comes before what waits for anybody else.
[[nodiscard]] Explanation decide(const ExplainFacts& facts, const Config& config);

}  // namespace kameng::order
