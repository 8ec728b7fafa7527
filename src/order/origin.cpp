#include "order/origin.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "text/contact.hpp"

namespace kameng::order {
namespace {

Bytes blinded(const keys::KeyRing& keys, std::string_view domain, ByteView value) {
  const auto blind = keys.blind(domain, value);
  return Bytes(blind.begin(), blind.end());
}

}  // namespace

std::optional<Bytes> network_of(const std::string& ip) {
  in_addr four{};
  if (inet_pton(AF_INET, ip.c_str(), &four) == 1) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&four.s_addr);
    return Bytes(bytes, bytes + 3);
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, ip.c_str(), &six) != 1) {
    return std::nullopt;
  }
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    return Bytes(six.s6_addr + 12, six.s6_addr + 15);
  }
  return Bytes(six.s6_addr, six.s6_addr + 7);
}

Result<Origin> read_origin(const Context& context, const std::optional<std::string>& contact,
                           const OrderId& order_id, const keys::KeyRing& keys, Random& random) {
  Origin origin;
  if (contact) {
    const auto email = text::normalize_email(*contact);
    const auto normal = email ? email : text::normalize_phone(*contact);
    if (!normal) {
      return Error{Status::invalid_argument, "contact.malformed",
                   "contact is neither an e-mail address nor a phone number."}
          .at("contact");
    }
    // Written to as typed, counted however it is spelled.
    const std::string counted = email ? text::email_index_form(*email) : *normal;
    origin.contact = keys.seal_person(as_bytes(*normal), order_id.bytes, random);
    origin.contact_blind = blinded(keys, "contact", as_bytes(counted));
  }
  if (context.device) {
    origin.device_blind = blinded(keys, "device", as_bytes(*context.device));
  }
  if (context.ip) {
    const auto network = network_of(*context.ip);
    if (!network) {
      return Error{Status::invalid_argument, "context.ip_malformed",
                   "ip is no IPv4 or IPv6 address."}
          .at("ip");
    }
    origin.network_blind = blinded(keys, "network", *network);
  }
  return origin;
}

}  // namespace kameng::order
