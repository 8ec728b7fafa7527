// utf8.hpp - what the engine asks of Unicode text: is it well formed, is it printable, where does
// it begin and end.
//
// Nothing here changes a character: a code is stored as it was given.
#pragma once

#include <cstddef>
#include <string_view>

namespace kameng::text {

// Well-formed UTF-8 as the Unicode Standard's table 3-7 has it: no overlong forms, no surrogates,
// nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// The length of the longest well-formed prefix. `torn` tells whether what follows could be the
// beginning of a character whose rest is still to come.
[[nodiscard]] std::size_t utf8_prefix(std::string_view text, bool& torn) noexcept;

// Without the spaces and invisible characters around it that copying from pages and sheets leaves:
// ASCII space and tab, NBSP, U+3000, U+200B to U+200D, U+2060, U+FEFF. Inside they stay. `text` is
// UTF-8.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// No NUL or other control character (C0 but tab, DEL, C1), and no U+FFFD, which says that an
// earlier conversion has lost something. `text` is UTF-8. Line ends are allowed where the caller
// says so.
[[nodiscard]] bool is_printable(std::string_view text, bool allow_line_ends) noexcept;

}  // namespace kameng::text
