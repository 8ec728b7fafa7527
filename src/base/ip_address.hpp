// ip_address.hpp - addresses of the internet and networks of them, from text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace kameng {

// IPv4 is kept as ::ffff:a.b.c.d, so one client has one address however the socket names it.
class IpAddress {
 public:
  // Nothing for what is not an address alone: no port, zone, brackets or leading zeros.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] static IpAddress of(const std::array<std::uint8_t, 16>& bytes) noexcept {
    IpAddress address;
    address.bytes_ = bytes;
    return address;
  }

  [[nodiscard]] bool is_v4() const noexcept;
  [[nodiscard]] std::string to_text() const;
  // The network it is in, "192.0.2.0/24" or "2001:db8::/56": as near as a log that is kept for good
  // comes to naming somebody.
  [[nodiscard]] std::string network_text() const;
  // Its first bytes, at most the four or sixteen that it has: what a whole network shares.
  [[nodiscard]] ByteView prefix(std::size_t length) const noexcept;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }
  bool operator==(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_ = {};
};

// "10.0.0.0/8", "2001:db8::/32", or an address alone.
class IpNetwork {
 public:
  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool holds(const IpAddress& address) const noexcept;

 private:
  IpAddress first_;
  unsigned bits_ = 0;  // of 128
};

}  // namespace kameng
