// code_seal.cpp - see code_seal.hpp and unsealer.hpp.
#include "vault/code_seal.hpp"

#include <algorithm>
#include <array>

#include "crypto/seal.hpp"
#include "vault/unsealer.hpp"

namespace kameng::vault {
namespace {

// batch id || ordinal, big endian || sku id.
std::array<std::uint8_t, 40> associated_with(const CodePlace& place) {
  std::array<std::uint8_t, 40> bytes{};
  std::copy(place.batch_id.bytes.begin(), place.batch_id.bytes.end(), bytes.begin());
  const auto ordinal = static_cast<std::uint64_t>(place.ordinal);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[16 + i] = static_cast<std::uint8_t>(ordinal >> (8 * (7 - i)));
  }
  std::copy(place.sku_id.bytes.begin(), place.sku_id.bytes.end(), bytes.begin() + 24);
  return bytes;
}

Error unreadable() {
  return {Status::data_loss, "code.unreadable", "A stored code cannot be read back."};
}

}  // namespace

keys::BlindIndex blind_of(const keys::KeyRing& keys, std::string_view code) {
  return keys.blind("code", as_bytes(code));
}

BatchKey BatchKey::draw(Random& random) {
  SecretBytes key(crypto::seal_key_bytes);
  random.fill(key.span());
  return BatchKey(std::move(key));
}

Result<BatchKey> BatchKey::open(const keys::KeyRing& keys, const BatchId& batch, ByteView sealed) {
  auto key = keys.open_under_master(sealed, batch.bytes);
  if (!key.ok() || key->size() != crypto::seal_key_bytes) {
    return unreadable();
  }
  return BatchKey(std::move(*key));
}

Bytes BatchKey::sealed(const keys::KeyRing& keys, const BatchId& batch, Random& random) const {
  return keys.seal_under_master(key_.span(), batch.bytes, random);
}

Bytes BatchKey::seal(const CodePlace& place, std::string_view code, Random& random) const {
  return crypto::seal(key_, as_bytes(code), associated_with(place), random);
}

Result<SecretText> BatchKey::unseal(const CodePlace& place, ByteView sealed) const {
  auto text = crypto::open_text(key_, sealed, associated_with(place));
  if (!text.ok()) {
    return unreadable();
  }
  return text;
}

Result<SecretText> Unsealer::open(const SealedCode& code, ByteView batch_key) const {
  KAMENG_TRY(const BatchKey key, BatchKey::open(*keys_, code.batch_id, batch_key));
  return key.unseal({code.batch_id, code.ordinal, code.sku_id}, code.sealed);
}

}  // namespace kameng::vault
