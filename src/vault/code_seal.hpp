// code_seal.hpp - a code's way into its sealed form and back.
//
// A code is sealed once, under a random key that belongs to its batch; the batch key is sealed
// under the master key, bound to the batch's id. A sealed code is bound to its batch, its place
// there and its sku: moved to another row it does not open.
//
// Not here: who may see a code, and the audit entry that a reveal needs first (order).
#pragma once

#include <optional>
#include <string_view>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "keys/key_ring.hpp"
#include "vault/code_store.hpp"

namespace kameng::vault {

// Where a sealed code lies.
struct CodePlace {
  BatchId batch_id;
  std::int64_t ordinal = 0;
  SkuId sku_id;
};

// What equal codes have in common: the unique index and the search for duplicates stand on it.
[[nodiscard]] keys::BlindIndex blind_of(const keys::KeyRing& keys, std::string_view code);

// The key of one batch, in clear.
class BatchKey {
 public:
  [[nodiscard]] static BatchKey draw(Random& random);
  // DATA_LOSS `code.unreadable` when the sealed form is not of this batch or of no master key there
  // is.
  [[nodiscard]] static Result<BatchKey> open(const keys::KeyRing& keys, const BatchId& batch,
                                             ByteView sealed);

  [[nodiscard]] Bytes sealed(const keys::KeyRing& keys, const BatchId& batch, Random& random) const;
  [[nodiscard]] Bytes seal(const CodePlace& place, std::string_view code, Random& random) const;
  [[nodiscard]] Result<SecretText> unseal(const CodePlace& place, ByteView sealed) const;

 private:
  explicit BatchKey(SecretBytes key) : key_(std::move(key)) {}
  SecretBytes key_;
};

// Opens the codes of one answer, after the commit that says they were shown. Keeps the key of the
// last batch, because the codes of an order are mostly of one. One thread at a time.
class Unsealer {
 public:
  explicit Unsealer(const keys::KeyRing& keys) : keys_(&keys) {}

  // `batch_key` is what sealed_batch_key() gave for the code's batch. DATA_LOSS `code.unreadable`.
  [[nodiscard]] Result<SecretText> open(const SealedCode& code, ByteView batch_key);

 private:
  const keys::KeyRing* keys_;
  BatchId batch_id_;
  std::optional<BatchKey> batch_key_;
};

}  // namespace kameng::vault
