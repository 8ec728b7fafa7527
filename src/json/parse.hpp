// parse.hpp - text to tree, strictly. What other readers wave through (duplicate keys, a byte-order
// mark, bytes after the end, broken UTF-8, integers that lose digits elsewhere) is refused here, so
// that two programs never read one document in two ways.
//
// All errors are INVALID_ARGUMENT. Messages name a byte position or a bound, never content.
//   document.malformed      not JSON, not UTF-8, a raw NUL, a byte-order mark, bytes after the end
//   document.too_large      more bytes than limits.bytes_max
//   document.too_deep       more open lists and objects than limits.depth_max
//   document.duplicate_key  `field` is the path of the second one
//   number.out_of_range     an integer beyond 2^53-1 either way, or a fraction beyond a double;
//   `field` is its path
#pragma once

#include <cstddef>
#include <string_view>

#include <kameng/result.hpp>

#include "base/limits.hpp"
#include "json/value.hpp"

namespace kameng::json {

struct Limits {
  std::size_t bytes_max = limits::document_bytes_max;
  std::size_t depth_max = limits::document_depth_max;
};

// Any JSON value may stand at the top; who wants an object says so by reading fields. "\u0000" in a
// string is read as a NUL byte.
[[nodiscard]] Result<Value> parse(std::string_view text, const Limits& limits = {});

}  // namespace kameng::json
