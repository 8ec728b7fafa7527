// give_up.hpp - an order that will not be delivered: its codes go back, its open payments are
// closed, its money returns.
#pragma once

#include <string_view>
#include <vector>

#include "order/effects.hpp"

namespace kameng::order {

// Pure. `to` is expired or cancelled. What of each payment has not been refunded yet goes back
// where it came from: from suspense while the order was unpaid, from escrow when it was paid.
void give_up(Effects& effects, const Order& order, const std::vector<payment::Payment>& payments,
             const std::vector<payment::Refund>& refunds, const std::vector<vault::HeldCode>& held,
             OrderStatus to, std::string_view reason, IdPool& ids);

}  // namespace kameng::order
