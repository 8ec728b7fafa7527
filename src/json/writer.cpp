// writer.cpp - escaping and numbers.
#include "json/writer.hpp"

#include <array>
#include <charconv>

namespace kameng::json {
namespace {

[[nodiscard]] constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4U];
      out += digits[static_cast<unsigned char>(c) & 0x0FU];
  }
}

}  // namespace

void Writer::quote(std::string_view text) {
  out_ += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (needs_escape(text[i])) {
      out_.append(text, done, i - done);
      append_escaped(out_, text[i]);
      done = i + 1;
    }
  }
  out_.append(text, done, text.size() - done);
  out_ += '"';
}

Writer& Writer::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

Writer& Writer::int64(std::int64_t value) {
  separate();
  std::array<char, 24> digits;
  const auto printed = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), printed.ptr);
  return *this;
}

Writer& Writer::boolean(bool value) {
  return raw(value ? "true" : "false");
}

Writer& Writer::null() {
  return raw("null");
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

Writer& Writer::value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null:
      return null();
    case Value::Kind::boolean:
      return boolean(*value.boolean());
    case Value::Kind::integer:
      return int64(*value.integer());
    case Value::Kind::fraction:
      return raw(value.fraction()->text);
    case Value::Kind::string:
      return string(*value.string());
    case Value::Kind::array:
      begin_array();
      for (const Value& item : *value.array()) {
        this->value(item);
      }
      return end_array();
    case Value::Kind::object:
      begin_object();
      for (const auto& [name, member] : *value.object()) {
        key(name).value(member);
      }
      return end_object();
  }
  return *this;
}

}  // namespace kameng::json
