// origin.hpp - who an unpaid order counts against: account, contact, device, network. Kept as keyed
// hashes, never in clear.
#pragma once

#include <optional>
#include <string>

#include <kameng/context.hpp>

#include "base/random.hpp"
#include "keys/key_ring.hpp"
#include "order/order_store.hpp"

namespace kameng::order {

// Reasons: contact.malformed, context.ip_malformed. The contact is sealed for this order.
[[nodiscard]] Result<Origin> read_origin(const Context& context,
                                         const std::optional<std::string>& contact,
                                         const OrderId& order_id, const keys::KeyRing& keys,
                                         Random& random);

// The part of an address that one household or host shares: /24 of IPv4, /56 of IPv6. Nothing for
// text that is no address.
[[nodiscard]] std::optional<Bytes> network_of(const std::string& ip);

}  // namespace kameng::order
