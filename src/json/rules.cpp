// rules.cpp - the rules and their messages. Messages name bounds and never the value: it may be a
// secret.
#include "json/rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/limits.hpp"

namespace kameng::json {
namespace {

constexpr std::size_t map_key_bytes_max = 128;

[[nodiscard]] std::string between(std::string_view what, std::int64_t min, std::int64_t max) {
  return std::string(what) + ' ' + std::to_string(min) + " to " + std::to_string(max);
}

[[nodiscard]] bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

// The bytes of the character at the start of `rest`; 0 when there is none (Unicode 15, table 3-7).
[[nodiscard]] std::size_t character_size(std::string_view rest) {
  std::array<unsigned char, 4> byte{};
  for (std::size_t i = 0; i < std::min(rest.size(), byte.size()); ++i) {
    byte[i] = static_cast<unsigned char>(rest[i]);
  }
  if (byte[0] < 0x80) {
    return 1;
  }
  if (byte[0] >= 0xC2 && byte[0] <= 0xDF) {
    return is_continuation(byte[1]) ? 2 : 0;
  }
  if (byte[0] >= 0xE0 && byte[0] <= 0xEF) {
    const bool overlong = byte[0] == 0xE0 && byte[1] < 0xA0;
    const bool surrogate = byte[0] == 0xED && byte[1] > 0x9F;
    const bool whole = is_continuation(byte[1]) && is_continuation(byte[2]);
    return whole && !overlong && !surrogate ? 3 : 0;
  }
  if (byte[0] >= 0xF0 && byte[0] <= 0xF4) {
    const bool overlong = byte[0] == 0xF0 && byte[1] < 0x90;
    const bool too_high = byte[0] == 0xF4 && byte[1] > 0x8F;
    const bool whole =
        is_continuation(byte[1]) && is_continuation(byte[2]) && is_continuation(byte[3]);
    return whole && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

// How many characters of ASCII it begins with, looked at eight at a time.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & high_bits) != 0) {
      break;
    }
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) {
    ++at;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) {
      return true;
    }
    const std::size_t size = character_size(text);
    if (size == 0) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

bool allow_integer(const Type& type, const Bounds& bounds, std::int64_t value, Fault& fault) {
  if (bounds.has_range && (value < bounds.range_min || value > bounds.range_max)) {
    return fault.refuse("field.range", between("goes from", bounds.range_min, bounds.range_max));
  }
  if (type.kind == TypeKind::integer32 && (value < INT32_MIN || value > INT32_MAX)) {
    return fault.refuse("field.range", between("goes from", INT32_MIN, INT32_MAX));
  }
  if (value < limits::integer_min || value > limits::integer_max) {
    return fault.refuse("field.range",
                        between("goes from", limits::integer_min, limits::integer_max));
  }
  return true;
}

bool allow_text(const Bounds& bounds, std::string_view text, Fault& fault) {
  if (text.find('\0') != std::string_view::npos) {
    return fault.refuse("text.malformed", "text may not hold a NUL");
  }
  if (bounds.has_length && (text.size() < bounds.length_min || text.size() > bounds.length_max)) {
    return fault.refuse("field.length",
                        between("bytes of text:", static_cast<std::int64_t>(bounds.length_min),
                                static_cast<std::int64_t>(bounds.length_max)));
  }
  if (!bounds.names.empty() &&
      std::find(bounds.names.begin(), bounds.names.end(), text) == bounds.names.end()) {
    std::string message = "one of:";
    for (const std::string_view name : bounds.names) {
      message.append(" ").append(name);
    }
    return fault.refuse("field.not_one_of", std::move(message));
  }
  return true;
}

bool allow_count(const Bounds& bounds, std::size_t count, Fault& fault) {
  if (bounds.has_count && (count < bounds.count_min || count > bounds.count_max)) {
    return fault.refuse("field.count",
                        between("entries:", static_cast<std::int64_t>(bounds.count_min),
                                static_cast<std::int64_t>(bounds.count_max)));
  }
  return true;
}

bool allow_map_key(std::string_view key, Fault& fault) {
  if (key.find('\0') != std::string_view::npos) {
    return fault.refuse("text.malformed", "a key may not hold a NUL");
  }
  if (key.empty() || key.size() > map_key_bytes_max) {
    return fault.refuse("field.length",
                        "keys have 1 to " + std::to_string(map_key_bytes_max) + " bytes");
  }
  return true;
}

bool allow_header(const Header& header, Fault& fault) {
  constexpr std::string_view line_ends("\0\r\n", 3);
  if (header.name.empty() || header.name.find_first_of(line_ends) != std::string::npos ||
      header.value.find_first_of(line_ends) != std::string::npos) {
    return fault.refuse("header.malformed", "a header has a name, and no NUL, CR or LF");
  }
  if (header.name.size() + header.value.size() > limits::http_header_bytes_max) {
    return fault.refuse(
        "field.length",
        "a header has at most " + std::to_string(limits::http_header_bytes_max) + " bytes");
  }
  return true;
}

}  // namespace kameng::json
