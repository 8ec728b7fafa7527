// master_key.hpp - the keys that never enter the database: one that seals, and former ones that
// still open.
//
// A value sealed here begins with a format byte and the id of its master key, so that several
// masters can stand side by side while the sealed values move from one to the next.
//
// Not here: where a master key comes from (key_file.hpp, or the host), and the keys it seals
// (key_ring.hpp, the vault).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace kameng::keys {

inline constexpr std::size_t master_key_bytes = 32;

// The first bytes of a keyed hash: tells keys apart and gives nothing of the key away.
using MasterId = std::array<std::uint8_t, 8>;

class MasterKey {
 public:
  // Refuses another size with INVALID_ARGUMENT vault.key_invalid.
  [[nodiscard]] static Result<MasterKey> from_bytes(SecretBytes bytes);
  [[nodiscard]] static MasterKey draw(Random& random);

  [[nodiscard]] const MasterId& id() const noexcept { return id_; }
  [[nodiscard]] const SecretBytes& bytes() const noexcept { return bytes_; }

 private:
  explicit MasterKey(SecretBytes bytes);

  SecretBytes bytes_;
  MasterId id_{};
};

// Immutable once it is shared; any thread.
class MasterKeys {
 public:
  explicit MasterKeys(MasterKey current, std::vector<MasterKey> former = {});

  [[nodiscard]] const MasterKey& current() const noexcept { return current_; }
  // The current key or a former one; null for an id that is neither.
  [[nodiscard]] const MasterKey* find(ByteView id) const noexcept;

  // format byte || id of the current key || nonce || ciphertext || tag.
  [[nodiscard]] Bytes seal(ByteView plain, ByteView associated, Random& random) const;
  // FAILED_PRECONDITION vault.key_wrong when no key here has the id in the sealed form; DATA_LOSS
  // crypto.open_failed when the key is here and the bytes do not open.
  [[nodiscard]] Result<SecretBytes> open(ByteView sealed, ByteView associated) const;
  // Whether the sealed form names the current key; false means that it should be sealed anew.
  [[nodiscard]] bool is_current(ByteView sealed) const noexcept;

 private:
  MasterKey current_;
  std::vector<MasterKey> former_;
};

}  // namespace kameng::keys
