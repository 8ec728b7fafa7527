// path.hpp - paths into a document: `lines[2].quantity`. They go into Error::field, so names that
// callers made up are cut to a length that fits an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kameng::json {

inline constexpr std::size_t path_name_bytes_max = 64;

// From the outside in.
void append_name(std::string& path, std::string_view name);
void append_index(std::string& path, std::size_t index);

// From the inside out, as a reader unwinds.
void prepend_name(std::string& path, std::string_view name);
void prepend_index(std::string& path, std::size_t index);

}  // namespace kameng::json
