// key_ring.cpp - the uses of data keys. Every hash has a domain text in front, so that two uses of
// one key stay apart.
#include "keys/key_ring.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "crypto/encoding.hpp"
#include "crypto/seal.hpp"

namespace kameng::keys {
namespace {

// A sealed personal value begins with a format byte and the id of its key, most significant byte
// first.
constexpr std::uint8_t person_format = 1;
constexpr std::size_t person_header_bytes = 5;

Bytes person_header(std::int64_t key_id) {
  Bytes header{person_format};
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    header.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(key_id) >> shift));
  }
  return header;
}

Bytes joined(ByteView header, ByteView associated) {
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), associated.begin(), associated.end());
  return bytes;
}

Error open_failed() {
  return Error{Status::data_loss, "crypto.open_failed", "Sealed data cannot be opened."};
}

}  // namespace

std::string_view purpose_name(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::blind:
      return "blind";
    case Purpose::person:
      return "person";
    case Purpose::derive:
      return "derive";
    case Purpose::digest:
      return "digest";
    case Purpose::audit:
      return "audit";
    case Purpose::sandbox:
      return "sandbox";
    case Purpose::pepper:
      return "pepper";
  }
  return "unknown";
}

std::optional<Purpose> parse_purpose(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(all_purposes.begin(), all_purposes.end(),
                   [name](Purpose purpose) { return purpose_name(purpose) == name; });
  return found == all_purposes.end() ? std::nullopt : std::optional<Purpose>(*found);
}

DataKey draw_data_key(std::int64_t id, Purpose purpose, Random& random) {
  DataKey key{id, purpose, true, SecretBytes(data_key_bytes)};
  random.fill(key.bytes.span());
  return key;
}

std::vector<DataKey> draw_data_keys(Random& random) {
  std::vector<DataKey> keys;
  for (const Purpose purpose : all_purposes) {
    keys.push_back(draw_data_key(static_cast<std::int64_t>(keys.size()) + 1, purpose, random));
  }
  return keys;
}

Result<std::shared_ptr<const KeyRing>> KeyRing::make(std::shared_ptr<const MasterKeys> masters,
                                                     std::vector<DataKey> keys) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  const Error incomplete{Status::internal, "vault.key_incomplete",
                         "The key ring does not have one usable key for each purpose."};
  std::array<std::size_t, all_purposes.size()> active{};
  active.fill(none);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const DataKey& key = keys[i];
    if (key.bytes.size() != data_key_bytes || key.id < 1 ||
        key.id > std::numeric_limits<std::uint32_t>::max()) {
      return incomplete;
    }
    std::size_t& place = active[static_cast<std::size_t>(key.purpose)];
    if (key.active && place != none) {
      return incomplete;
    }
    place = key.active ? i : place;
  }
  if (std::find(active.begin(), active.end(), none) != active.end()) {
    return incomplete;
  }
  return std::shared_ptr<const KeyRing>(new KeyRing(std::move(masters), std::move(keys), active));
}

KeyRing::KeyRing(std::shared_ptr<const MasterKeys> masters, std::vector<DataKey> keys,
                 const std::array<std::size_t, all_purposes.size()>& active)
    : masters_(std::move(masters)),
      keys_(std::move(keys)),
      active_(active),
      signing_key_(key(Purpose::audit)) {}

const DataKey& KeyRing::active(Purpose purpose) const noexcept {
  return keys_[active_[static_cast<std::size_t>(purpose)]];
}

const SecretBytes& KeyRing::key(Purpose purpose) const noexcept {
  return active(purpose).bytes;
}

std::int64_t KeyRing::pepper_id() const noexcept {
  return active(Purpose::pepper).id;
}

std::optional<crypto::Hash32> KeyRing::pepper(std::int64_t id, ByteView password) const {
  for (const DataKey& key : keys_) {
    if (key.id == id && key.purpose == Purpose::pepper) {
      return crypto::hmac_sha256(key.bytes.span(), password);
    }
  }
  return std::nullopt;
}

BlindIndex KeyRing::blind(std::string_view domain, ByteView value) const {
  return crypto::keyed_hash_16(key(Purpose::blind),
                               {as_bytes("kameng/blind"), as_bytes(domain), value});
}

SecretText KeyRing::derive(std::string_view purpose, ByteView row_id, ByteView nonce) const {
  auto token = crypto::keyed_hash(key(Purpose::derive),
                                  {as_bytes("kameng/derive"), as_bytes(purpose), row_id, nonce});
  SecretText text = crypto::secret_to_base64url(token);
  wipe(token.data(), token.size());
  return text;
}

crypto::Hash32 KeyRing::hash_of_secret(std::string_view secret) const {
  return crypto::keyed_hash(key(Purpose::derive),
                            {as_bytes("kameng/hash-of-secret"), as_bytes(secret)});
}

Digest KeyRing::digest(std::initializer_list<ByteView> parts) const {
  return crypto::keyed_hash(key(Purpose::digest), parts);
}

Bytes KeyRing::seal_person(ByteView plain, ByteView associated, Random& random) const {
  const DataKey& data_key = active(Purpose::person);
  Bytes sealed = person_header(data_key.id);
  const Bytes body = crypto::seal(data_key.bytes, plain, joined(sealed, associated), random);
  sealed.insert(sealed.end(), body.begin(), body.end());
  return sealed;
}

Result<SecretText> KeyRing::open_person(ByteView sealed, ByteView associated) const {
  if (sealed.size() < person_header_bytes) {
    return open_failed();
  }
  const ByteView header = sealed.first(person_header_bytes);
  const auto sealed_with = [header](const DataKey& data_key) {
    const Bytes expected = person_header(data_key.id);
    return data_key.purpose == Purpose::person &&
           std::equal(expected.begin(), expected.end(), header.begin(), header.end());
  };
  const auto data_key = std::find_if(keys_.begin(), keys_.end(), sealed_with);
  if (data_key == keys_.end()) {
    return open_failed();
  }
  return crypto::open_text(data_key->bytes, sealed.subspan(person_header_bytes),
                           joined(header, associated));
}

Bytes KeyRing::seal_under_master(ByteView plain, ByteView associated, Random& random) const {
  return masters_->seal(plain, associated, random);
}

Result<SecretBytes> KeyRing::open_under_master(ByteView sealed, ByteView associated) const {
  return masters_->open(sealed, associated);
}

crypto::Signature KeyRing::sign(ByteView message) const {
  return signing_key_.sign(message);
}

const crypto::PublicKey& KeyRing::public_key() const noexcept {
  return signing_key_.public_key();
}

}  // namespace kameng::keys
