// path.cpp - joining path steps.
#include "json/path.hpp"

namespace kameng::json {
namespace {

// Cut at a character's first byte, so that the error stays UTF-8.
[[nodiscard]] std::string_view cut(std::string_view name) {
  if (name.size() <= path_name_bytes_max) {
    return name;
  }
  std::size_t end = path_name_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return name.substr(0, end);
}

[[nodiscard]] std::string step(std::size_t index) {
  return '[' + std::to_string(index) + ']';
}

}  // namespace

void append_name(std::string& path, std::string_view name) {
  if (!path.empty()) {
    path += '.';
  }
  path += cut(name);
}

void append_index(std::string& path, std::size_t index) {
  path += step(index);
}

void prepend_name(std::string& path, std::string_view name) {
  std::string joined(cut(name));
  if (!path.empty() && path.front() != '[') {
    joined += '.';
  }
  path.insert(0, joined);
}

void prepend_index(std::string& path, std::size_t index) {
  std::string joined = step(index);
  if (!path.empty() && path.front() != '[') {
    joined += '.';
  }
  path.insert(0, joined);
}

}  // namespace kameng::json
