// code_seal.hpp - a code's way into its sealed form and back.
//
// A code is sealed once, under a random key that belongs to its batch; the batch key is sealed
// under the master key, bound to the batch's id. A sealed code is bound to its batch, its place
// there and its sku: moved to another row it does not open.
//
// Not here: who may see a code, and the audit entry that a reveal needs first (order).
#pragma once

#include <cstdint>
#include <string_view>

#include <kameng/id.hpp>
#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "keys/key_ring.hpp"

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

}  // namespace kameng::vault
