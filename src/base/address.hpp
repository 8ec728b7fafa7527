// address.hpp - a network address as text to its bytes. No name is ever resolved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace kameng {

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // 4 or 16

  // The first bytes of it: what a whole network shares.
  [[nodiscard]] ByteView prefix(std::size_t length) const {
    return ByteView(bytes).first(length < size ? length : size);
  }
};

// Nothing for text that is no IPv4 or IPv6 address. An IPv4-mapped IPv6 address is its IPv4 one.
[[nodiscard]] std::optional<Address> parse_address(const std::string& text);

}  // namespace kameng
