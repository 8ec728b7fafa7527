// nfkc.hpp - Unicode normalisation form KC, so that what two keyboards make of one word is one
// text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kameng::text {

// Nothing for text that is no UTF-8, or has a code point that the Unicode of this library
// (utf8proc) does not know: a later one might normalise it in another way.
[[nodiscard]] std::optional<std::string> nfkc(std::string_view text);

// How many code points. `text` is UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text) noexcept;

}  // namespace kameng::text
