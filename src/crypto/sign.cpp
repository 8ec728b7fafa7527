// sign.cpp - libsodium's Ed25519.
#include "crypto/sign.hpp"

#include <sodium.h>

#include "crypto/key_size.hpp"

namespace kameng::crypto {

SigningKey::SigningKey(const SecretBytes& seed)
    : secret_(std::size_t{crypto_sign_ed25519_SECRETKEYBYTES}) {
  require_size(seed, signing_seed_bytes);
  crypto_sign_ed25519_seed_keypair(public_key_.data(), secret_.span().data(), seed.span().data());
}

Signature SigningKey::sign(ByteView message) const {
  Signature signature{};
  crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                               secret_.span().data());
  return signature;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                             key.data()) == 0;
}

}  // namespace kameng::crypto
