// access.hpp - who may see which order. Somebody else's order is an unknown order.
#pragma once

#include <optional>
#include <string>

#include "command/environment.hpp"
#include "order/order_store.hpp"

namespace kameng::order {

// Whose order it is: the host's all, a customer's the own ones, a guest's the one whose lookup
// secret is given. Only these cancel it and read its codes; staff never do.
[[nodiscard]] bool may_see(const command::Actor& actor, const keys::KeyRing& keys,
                           const Order& order, const std::optional<std::string>& lookup_secret);

[[nodiscard]] inline Error order_not_found() {
  return Error{Status::not_found, "order.not_found",
               "There is no such order. A guest's order needs its lookup_secret."}
      .at("order_id");
}

// Staff look at everybody's orders, and do nothing with them.
[[nodiscard]] bool may_look(const command::Actor& actor, const keys::KeyRing& keys,
                            const Order& order, const std::optional<std::string>& lookup_secret);

// The order if this caller may see it.
[[nodiscard]] Result<Order> find_visible(sql::Transaction& tx, const command::Actor& actor,
                                         const keys::KeyRing& keys, const OrderId& id,
                                         const std::optional<std::string>& lookup_secret);
// The order if this caller may look at it.
[[nodiscard]] Result<Order> find_to_look(sql::Transaction& tx, const command::Actor& actor,
                                         const keys::KeyRing& keys, const OrderId& id,
                                         const std::optional<std::string>& lookup_secret);

}  // namespace kameng::order
