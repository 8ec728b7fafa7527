// master_key.cpp - ids of master keys and the sealed form that carries them.
#include "keys/master_key.hpp"

#include <algorithm>
#include <utility>

#include "crypto/hash.hpp"
#include "crypto/seal.hpp"

namespace kameng::keys {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_bytes = 1 + std::tuple_size_v<MasterId>;

// The header is authenticated too: a value cannot be passed off as another key's or another
// format's.
Bytes header_and(ByteView header, ByteView associated) {
  Bytes joined(header.begin(), header.end());
  joined.insert(joined.end(), associated.begin(), associated.end());
  return joined;
}

}  // namespace

MasterKey::MasterKey(SecretBytes bytes) : bytes_(std::move(bytes)) {
  const auto hash = crypto::keyed_hash_16(bytes_, {as_bytes("kameng/master-id")});
  std::copy_n(hash.begin(), id_.size(), id_.begin());
}

Result<MasterKey> MasterKey::from_bytes(SecretBytes bytes) {
  if (bytes.size() != master_key_bytes) {
    return Error{Status::invalid_argument, "vault.key_invalid", "A master key has 32 bytes."};
  }
  return MasterKey(std::move(bytes));
}

MasterKey MasterKey::draw(Random& random) {
  SecretBytes bytes(master_key_bytes);
  random.fill(bytes.span());
  return MasterKey(std::move(bytes));
}

MasterKeys::MasterKeys(MasterKey current, std::vector<MasterKey> former)
    : current_(std::move(current)), former_(std::move(former)) {}

const MasterKey* MasterKeys::find(ByteView id) const noexcept {
  const auto has_id = [id](const MasterKey& key) {
    return std::equal(id.begin(), id.end(), key.id().begin(), key.id().end());
  };
  if (has_id(current_)) {
    return &current_;
  }
  const auto found = std::find_if(former_.begin(), former_.end(), has_id);
  return found == former_.end() ? nullptr : &*found;
}

Bytes MasterKeys::seal(ByteView plain, ByteView associated, Random& random) const {
  Bytes sealed{format};
  sealed.insert(sealed.end(), current_.id().begin(), current_.id().end());
  const Bytes body = crypto::seal(current_.bytes(), plain, header_and(sealed, associated), random);
  sealed.insert(sealed.end(), body.begin(), body.end());
  return sealed;
}

Result<SecretBytes> MasterKeys::open(ByteView sealed, ByteView associated) const {
  if (sealed.size() < header_bytes || sealed.front() != format) {
    return Error{Status::data_loss, "crypto.open_failed", "Sealed data cannot be opened."};
  }
  const ByteView header = sealed.first(header_bytes);
  const MasterKey* key = find(header.subspan(1));
  if (key == nullptr) {
    return Error{Status::failed_precondition, "vault.key_wrong",
                 "The master key does not belong to this database."};
  }
  return crypto::open(key->bytes(), sealed.subspan(header_bytes), header_and(header, associated));
}

bool MasterKeys::is_current(ByteView sealed) const noexcept {
  return sealed.size() >= header_bytes && sealed.front() == format &&
         std::equal(current_.id().begin(), current_.id().end(), sealed.begin() + 1);
}

}  // namespace kameng::keys
