// url.hpp - values in URLs.
#pragma once

#include <string>
#include <string_view>

namespace kameng::text {

// RFC 3986 section 2: everything but letters, digits and -._~ as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace kameng::text
