// types.hpp - one Type per member type that field lists may use. A type that is not here does not
// compile, and the message says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <kameng/document.hpp>
#include <kameng/enum_names.hpp>
#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "json/schema.hpp"

namespace kameng::json {

template <class T>
const Record& record_of();

template <class T>
struct TypeFor {
  [[nodiscard]] static constexpr Type make() {
    if constexpr (std::is_same_v<T, bool>) {
      return {.kind = TypeKind::boolean};
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
      return {.kind = TypeKind::integer32};
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      return {.kind = TypeKind::integer64};
    } else if constexpr (std::is_same_v<T, std::string>) {
      return {.kind = TypeKind::string};
    } else if constexpr (std::is_same_v<T, Money>) {
      return {.kind = TypeKind::money};
    } else if constexpr (std::is_same_v<T, Currency>) {
      return {.kind = TypeKind::currency};
    } else if constexpr (std::is_same_v<T, Headers>) {
      return {.kind = TypeKind::headers};
    } else if constexpr (std::is_same_v<T, Document>) {
      return {.kind = TypeKind::document};
    } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
      return {.kind = TypeKind::text_map};
    } else if constexpr (std::is_same_v<T, std::map<std::string, std::int64_t>>) {
      return {.kind = TypeKind::integer_map};
    } else if constexpr (std::is_enum_v<T>) {
      return {.kind = TypeKind::enumeration, .names = enum_access()};
    } else {
      static_assert(std::is_class_v<T> && std::is_default_constructible_v<T>,
                    "field lists do not support this member type; types.hpp has those they do");
      return {.kind = TypeKind::object, .record = &record_of<T>};
    }
  }

 private:
  [[nodiscard]] static constexpr EnumAccess enum_access() {
    return {.count = std::size(EnumNames<T>::values),
            .name_at = [](std::size_t index) { return EnumNames<T>::values[index].second; },
            .name = [](const void* value) { return enum_name(*static_cast<const T*>(value)); },
            .set =
                [](void* value, std::string_view name) {
                  const std::optional<T> found = enum_value<T>(name);
                  if (found) {
                    *static_cast<T*>(value) = *found;
                  }
                  return found.has_value();
                }};
  }
};

template <class T>
inline constexpr Type type_of = TypeFor<T>::make();

template <class Tag>
struct TypeFor<Id<Tag>> {
  // The readers see the bytes alone.
  static_assert(std::is_standard_layout_v<Id<Tag>> && sizeof(Id<Tag>) == sizeof(IdBytes));
  [[nodiscard]] static constexpr Type make() {
    return {.kind = TypeKind::id, .prefix = Id<Tag>::prefix};
  }
};

template <class Item>
requires(!std::is_same_v<Item, Header>) struct TypeFor<std::vector<Item>> {
  static_assert(!std::is_same_v<Item, bool>, "std::vector<bool> has no items to point at");
  using List = std::vector<Item>;
  [[nodiscard]] static constexpr Type make() {
    return {
        .kind = TypeKind::list,
        .item = &type_of<Item>,
        .list = {
            .size = [](const void* list) { return static_cast<const List*>(list)->size(); },
            .at = [](const void* list, std::size_t index) -> const void* {
              return &(*static_cast<const List*>(list))[index];
            },
            .clear = [](void* list) { static_cast<List*>(list)->clear(); },
            .append = [](void* list) -> void* { return &static_cast<List*>(list)->emplace_back(); },
        }};
  }
};

// The type inside a std::optional, or the type itself.
template <class T>
struct Unwrapped {
  using type = T;
  static constexpr const OptionalAccess* access = nullptr;
};

template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
  static constexpr OptionalAccess functions{
      .get = [](const void* optional) -> const void* {
        const auto& value = *static_cast<const std::optional<T>*>(optional);
        return value ? &*value : nullptr;
      },
      .make = [](void* optional) -> void* {
        return &static_cast<std::optional<T>*>(optional)->emplace();
      }};
  static constexpr const OptionalAccess* access = &functions;
};

template <class T>
inline constexpr bool is_optional = Unwrapped<T>::access != nullptr;

// A struct's own name for the description. `type_name` is for structs with a field called name.
template <class T>
[[nodiscard]] constexpr std::string_view name_of() {
  if constexpr (requires {
                  requires std::is_same_v<decltype(T::type_name), const std::string_view>;
                }) {
    return T::type_name;
  } else if constexpr (requires {
                         requires std::is_same_v<decltype(T::name), const std::string_view>;
                       }) {
    return T::name;
  } else {
    return {};
  }
}

}  // namespace kameng::json
