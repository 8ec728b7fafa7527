// rules.hpp - what a field list asks of single values, shared by reading documents and checking
// structs. Private to json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <kameng/header.hpp>
#include <kameng/result.hpp>

#include "json/path.hpp"
#include "json/schema.hpp"

namespace kameng::json {

// The first thing that is wrong. The path grows from the inside out, so that documents without a
// fault pay nothing for it.
struct Fault {
  Error error;

  // Always false, to be returned.
  bool refuse(std::string_view reason, std::string message) {
    error = Error{Status::invalid_argument, std::string(reason), std::move(message)};
    return false;
  }
  bool in(std::string_view name) {
    prepend_name(error.field, name);
    return false;
  }
  bool in(std::size_t index) {
    prepend_index(error.field, index);
    return false;
  }
};

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// Each is true when the rule holds.
[[nodiscard]] bool allow_integer(const Type& type, const Bounds& bounds, std::int64_t value,
                                 Fault& fault);
// Length, the allowed names, and no NUL: it would cut the text in C.
[[nodiscard]] bool allow_text(const Bounds& bounds, std::string_view text, Fault& fault);
[[nodiscard]] bool allow_count(const Bounds& bounds, std::size_t count, Fault& fault);
[[nodiscard]] bool allow_map_key(std::string_view key, Fault& fault);
// No control characters that would end the line of a header.
[[nodiscard]] bool allow_header(const Header& header, Fault& fault);

}  // namespace kameng::json
