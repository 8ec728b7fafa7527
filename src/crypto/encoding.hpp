// encoding.hpp - hex and base64 of secrets, in time that depends on the length alone and into
// memory that is wiped. What is no secret is printed by base/bytes.hpp.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {

[[nodiscard]] SecretText secret_to_hex(ByteView secret);
// Fills `secret` from exactly twice as many hex digits, of either case; false for another text.
[[nodiscard]] bool secret_from_hex(std::string_view text, std::span<std::uint8_t> secret);
[[nodiscard]] SecretText secret_to_base64url(ByteView secret);  // RFC 4648 section 5, no padding

}  // namespace kameng::crypto
