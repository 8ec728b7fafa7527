// common_passwords.hpp - the passwords that are tried first.
#pragma once

#include <string_view>

namespace kameng::account {

// Whether it is on the list, or a word of the list with up to four digits and marks behind it, or
// one character over and over. `lower_case` in ASCII; other characters are as they are.
[[nodiscard]] bool is_common_password(std::string_view lower_case) noexcept;

}  // namespace kameng::account
