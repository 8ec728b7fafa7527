// value.hpp - a parsed document as a tree. It lives between the parser and the field reader;
// services never see it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kameng::json {

// A number with a point or an exponent, as it was written. Nothing in the engine computes with it:
// the field reader refuses it with its path, and free documents give it back unchanged.
struct Fraction {
  std::string text;
  bool operator==(const Fraction&) const = default;
};

class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, fraction, string, array, object };
  using Array = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;  // in document order, names unique

  Value() = default;
  explicit Value(bool value) : data_(value) {}
  explicit Value(std::int64_t value) : data_(value) {}
  explicit Value(Fraction value) : data_(std::move(value)) {}
  explicit Value(std::string value) : data_(std::move(value)) {}
  explicit Value(Array value) : data_(std::move(value)) {}
  explicit Value(Object value) : data_(std::move(value)) {}

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(data_.index()); }
  [[nodiscard]] bool is_null() const noexcept { return data_.index() == 0; }

  // Each gives null for another kind.
  [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* integer() const noexcept {
    return std::get_if<std::int64_t>(&data_);
  }
  [[nodiscard]] const Fraction* fraction() const noexcept { return std::get_if<Fraction>(&data_); }
  [[nodiscard]] const std::string* string() const noexcept {
    return std::get_if<std::string>(&data_);
  }
  [[nodiscard]] const Array* array() const noexcept { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* object() const noexcept { return std::get_if<Object>(&data_); }
  [[nodiscard]] Array* array() noexcept { return std::get_if<Array>(&data_); }
  [[nodiscard]] Object* object() noexcept { return std::get_if<Object>(&data_); }

  // The member of an object; null when there is none or this is not an object.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;

  bool operator==(const Value&) const = default;

 private:
  // The order is that of Kind.
  std::variant<std::monostate, bool, std::int64_t, Fraction, std::string, Array, Object> data_;
};

// "an integer", "a list": for messages.
[[nodiscard]] std::string_view kind_phrase(Value::Kind kind) noexcept;

}  // namespace kameng::json
