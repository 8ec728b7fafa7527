#include "order/origin.hpp"

#include "base/ip_address.hpp"
#include "text/contact.hpp"

namespace kameng::order {
namespace {

Bytes blinded(const keys::KeyRing& keys, std::string_view domain, ByteView value) {
  const auto blind = keys.blind(domain, value);
  return Bytes(blind.begin(), blind.end());
}

}  // namespace

std::optional<Bytes> network_of(const std::string& ip) {
  const std::optional<IpAddress> address = IpAddress::parse(ip);
  if (!address) {
    return std::nullopt;
  }
  const ByteView network = address->prefix(address->is_v4() ? 3 : 7);
  return Bytes(network.begin(), network.end());
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
