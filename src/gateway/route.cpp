#include "gateway/route.hpp"

#include <algorithm>

#include "gateway/header_text.hpp"

namespace kameng::gateway {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string_view Route::allow() const {
  switch (kind) {
    case Kind::operation:
    case Kind::notice:
      return "OPTIONS, POST";
    case Kind::openapi:
    case Kind::health:
    case Kind::metrics:
      return "GET, HEAD, OPTIONS";
    case Kind::none:
    case Kind::server:
      break;
  }
  return "GET, HEAD, OPTIONS, POST";
}

bool Route::allows(std::string_view method) const {
  const auto methods = split(allow(), ',');
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_target(std::string_view target) {
  if (target == "*") {
    return true;
  }
  if (!target.starts_with('/')) {
    return false;
  }
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    const bool is_visible = c > ' ' && c < '\x7f';
    if (!is_visible || std::string_view("\"#<>\\^`{|}").find(c) != std::string_view::npos) {
      return false;
    }
    if (c == '%' && (i + 2 >= target.size() || !is_hex(target[i + 1]) || !is_hex(target[i + 2]))) {
      return false;
    }
  }
  return true;
}

Route find_route(const ops::Registry& registry, std::string_view target) {
  using Kind = Route::Kind;
  constexpr std::string_view top = "/v1/";
  constexpr std::string_view notices = "notice/";
  if (target == "*") {
    return {.kind = Kind::server};
  }
  std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with(top)) {
    return {};
  }
  path.remove_prefix(top.size());
  if (path == "openapi.json") {
    return {.kind = Kind::openapi};
  }
  if (path == "health") {
    return {.kind = Kind::health};
  }
  if (path == "metrics") {
    return {.kind = Kind::metrics};
  }
  if (path.starts_with(notices)) {
    path.remove_prefix(notices.size());
    const bool is_name = is_token(path) && path.size() <= 32;
    return is_name ? Route{.kind = Kind::notice, .provider = path} : Route{};
  }
  const ops::Operation* const operation = registry.find(path);
  return operation != nullptr ? Route{.kind = Kind::operation, .operation = operation} : Route{};
}

}  // namespace kameng::gateway
