// cross_origin.hpp - what pages of other origins may do (CORS). Credentials are never allowed:
// the token travels in a header that the page itself sets.
#pragma once

#include "engine/config.hpp"
#include "gateway/reply.hpp"

namespace kameng::gateway {

// Adds what a browser asks for; nothing for an origin that the configuration does not name.
void allow_origin(const engine::GatewayConfig& config, std::string_view method,
                  const Headers& asked, std::string_view methods, Reply& reply);

}  // namespace kameng::gateway
