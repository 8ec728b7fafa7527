#include "gateway/cross_origin.hpp"

#include <algorithm>

#include "gateway/header_text.hpp"

namespace kameng::gateway {

void allow_origin(const engine::GatewayConfig& config, std::string_view method,
                  const Headers& asked, std::string_view methods, Reply& reply) {
  const auto& origins = config.cors_origins;
  if (origins.empty()) {
    return;
  }
  reply.headers.push_back({"Vary", "Origin"});
  const auto origin = find_header(asked, "Origin");
  if (!origin || std::find(origins.begin(), origins.end(), *origin) == origins.end()) {
    return;
  }
  reply.headers.push_back({"Access-Control-Allow-Origin", std::string(*origin)});
  if (method == "OPTIONS" && find_header(asked, "Access-Control-Request-Method")) {
    reply.headers.push_back({"Access-Control-Allow-Methods", std::string(methods)});
    reply.headers.push_back(
        {"Access-Control-Allow-Headers",
         "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id"});
    reply.headers.push_back({"Access-Control-Max-Age", "600"});
    return;
  }
  reply.headers.push_back({"Access-Control-Expose-Headers",
                           "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
                           "Retry-After, WWW-Authenticate, "
                           "X-Request-Id"});
}

}  // namespace kameng::gateway
