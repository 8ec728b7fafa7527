// utf8.cpp - see utf8.hpp.
#include "text/utf8.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace kameng::text {
namespace {

// What may follow a lead byte: how many bytes, and the range of the first of them.
struct Sequence {
  std::size_t size = 0;  // 0: not a lead byte
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
};

Sequence sequence_of(std::uint8_t lead) noexcept {
  if (lead >= 0xC2 && lead <= 0xDF) {
    return {2};
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const std::uint8_t min = lead == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t max = lead == 0xED ? 0x9F : 0xBF;
    return {3, min, max};
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const std::uint8_t min = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t max = lead == 0xF4 ? 0x8F : 0xBF;
    return {4, min, max};
  }
  return {};
}

std::uint8_t at(std::string_view text, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(text[index]);
}

constexpr std::array<std::string_view, 9> noise = {
    " ",
    "\t",
    "\xC2\xA0",      // U+00A0
    "\xE3\x80\x80",  // U+3000
    "\xE2\x80\x8B",  // U+200B
    "\xE2\x80\x8C",  // U+200C
    "\xE2\x80\x8D",  // U+200D
    "\xE2\x81\xA0",  // U+2060
    "\xEF\xBB\xBF",  // U+FEFF
};

std::size_t noise_at_front(std::string_view text) noexcept {
  for (const std::string_view mark : noise) {
    if (text.substr(0, mark.size()) == mark) {
      return mark.size();
    }
  }
  return 0;
}

std::size_t noise_at_back(std::string_view text) noexcept {
  for (const std::string_view mark : noise) {
    if (text.size() >= mark.size() && text.substr(text.size() - mark.size()) == mark) {
      return mark.size();
    }
  }
  return 0;
}

}  // namespace

std::size_t utf8_prefix(std::string_view text, bool& torn) noexcept {
  torn = false;
  std::size_t i = 0;
  while (i < text.size()) {
    // Codes are mostly ASCII: eight bytes at a time.
    std::uint64_t eight = 0;
    while (i + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080U) != 0) {
        break;
      }
      i += sizeof eight;
    }
    if (i == text.size()) {
      break;
    }
    const std::uint8_t lead = at(text, i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const Sequence sequence = sequence_of(lead);
    if (sequence.size == 0) {
      return i;
    }
    for (std::size_t k = 1; k < sequence.size; ++k) {
      if (i + k == text.size()) {
        torn = true;
        return i;
      }
      const std::uint8_t byte = at(text, i + k);
      const bool fits = k == 1 ? byte >= sequence.second_min && byte <= sequence.second_max
                               : byte >= 0x80 && byte <= 0xBF;
      if (!fits) {
        return i;
      }
    }
    i += sequence.size;
  }
  return i;
}

bool is_utf8(std::string_view text) noexcept {
  bool torn = false;
  return utf8_prefix(text, torn) == text.size();
}

std::string_view trim(std::string_view text) noexcept {
  while (const std::size_t size = noise_at_front(text)) {
    text.remove_prefix(size);
  }
  while (const std::size_t size = noise_at_back(text)) {
    text.remove_suffix(size);
  }
  return text;
}

bool is_printable(std::string_view text, bool allow_line_ends) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t byte = at(text, i);
    if (byte < 0x20) {
      if (byte != '\t' && !(allow_line_ends && (byte == '\n' || byte == '\r'))) {
        return false;
      }
    } else if (byte == 0x7F) {
      return false;
    } else if (byte == 0xC2 && i + 1 < text.size() && at(text, i + 1) < 0xA0) {
      return false;  // U+0080 to U+009F
    } else if (byte == 0xEF && text.substr(i, 3) == "\xEF\xBF\xBD") {
      return false;  // U+FFFD
    }
  }
  return true;
}

}  // namespace kameng::text
