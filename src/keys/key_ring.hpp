// key_ring.hpp - the data keys of one database, and what they are used for. Each key serves one
// purpose, so that no use can be turned into another.
//
// The batch keys of the vault are not data keys: the vault seals them under the master key by
// itself, with what is here. Not here: how the ring is stored and opened (key_store.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "keys/master_key.hpp"

namespace kameng::keys {

enum class Purpose : std::uint8_t {
  blind,    // keyed hashes by which sealed values are found
  person,   // seals contacts and other personal values
  derive,   // tokens that can be made again from a row
  digest,   // digests of requests, for idempotency
  audit,    // seed of the key that signs checkpoints
  sandbox,  // HMAC secret of the sandbox provider
  pepper,   // goes into passwords before they are hashed
};
inline constexpr std::array<Purpose, 7> all_purposes{
    Purpose::blind, Purpose::person,  Purpose::derive, Purpose::digest,
    Purpose::audit, Purpose::sandbox, Purpose::pepper};
[[nodiscard]] std::string_view purpose_name(Purpose purpose) noexcept;
[[nodiscard]] std::optional<Purpose> parse_purpose(std::string_view name) noexcept;

inline constexpr std::size_t data_key_bytes = 32;

// A retired key still opens what it sealed; it is used for nothing else.
struct DataKey {
  std::int64_t id = 0;  // 1 to 2^32 - 1
  Purpose purpose = Purpose::blind;
  bool active = true;
  SecretBytes bytes;
};

[[nodiscard]] DataKey draw_data_key(std::int64_t id, Purpose purpose, Random& random);
// A new active key for each purpose, with the ids 1, 2, 3 and so on.
[[nodiscard]] std::vector<DataKey> draw_data_keys(Random& random);

using BlindIndex = std::array<std::uint8_t, 16>;
using Digest = crypto::Hash32;

// Immutable; any thread.
class KeyRing {
 public:
  // INTERNAL vault.key_incomplete unless each purpose has exactly one active key of data_key_bytes.
  [[nodiscard]] static Result<std::shared_ptr<const KeyRing>> make(
      std::shared_ptr<const MasterKeys> masters, std::vector<DataKey> keys);

  // The active key.
  [[nodiscard]] const SecretBytes& key(Purpose purpose) const noexcept;

  // Finds equal values without keeping them. Values of unlike domains ("email", "code") never
  // match.
  [[nodiscard]] BlindIndex blind(std::string_view domain, ByteView value) const;

  // A token of 256 bits, 43 URL-safe characters, that the same arguments give again. So a table
  // needs to keep nothing but the nonce, and a stored answer that is replayed can show the token
  // once more.
  [[nodiscard]] SecretText derive(std::string_view purpose, ByteView row_id, ByteView nonce) const;
  // What a table keeps of a secret that a caller will present.
  [[nodiscard]] crypto::Hash32 hash_of_secret(std::string_view secret) const;
  [[nodiscard]] Digest digest(std::initializer_list<ByteView> parts) const;

  // Personal values. The associated bytes name the row and column. Opening fails with DATA_LOSS
  // crypto.open_failed.
  [[nodiscard]] Bytes seal_person(ByteView plain, ByteView associated, Random& random) const;
  [[nodiscard]] Result<SecretText> open_person(ByteView sealed, ByteView associated) const;

  // For keys that others keep, such as batch keys. Errors as in MasterKeys::open().
  [[nodiscard]] Bytes seal_under_master(ByteView plain, ByteView associated, Random& random) const;
  [[nodiscard]] Result<SecretBytes> open_under_master(ByteView sealed, ByteView associated) const;
  [[nodiscard]] const MasterKeys& masters() const noexcept { return *masters_; }

  // HMAC-SHA256 of a password under a pepper. The id stands beside the result, so that a password
  // that was kept under a retired pepper can still be checked. Nothing for an id that is no
  // pepper's.
  [[nodiscard]] std::int64_t pepper_id() const noexcept;
  [[nodiscard]] std::optional<crypto::Hash32> pepper(std::int64_t id, ByteView password) const;

  // Checkpoints of the audit log.
  [[nodiscard]] crypto::Signature sign(ByteView message) const;
  [[nodiscard]] const crypto::PublicKey& public_key() const noexcept;

 private:
  KeyRing(std::shared_ptr<const MasterKeys> masters, std::vector<DataKey> keys,
          const std::array<std::size_t, all_purposes.size()>& active);
  [[nodiscard]] const DataKey& active(Purpose purpose) const noexcept;

  std::shared_ptr<const MasterKeys> masters_;
  std::vector<DataKey> keys_;
  std::array<std::size_t, all_purposes.size()> active_;  // index into keys_, by purpose
  crypto::SigningKey signing_key_;
};

}  // namespace kameng::keys
