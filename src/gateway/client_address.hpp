// client_address.hpp - whose address a request counts for: the peer's, or the one that trusted
// proxies tell.
#pragma once

#include <kameng/header.hpp>

#include "base/ip_address.hpp"
#include "engine/config.hpp"

namespace kameng::gateway {

// From the right, while the one who says so is trusted; what cannot be read ends it. The header
// that the configuration does not name is never looked at, since proxies pass it on as it came.
[[nodiscard]] IpAddress client_address(const engine::GatewayConfig& config, const IpAddress& peer,
                                       const Headers& headers);

}  // namespace kameng::gateway
