// sign.hpp - Ed25519 signatures (RFC 8032).
#pragma once

#include <array>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

inline constexpr std::size_t signing_seed_bytes = 32;

// A key pair made from its seed. Immutable; any thread.
class SigningKey {
 public:
  explicit SigningKey(const SecretBytes& seed);  // signing_seed_bytes

  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] Signature sign(ByteView message) const;

 private:
  SecretBytes secret_;
  PublicKey public_key_{};
};

[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature);

}  // namespace kameng::crypto
