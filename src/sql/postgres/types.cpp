// types.cpp - see types.hpp.
#include "sql/postgres/types.hpp"

namespace kameng::sql::postgres {
namespace {

// Two's complement in network order.
std::int64_t signed_number(std::string_view bytes) {
  std::uint64_t bits = !bytes.empty() && (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(bits);
}

std::int64_t word(std::string_view bytes, std::size_t index) {
  return signed_number(bytes.substr(index * 2, 2));
}

// Four words: how many digits, the power of 10,000 of the first, the sign, how many decimal places
// are shown; then the digits, of which each is one of 10,000.
std::optional<std::int64_t> numeric(std::string_view bytes) {
  constexpr std::size_t head_words = 4;
  constexpr std::int64_t negative = 0x4000;
  if (bytes.size() < head_words * 2) {
    return std::nullopt;
  }
  const std::int64_t digits = word(bytes, 0);
  const std::int64_t weight = word(bytes, 1);
  const std::int64_t sign = word(bytes, 2);
  if (digits < 0 || bytes.size() != (head_words + static_cast<std::size_t>(digits)) * 2 ||
      (sign != 0 && sign != negative) || (digits > 0 && weight > 4)) {
    return std::nullopt;  // not a number, infinite, or greater than any int64
  }
  std::int64_t sum = 0;  // below zero, where the range is wider by one
  for (std::int64_t i = 0; i < digits || (digits > 0 && i <= weight); ++i) {
    const std::int64_t digit =
        i < digits ? word(bytes, head_words + static_cast<std::size_t>(i)) : 0;
    if (i > weight) {
      if (digit != 0) {
        return std::nullopt;  // a fraction
      }
    } else if (__builtin_mul_overflow(sum, 10'000, &sum) ||
               __builtin_sub_overflow(sum, digit, &sum)) {
      return std::nullopt;
    }
  }
  if (sign == negative) {
    return sum;
  }
  return __builtin_sub_overflow(0, sum, &sum) ? std::nullopt : std::optional<std::int64_t>(sum);
}

}  // namespace

bool is_text(Oid type) noexcept {
  return type == type_text || type == type_varchar || type == type_bpchar || type == type_name;
}

std::optional<std::int64_t> integer_of(Oid type, std::string_view bytes) noexcept {
  switch (type) {
    case type_bool:
    case type_int2:
    case type_int4:
    case type_int8:
      return signed_number(bytes);
    case type_numeric:
      return numeric(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace kameng::sql::postgres
