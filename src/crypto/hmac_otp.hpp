// hmac_otp.hpp - the hashes that one-time passwords are made with (RFC 4226, RFC 6238).
//
// HMAC-SHA-1 is here for authenticator apps alone: most know nothing else, and as a MAC it holds.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace kameng::crypto {

enum class OtpHash : std::uint8_t { sha1, sha256, sha512 };

// The last `digits` (6 to 8) decimal digits of the truncated HMAC of the counter (RFC 4226 section
// 5.3).
[[nodiscard]] std::uint32_t hotp(OtpHash hash, ByteView secret, std::uint64_t counter, int digits);

}  // namespace kameng::crypto
