#include "base/address.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace kameng {

std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
    return address;
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) {
    return std::nullopt;
  }
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&six) != 0;
  address.size = mapped ? 4 : 16;
  std::copy_n(six.s6_addr + (mapped ? 12 : 0), address.size, address.bytes.begin());
  return address;
}

}  // namespace kameng
