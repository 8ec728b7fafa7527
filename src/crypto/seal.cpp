// seal.cpp - libsodium's XChaCha20-Poly1305.
#include "crypto/seal.hpp"

#include <algorithm>

#include <sodium.h>

#include "crypto/key_size.hpp"

namespace kameng::crypto {
namespace {

static_assert(seal_key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(seal_nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(seal_tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

Error open_failed() {
  return Error{Status::data_loss, "crypto.open_failed", "Sealed data cannot be opened."};
}

// `plain` has the size of the sealed form less the overhead.
bool open_into(std::span<std::uint8_t> plain, const SecretBytes& key, ByteView sealed,
               ByteView associated) {
  require_size(key, seal_key_bytes);
  const ByteView nonce = sealed.first(seal_nonce_bytes);
  const ByteView body = sealed.subspan(seal_nonce_bytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             plain.data(), nullptr, nullptr, body.data(), body.size(), associated.data(),
             associated.size(), nonce.data(), key.span().data()) == 0;
}

}  // namespace

Bytes seal(const SecretBytes& key, ByteView plain, ByteView associated, Random& random) {
  require_size(key, seal_key_bytes);
  const auto nonce = random.draw<seal_nonce_bytes>();
  Bytes sealed(plain.size() + seal_overhead_bytes);
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data() + seal_nonce_bytes, nullptr, plain.data(), plain.size(), associated.data(),
      associated.size(), nullptr, nonce.data(), key.span().data());
  return sealed;
}

Result<SecretBytes> open(const SecretBytes& key, ByteView sealed, ByteView associated) {
  if (sealed.size() < seal_overhead_bytes) {
    return open_failed();
  }
  SecretBytes plain(sealed.size() - seal_overhead_bytes);
  if (!open_into(plain.span(), key, sealed, associated)) {
    return open_failed();
  }
  return plain;
}

Result<SecretText> open_text(const SecretBytes& key, ByteView sealed, ByteView associated) {
  if (sealed.size() < seal_overhead_bytes) {
    return open_failed();
  }
  // Filled in place, so that no copy of the plaintext is left to wipe. A failed open writes zeros,
  // no plaintext.
  std::string text(sealed.size() - seal_overhead_bytes, '\0');
  if (!open_into({reinterpret_cast<std::uint8_t*>(text.data()), text.size()}, key, sealed,
                 associated)) {
    return open_failed();
  }
  return SecretText(std::move(text));
}

}  // namespace kameng::crypto
