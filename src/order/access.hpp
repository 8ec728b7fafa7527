// access.hpp - who may see which order. Somebody else's order is an unknown order.
#pragma once

#include <optional>
#include <string>

#include "command/environment.hpp"
#include "order/order_store.hpp"

namespace kameng::order {

// The host sees all, a customer the own ones, a guest the one whose lookup secret is given.
[[nodiscard]] bool may_see(const command::Actor& actor, const keys::KeyRing& keys,
                           const Order& order, const std::optional<std::string>& lookup_secret);

[[nodiscard]] inline Error order_not_found() {
  return Error{Status::not_found, "order.not_found",
               "There is no such order. A guest's order needs its lookup_secret."}
      .at("order_id");
}

// The order if this caller may see it.
[[nodiscard]] Result<Order> find_visible(sql::Transaction& tx, const command::Actor& actor,
                                         const keys::KeyRing& keys, const OrderId& id,
                                         const std::optional<std::string>& lookup_secret);

}  // namespace kameng::order
