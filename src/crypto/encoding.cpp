// encoding.cpp - libsodium's constant-time encoders.
#include "crypto/encoding.hpp"

#include <utility>

#include <sodium.h>

namespace kameng::crypto {

SecretText secret_to_hex(ByteView secret) {
  // The encoders end the text with a zero, so there is one character more until it is cut off.
  std::string text(secret.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), secret.data(), secret.size());
  text.pop_back();
  return SecretText(std::move(text));
}

bool secret_from_hex(std::string_view text, std::span<std::uint8_t> secret) {
  std::size_t filled = 0;
  const char* end = nullptr;
  return text.size() == secret.size() * 2 &&
         sodium_hex2bin(secret.data(), secret.size(), text.data(), text.size(), nullptr, &filled,
                        &end) == 0 &&
         filled == secret.size() && end == text.data() + text.size();
}

SecretText secret_to_base64url(ByteView secret) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(secret.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), secret.data(), secret.size(), variant);
  text.pop_back();
  return SecretText(std::move(text));
}

}  // namespace kameng::crypto
