// checker.cpp - the rules of a field list applied to a struct that never was a document, so that
// the C++ door asks no less than the document door. What the types rule out (a fraction, a wrong
// id) needs no check here.
#include <map>
#include <utility>

#include <kameng/document.hpp>
#include <kameng/header.hpp>
#include <kameng/money.hpp>

#include "json/parse.hpp"
#include "json/rules.hpp"
#include "json/schema.hpp"

namespace kameng::json {
namespace {

template <class T>
[[nodiscard]] const T& as(const void* slot) {
  return *static_cast<const T*>(slot);
}

class Checker {
 public:
  [[nodiscard]] Error take_error() { return std::move(fault_.error); }

  [[nodiscard]] bool check_object(const Record& record, const void* object) {
    for (const Field& field : record.fields) {
      const void* slot = field.present(object);
      if (slot != nullptr && !is_unset(field, record, slot) &&
          !check_value(*field.type, field.bounds, slot)) {
        return fault_.in(field.name);
      }
    }
    return true;
  }

 private:
  // An optional member that still has its default says the same as an absent field, whatever its
  // bounds are.
  [[nodiscard]] static bool is_unset(const Field& field, const Record& record, const void* slot) {
    if (field.required || field.optional != nullptr) {
      return false;
    }
    const void* standard = field.slot(record.sample);
    switch (field.type->kind) {
      case TypeKind::integer32:
        return as<std::int32_t>(slot) == as<std::int32_t>(standard);
      case TypeKind::integer64:
        return as<std::int64_t>(slot) == as<std::int64_t>(standard);
      case TypeKind::string:
        return as<std::string>(slot) == as<std::string>(standard);
      case TypeKind::money:
        return as<Money>(slot) == as<Money>(standard);
      case TypeKind::list:
        return field.type->list.size(slot) == 0 && field.type->list.size(standard) == 0;
      case TypeKind::text_map:
        return as<std::map<std::string, std::string>>(slot).empty();
      case TypeKind::integer_map:
        return as<std::map<std::string, std::int64_t>>(slot).empty();
      case TypeKind::headers:
        return as<Headers>(slot).empty();
      case TypeKind::document:
        return as<Document>(slot).text.empty();
      case TypeKind::boolean:
      case TypeKind::currency:
      case TypeKind::id:
      case TypeKind::enumeration:
      case TypeKind::object:
        return false;
    }
    return false;
  }

  [[nodiscard]] bool check_text(const Bounds& bounds, std::string_view text) {
    if (!is_utf8(text)) {
      return fault_.refuse("text.malformed", "text is UTF-8");
    }
    return allow_text(bounds, text, fault_);
  }

  [[nodiscard]] bool check_value(const Type& type, const Bounds& bounds, const void* slot) {
    switch (type.kind) {
      case TypeKind::boolean:
      case TypeKind::currency:
      case TypeKind::id:
        return true;
      case TypeKind::integer32:
        return allow_integer(type, bounds, as<std::int32_t>(slot), fault_);
      case TypeKind::integer64:
        return allow_integer(type, bounds, as<std::int64_t>(slot), fault_);
      case TypeKind::string:
        return check_text(bounds, as<std::string>(slot));
      case TypeKind::money:
        return allow_integer(type, bounds, as<Money>(slot).amount, fault_) || fault_.in("amount");
      case TypeKind::enumeration:
        return !type.names.name(slot).empty() ||
               fault_.refuse("field.not_one_of", "a number without a name");
      case TypeKind::list:
        return check_list(type, bounds, slot);
      case TypeKind::object:
        return check_object(type.record(), slot);
      case TypeKind::text_map:
        return check_map(type, bounds, as<std::map<std::string, std::string>>(slot));
      case TypeKind::integer_map:
        return check_map(type, bounds, as<std::map<std::string, std::int64_t>>(slot));
      case TypeKind::headers:
        return check_headers(bounds, as<Headers>(slot));
      case TypeKind::document:
        return check_document(bounds, as<Document>(slot));
    }
    return true;
  }

  [[nodiscard]] bool check_list(const Type& type, const Bounds& bounds, const void* list) {
    const std::size_t size = type.list.size(list);
    if (!allow_count(bounds, size, fault_)) {
      return false;
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (!check_value(*type.item, bounds, type.list.at(list, i))) {
        return fault_.in(i);
      }
    }
    return true;
  }

  [[nodiscard]] bool check_entry(const Type& type, const Bounds& bounds, std::int64_t value) {
    return allow_integer(type, bounds, value, fault_);
  }
  [[nodiscard]] bool check_entry(const Type& /*type*/, const Bounds& bounds,
                                 const std::string& value) {
    return check_text(bounds, value);
  }
  template <class Map>
  [[nodiscard]] bool check_map(const Type& type, const Bounds& bounds, const Map& map) {
    if (!allow_count(bounds, map.size(), fault_)) {
      return false;
    }
    for (const auto& [name, value] : map) {
      if (!is_utf8(name)) {
        return fault_.refuse("text.malformed", "keys are UTF-8");
      }
      if (!allow_map_key(name, fault_) || !check_entry(type, bounds, value)) {
        return fault_.in(name);
      }
    }
    return true;
  }

  [[nodiscard]] bool check_headers(const Bounds& bounds, const Headers& headers) {
    if (!allow_count(bounds, headers.size(), fault_)) {
      return false;
    }
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const bool text = is_utf8(headers[i].name) && is_utf8(headers[i].value);
      if (!text) {
        fault_.refuse("text.malformed", "text is UTF-8");
      }
      if (!text || !allow_header(headers[i], fault_)) {
        return fault_.in(i);
      }
    }
    return true;
  }

  [[nodiscard]] bool check_document(const Bounds& bounds, const Document& document) {
    if (document.text.empty()) {
      return true;
    }
    const Result<Value> value = parse(document.text);
    if (!value.ok()) {
      fault_.error = value.error();
      return false;
    }
    if (value->object() == nullptr) {
      return fault_.refuse("field.type",
                           "expected an object, found " + std::string(kind_phrase(value->kind())));
    }
    return allow_text(bounds, document.text, fault_);
  }

  Fault fault_;
};

}  // namespace

Result<void> check_record(const Record& record, const void* object) {
  Checker checker;
  if (!checker.check_object(record, object)) {
    return checker.take_error();
  }
  return {};
}

}  // namespace kameng::json
