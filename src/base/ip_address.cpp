#include "base/ip_address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace kameng {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned v4_offset_bits = 96;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN ||
      text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string ended(text);
  IpAddress address;
  if (inet_pton(AF_INET6, ended.c_str(), address.bytes_.data()) == 1) {
    return address;
  }
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes_.begin());
  if (inet_pton(AF_INET, ended.c_str(), address.bytes_.data() + v4_prefix.size()) == 1) {
    return address;
  }
  return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
}

std::string IpAddress::network_text() const {
  constexpr std::size_t v6_kept = 7;
  IpAddress network = *this;
  const std::size_t kept = is_v4() ? bytes_.size() - 1 : v6_kept;
  std::fill(network.bytes_.begin() + static_cast<std::ptrdiff_t>(kept), network.bytes_.end(),
            std::uint8_t{0});
  return network.to_text() + (is_v4() ? "/24" : "/56");
}

ByteView IpAddress::prefix(std::size_t length) const noexcept {
  const ByteView own = ByteView(bytes_).subspan(is_v4() ? v4_prefix.size() : 0);
  return own.first(std::min(length, own.size()));
}

std::string IpAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  const std::uint8_t* const from = bytes_.data() + (is_v4() ? v4_prefix.size() : 0);
  inet_ntop(is_v4() ? AF_INET : AF_INET6, from, text.data(), text.size());
  return text.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  IpNetwork network;
  network.first_ = *address;
  network.bits_ = 128;
  if (slash != std::string_view::npos) {
    const bool v4 = text.find(':') == std::string_view::npos;
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (fault != std::errc() || end != digits.data() + digits.size() || bits > (v4 ? 32U : 128U)) {
      return std::nullopt;
    }
    network.bits_ = bits + (v4 ? v4_offset_bits : 0);
  }
  return network;
}

bool IpNetwork::holds(const IpAddress& address) const noexcept {
  for (unsigned at = 0; at < bits_; at += 8) {
    const unsigned left = std::min(8U, bits_ - at);
    const auto mask = static_cast<std::uint8_t>(0xff00U >> left);
    if (((first_.bytes()[at / 8] ^ address.bytes()[at / 8]) & mask) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace kameng
