// random.cpp - starting both libraries, and libsodium's generator.
#include "crypto/random.hpp"

#include <sodium.h>

#include "crypto/openssl.hpp"

namespace kameng::crypto {

Result<void> start() {
  if (sodium_init() < 0 || openssl_context() == nullptr) {
    return Error{Status::internal, "crypto.unavailable",
                 "The cryptographic library could not be started."};
  }
  return {};
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace kameng::crypto
