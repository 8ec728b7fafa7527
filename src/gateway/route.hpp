// route.hpp - which path is what.
#pragma once

#include <string_view>

#include "ops/registry.hpp"

namespace kameng::gateway {

struct Route {
  enum class Kind : std::uint8_t { none, server, operation, notice, openapi, health, metrics };

  Kind kind = Kind::none;
  const ops::Operation* operation = nullptr;  // of Kind::operation
  std::string_view provider = {};             // of Kind::notice

  // What the header Allow says.
  [[nodiscard]] std::string_view allow() const;
  [[nodiscard]] bool allows(std::string_view method) const;
};

// A target in origin form, or `*`, as HTTP writes it: visible ASCII, `%` before two hex digits.
[[nodiscard]] bool is_target(std::string_view target);
[[nodiscard]] Route find_route(const ops::Registry& registry, std::string_view target);

}  // namespace kameng::gateway
