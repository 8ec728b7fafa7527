// value.hpp - what goes into and comes out of a statement: int64, text, blob, null. Nothing is
// converted silently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <kameng/id.hpp>

#include "base/bytes.hpp"

namespace kameng::sql {

// A parameter; text and blobs are borrowed until the statement has run.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, ByteView>;

inline Value to_value(std::nullptr_t) {
  return {};
}
inline Value to_value(std::int64_t number) {
  return number;
}
inline Value to_value(int number) {
  return std::int64_t{number};
}
inline Value to_value(bool flag) {
  return std::int64_t{flag ? 1 : 0};
}
inline Value to_value(std::string_view text) {
  return text;
}
inline Value to_value(const std::string& text) {
  return std::string_view(text);
}
inline Value to_value(const char* text) {
  return std::string_view(text);
}
inline Value to_value(ByteView bytes) {
  return bytes;
}
inline Value to_value(const Bytes& bytes) {
  return ByteView(bytes);
}
template <std::size_t N>
Value to_value(const std::array<std::uint8_t, N>& bytes) {
  return ByteView(bytes);
}
template <class Tag>
Value to_value(const Id<Tag>& id) {
  return ByteView(id.bytes);
}
template <class T>
Value to_value(const std::optional<T>& maybe) {
  return maybe ? to_value(*maybe) : Value{};
}

}  // namespace kameng::sql
