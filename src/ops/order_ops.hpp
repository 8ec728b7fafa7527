// order_ops.hpp - the operations of orders.
#pragma once

#include "ops/registry.hpp"
#include "order/order_service.hpp"

namespace kameng::ops {

void add_order_operations(Registry& registry, order::OrderService& orders);

}  // namespace kameng::ops
