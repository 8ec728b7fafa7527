#include "gateway/client_address.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "gateway/header_text.hpp"

namespace kameng::gateway {
namespace {

// "192.0.2.1:80", "[2001:db8::1]:80", with quotes or without: the address alone.
std::optional<IpAddress> parse_node(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
    node = node.substr(1, node.size() - 2);
  }
  if (node.starts_with('[')) {
    const std::size_t end = node.find(']');
    return end == std::string_view::npos ? std::nullopt : IpAddress::parse(node.substr(1, end - 1));
  }
  if (std::count(node.begin(), node.end(), ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  return IpAddress::parse(node);
}

// The `for` of one element of Forwarded (RFC 7239); the element alone for X-Forwarded-For.
std::optional<IpAddress> parse_element(std::string_view element, bool is_forwarded) {
  if (!is_forwarded) {
    return parse_node(element);
  }
  for (const std::string_view pair : split(element, ';')) {
    if (pair.size() > 4 && equal_without_case(pair.substr(0, 4), "for=")) {
      return parse_node(pair.substr(4));
    }
  }
  return std::nullopt;
}

}  // namespace

IpAddress client_address(const engine::GatewayConfig& config, const IpAddress& peer,
                         const Headers& headers) {
  const auto is_trusted = [&](const IpAddress& address) {
    return std::any_of(config.trusted_proxies.begin(), config.trusted_proxies.end(),
                       [&](const std::string& text) {
                         const std::optional<IpNetwork> network = IpNetwork::parse(text);
                         return network && network->holds(address);
                       });
  };
  const bool is_forwarded = config.forwarded_header == "forwarded";
  std::vector<std::string_view> elements;
  for (const Header& header : headers) {
    if (equal_without_case(header.name, config.forwarded_header)) {
      const std::vector<std::string_view> more = split(header.value, ',');
      elements.insert(elements.end(), more.begin(), more.end());
    }
  }
  IpAddress client = peer;
  while (!elements.empty() && is_trusted(client)) {
    const std::optional<IpAddress> told = parse_element(elements.back(), is_forwarded);
    if (!told) {
      break;
    }
    client = *told;
    elements.pop_back();
  }
  return client;
}

}  // namespace kameng::gateway
