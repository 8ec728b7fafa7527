// seal.hpp - authenticated encryption: XChaCha20-Poly1305 (IETF), a random nonce of 24 bytes in
// front.
//
// Not here: which key seals what (keys), and what the associated bytes are (whoever stores the
// sealed form). The associated bytes tie a sealed value to its place; without them one row's value
// could be copied into another row.
#pragma once

#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {

inline constexpr std::size_t seal_key_bytes = 32;
inline constexpr std::size_t seal_nonce_bytes = 24;
inline constexpr std::size_t seal_tag_bytes = 16;
inline constexpr std::size_t seal_overhead_bytes = seal_nonce_bytes + seal_tag_bytes;

// nonce || ciphertext || tag. Any thread. The key has seal_key_bytes.
[[nodiscard]] Bytes seal(const SecretBytes& key, ByteView plain, ByteView associated,
                         Random& random);

// The reverse. DATA_LOSS crypto.open_failed when the key, a byte of the sealed form or of the
// associated bytes is another.
[[nodiscard]] Result<SecretBytes> open(const SecretBytes& key, ByteView sealed,
                                       ByteView associated);
// The same, for a plaintext that is on its way to a person.
[[nodiscard]] Result<SecretText> open_text(const SecretBytes& key, ByteView sealed,
                                           ByteView associated);

}  // namespace kameng::crypto
