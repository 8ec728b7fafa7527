#include "account/totp.hpp"

#include "base/secret.hpp"
#include "crypto/hmac_otp.hpp"

namespace kameng::account {
namespace {

constexpr int digits = 6;

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += hex[byte >> 4U];
      encoded += hex[byte & 0x0FU];
    }
  }
  return encoded;
}

}  // namespace

std::string to_base32(ByteView bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8U | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[held >> bits & 0x1FU];
    }
  }
  if (bits > 0) {
    text += alphabet[held << (5 - bits) & 0x1FU];
  }
  return text;
}

std::string totp_code(ByteView secret, std::int64_t step) {
  const std::uint32_t number =
      crypto::hotp(crypto::OtpHash::sha1, secret, static_cast<std::uint64_t>(step), digits);
  const std::string text = std::to_string(number);
  return std::string(digits - text.size(), '0') + text;
}

std::optional<std::int64_t> totp_step(ByteView secret, std::string_view code, TimeMs now_ms,
                                      std::int64_t last_step) {
  const std::int64_t present = now_ms / totp_step_ms;
  std::optional<std::int64_t> found;
  for (std::int64_t step = present - 1; step <= present + 1; ++step) {
    const std::string right = totp_code(secret, step);
    const bool fits = equal_constant_time(as_bytes(right), as_bytes(code));
    if (fits && step > last_step && !found) {
      found = step;
    }
  }
  return found;
}

std::string totp_uri(ByteView secret, std::string_view issuer, std::string_view label) {
  const std::string name = percent_encoded(issuer);
  return "otpauth://totp/" + name + ":" + percent_encoded(label) + "?secret=" + to_base32(secret) +
         "&issuer=" + name;
}

}  // namespace kameng::account
