// value.cpp - what is not inline in value.hpp.
#include "json/value.hpp"

namespace kameng::json {

const Value* Value::find(std::string_view name) const noexcept {
  if (const Object* members = object()) {
    for (const auto& [known, value] : *members) {
      if (known == name) {
        return &value;
      }
    }
  }
  return nullptr;
}

std::string_view kind_phrase(Value::Kind kind) noexcept {
  switch (kind) {
    case Value::Kind::null:
      return "null";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::fraction:
      return "a number with a point or exponent";
    case Value::Kind::string:
      return "a string";
    case Value::Kind::array:
      return "a list";
    case Value::Kind::object:
      return "an object";
  }
  return "";
}

}  // namespace kameng::json
