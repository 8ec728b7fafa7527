// id.cpp - printing and reading identifiers: Crockford's base32, most significant bits first.
//
// 26 characters carry 130 bits, so the first one stands for three bits only and is at most '7'. The
// letters that Crockford lets a reader mistake (I, L, O) are refused rather than corrected: an id
// has one spelling per letter case.
#include <algorithm>

#include <kameng/id.hpp>

namespace kameng {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t id_chars = 26;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string print_id(std::string_view prefix, const IdBytes& bytes) {
  std::string text(prefix);
  text += '_';
  // Two zero bits lead, so that the rest falls into groups of five.
  unsigned pending = 0;
  unsigned pending_bits = 2;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8U) | byte;
    pending_bits += 8;
    while (pending_bits >= 5) {
      pending_bits -= 5;
      text += alphabet[(pending >> pending_bits) & 31U];
    }
    pending &= 31U;
  }
  return text;
}

std::optional<IdBytes> parse_id(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + 1 + id_chars || text[prefix.size()] != '_' ||
      !std::equal(prefix.begin(), prefix.end(), text.begin(),
                  [](char a, char b) { return a == lower(b); })) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(prefix.size() + 1);
  if (digits.front() < '0' || digits.front() > '7') {
    return std::nullopt;
  }
  IdBytes bytes{};
  std::size_t filled = 0;
  unsigned pending = 0;
  unsigned pending_bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t value = alphabet.find(lower(digits[i]));
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    pending = (pending << 5U) | static_cast<unsigned>(value);
    pending_bits += i == 0 ? 3 : 5;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes[filled++] = static_cast<std::uint8_t>((pending >> pending_bits) & 255U);
      pending &= (1U << pending_bits) - 1U;
    }
  }
  return bytes;
}

IdBytes make_id_bytes(std::int64_t now_ms, std::span<const std::uint8_t, 10> random) {
  IdBytes bytes{};
  const auto time = static_cast<std::uint64_t>(now_ms);
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(time >> (40U - 8U * i));
  }
  std::copy(random.begin(), random.end(), bytes.begin() + 6);
  return bytes;
}

}  // namespace kameng
