// hash.hpp - hashes: SHA-256 and HMAC-SHA-256 where others must be able to compute them, keyed
// BLAKE2b for our own, plain BLAKE2b for files.
//
// Passwords are not hashed here but in password.hpp.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {

using Hash16 = std::array<std::uint8_t, 16>;
using Hash32 = std::array<std::uint8_t, 32>;

[[nodiscard]] Hash32 sha256(ByteView bytes);
// The parts one behind the other, as one message: a Merkle node is sha256_of({prefix, left,
// right}).
[[nodiscard]] Hash32 sha256_of(std::initializer_list<ByteView> parts);

// The key is of any size; HMAC hashes a long one itself.
[[nodiscard]] Hash32 hmac_sha256(ByteView key, ByteView message);

// Keyed BLAKE2b over a list. Each part goes in behind its length (8 bytes, little-endian), so
// ("ab", "c") and ("a", "bc") have different hashes. The key has 16 to 64 bytes.
[[nodiscard]] Hash32 keyed_hash(const SecretBytes& key, std::initializer_list<ByteView> parts);
[[nodiscard]] Hash16 keyed_hash_16(const SecretBytes& key, std::initializer_list<ByteView> parts);

// Plain BLAKE2b-256, of one piece and of many.
[[nodiscard]] Hash32 plain_hash(ByteView bytes);

class StreamHash {
 public:
  StreamHash();
  void add(ByteView bytes);
  [[nodiscard]] Hash32 finish();  // once, at the end

 private:
  struct State;
  struct Free {
    void operator()(State* state) const noexcept;
  };
  std::unique_ptr<State, Free> state_;
};

}  // namespace kameng::crypto
