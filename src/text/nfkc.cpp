#include "text/nfkc.hpp"

#include <algorithm>
#include <cstdlib>

#include <utf8proc.h>

#include "base/secret.hpp"

namespace kameng::text {

std::optional<std::string> nfkc(std::string_view text) {
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                      UTF8PROC_COMPAT | UTF8PROC_REJECTNA);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (size < 0) {
    std::free(made);
    return std::nullopt;
  }
  std::string normal(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  wipe(made, static_cast<std::size_t>(size));  // it may be a password
  std::free(made);
  return normal;
}

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace kameng::text
