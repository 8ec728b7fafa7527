// totp.hpp - codes of an authenticator app: six digits of thirty seconds (RFC 6238), HMAC-SHA-1, as
// every app knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace kameng::account {

inline constexpr std::size_t totp_secret_bytes = 20;
inline constexpr std::int64_t totp_step_ms = 30'000;

// RFC 4648, upper case, without padding: what people type when they cannot scan.
[[nodiscard]] std::string to_base32(ByteView bytes);

// The step whose code this is, the present one or one of its neighbours; only after `last_step`, so
// that no code counts twice. Every candidate is computed, whichever fits.
[[nodiscard]] std::optional<std::int64_t> totp_step(ByteView secret, std::string_view code,
                                                    TimeMs now_ms, std::int64_t last_step);
[[nodiscard]] std::string totp_code(ByteView secret, std::int64_t step);

// otpauth://totp/Issuer:label?secret=...&issuer=Issuer: what the app scans.
[[nodiscard]] std::string totp_uri(ByteView secret, std::string_view issuer,
                                   std::string_view label);

}  // namespace kameng::account
