// enum_names.hpp - the names of an enumeration in documents and tables.
//
//   template <>
//   struct kameng::EnumNames<OrderState> {
//     static constexpr std::pair<OrderState, std::string_view> values[] = {
//         {OrderState::draft, "draft"}, {OrderState::paid, "paid"}};
//   };
#pragma once

#include <optional>
#include <string_view>
#include <utility>

namespace kameng {

template <class E>
struct EnumNames;  // specialised beside the enumeration

// The name of `value`; empty for a number that has none.
template <class E>
[[nodiscard]] constexpr std::string_view enum_name(E value) noexcept {
  for (const auto& [known, name] : EnumNames<E>::values) {
    if (known == value) {
      return name;
    }
  }
  return {};
}

// The reverse; nothing for a name that is not in the list.
template <class E>
[[nodiscard]] constexpr std::optional<E> enum_value(std::string_view name) noexcept {
  for (const auto& [known, known_name] : EnumNames<E>::values) {
    if (known_name == name) {
      return known;
    }
  }
  return std::nullopt;
}

}  // namespace kameng
