// unsealer.hpp - the one way back from a sealed code to its text.
//
// After the commit that says the code was shown, and outside every transaction.
#pragma once

#include <kameng/result.hpp>

#include "base/secret.hpp"
#include "keys/key_ring.hpp"
#include "vault/code_store.hpp"

namespace kameng::vault {

// Keeps no key in clear between two codes. Any thread.
class Unsealer {
 public:
  explicit Unsealer(const keys::KeyRing& keys) : keys_(&keys) {}

  // `batch_key` is what sealed_batch_key() gave for the code's batch. DATA_LOSS `code.unreadable`
  // when the code, the key or the code's place is not what was sealed together.
  [[nodiscard]] Result<SecretText> open(const SealedCode& code, ByteView batch_key) const;

 private:
  const keys::KeyRing* keys_;
};

}  // namespace kameng::vault
