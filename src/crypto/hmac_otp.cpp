// hmac_otp.cpp - OpenSSL's SHA-1 by its plain functions, because the EVP ones read the host's
// openssl.cnf (see hash.cpp); libsodium's SHA-2.
#include "crypto/hmac_otp.hpp"

#include <array>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>

#include "base/secret.hpp"
#include "crypto/hash.hpp"

namespace kameng::crypto {
namespace {

using Sha1 = std::array<std::uint8_t, SHA_DIGEST_LENGTH>;

Sha1 sha1_of(ByteView first, ByteView second) {
  SHA_CTX state;
  Sha1 hash{};
  SHA1_Init(&state);
  SHA1_Update(&state, first.data(), first.size());
  SHA1_Update(&state, second.data(), second.size());
  SHA1_Final(hash.data(), &state);
  wipe(&state, sizeof state);
  return hash;
}

// RFC 2104.
Bytes hmac_sha1(ByteView key, ByteView message) {
  std::array<std::uint8_t, SHA_CBLOCK> inner{};
  if (key.size() > inner.size()) {
    const Sha1 short_key = sha1_of(key, {});
    std::copy(short_key.begin(), short_key.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  std::array<std::uint8_t, SHA_CBLOCK> outer = inner;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    inner[i] ^= 0x36U;
    outer[i] ^= 0x5cU;
  }
  const Sha1 hash = sha1_of(outer, sha1_of(inner, message));
  wipe(inner.data(), inner.size());
  wipe(outer.data(), outer.size());
  return Bytes(hash.begin(), hash.end());
}

Bytes hmac_sha512(ByteView key, ByteView message) {
  Bytes hash(crypto_auth_hmacsha512_BYTES);
  crypto_auth_hmacsha512_state state;
  crypto_auth_hmacsha512_init(&state, key.data(), key.size());
  crypto_auth_hmacsha512_update(&state, message.data(), message.size());
  crypto_auth_hmacsha512_final(&state, hash.data());
  wipe(&state, sizeof state);
  return hash;
}

Bytes hmac(OtpHash hash, ByteView key, ByteView message) {
  switch (hash) {
    case OtpHash::sha1:
      return hmac_sha1(key, message);
    case OtpHash::sha256: {
      const Hash32 made = hmac_sha256(key, message);
      return Bytes(made.begin(), made.end());
    }
    case OtpHash::sha512:
      return hmac_sha512(key, message);
  }
  return {};
}

}  // namespace

std::uint32_t hotp(OtpHash hash, ByteView secret, std::uint64_t counter, int digits) {
  std::array<std::uint8_t, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<std::uint8_t>(counter >> (8U * (7 - i)));
  }
  Bytes mac = hmac(hash, secret, message);
  const std::size_t at = mac.back() & 0x0FU;
  const std::uint32_t number = (std::uint32_t{mac[at]} & 0x7FU) << 24U |
                               std::uint32_t{mac[at + 1]} << 16U |
                               std::uint32_t{mac[at + 2]} << 8U | std::uint32_t{mac[at + 3]};
  wipe(mac.data(), mac.size());
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) {
    modulus *= 10;
  }
  return number % modulus;
}

}  // namespace kameng::crypto
