// bcrypt.hpp - bcrypt by the system's crypt_r(3), for nothing else than passwords.
//
// bcrypt reads 72 bytes of a password at most and ends at a NUL; whoever wants more hashes first.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kameng::crypto {

inline constexpr int bcrypt_cost_min = 4;
inline constexpr int bcrypt_cost_max = 31;

// The cost of a well-formed hash, "$2a$", "$2b$" or "$2y$", two digits and 53 characters; nothing
// for anything else.
[[nodiscard]] std::optional<int> bcrypt_cost(std::string_view hash) noexcept;

// "$2b$12$...". Nothing when the system refuses, or the password holds a NUL.
[[nodiscard]] std::optional<std::string> bcrypt(std::string_view password, int cost,
                                                const std::array<std::uint8_t, 16>& salt);
// Whether it is the password, in constant time once the hash is computed; nothing when there is no
// hash that one could be compared with. A password with a NUL is wrong, and costs as much.
[[nodiscard]] std::optional<bool> bcrypt_verify(std::string_view password, std::string_view hash);

}  // namespace kameng::crypto
