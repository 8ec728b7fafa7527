// common_passwords.hpp - the passwords that are tried first.
#pragma once

#include <string_view>

namespace kameng::account {

// `lower_case` in ASCII; other characters are as they are.
[[nodiscard]] bool is_common_password(std::string_view lower_case) noexcept;

}  // namespace kameng::account
