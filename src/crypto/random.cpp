// random.cpp - libsodium's start and its generator.
#include "crypto/random.hpp"

#include <sodium.h>

namespace kameng::crypto {

Result<void> start() {
  if (sodium_init() < 0) {
    return Error{Status::internal, "crypto.unavailable",
                 "The cryptographic library could not be started."};
  }
  return {};
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace kameng::crypto
