#include "engine/config.hpp"

#include <string>
#include <string_view>

#include "audit/note.hpp"
#include "base/ip_address.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"

namespace kameng::engine {
namespace {

// As browsers write it: scheme, host in lower case, a port perhaps, and nothing behind.
bool is_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme != 4 && scheme != 5) {
    return false;
  }
  const std::string_view name = text.substr(0, scheme);
  const std::string_view host = text.substr(scheme + 3);
  return (name == "http" || name == "https") && !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
             std::string_view::npos;
}

Result<void> check(const GatewayConfig& gateway) {
  for (std::size_t i = 0; i < gateway.trusted_proxies.size(); ++i) {
    if (!IpNetwork::parse(gateway.trusted_proxies[i])) {
      return Error{Status::invalid_argument, "config.trusted_proxies",
                   "This is neither an address nor a network."}
          .at("gateway.trusted_proxies[" + std::to_string(i) + "]");
    }
  }
  for (std::size_t i = 0; i < gateway.cors_origins.size(); ++i) {
    if (!is_origin(gateway.cors_origins[i])) {
      return Error{Status::invalid_argument, "config.cors_origins",
                   "An origin is https://host or https://host:port, and nothing behind."}
          .at("gateway.cors_origins[" + std::to_string(i) + "]");
    }
  }
  return {};
}

}  // namespace

Result<Config> read_config(std::string_view text) {
  KAMENG_TRY(const json::Value value, json::parse(text.empty() ? "{}" : text));
  KAMENG_TRY(Config config, json::read<Config>(value));
  if (!audit::is_note_name(config.origin)) {
    return Error{Status::invalid_argument, "config.origin",
                 "origin may not hold white space or a plus sign: it names a key."}
        .at("origin");
  }
  KAMENG_CHECK(check(config.gateway));
  KAMENG_CHECK(tiers_of(config.accounts).check());
  return config;
}

}  // namespace kameng::engine
