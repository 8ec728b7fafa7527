// reader.cpp - from the tree into structs.
#include <map>
#include <optional>
#include <utility>

#include <kameng/document.hpp>
#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "json/parse.hpp"
#include "json/rules.hpp"
#include "json/schema.hpp"

namespace kameng::json {
namespace {

template <class T>
[[nodiscard]] T& as(void* slot) {
  return *static_cast<T*>(slot);
}

// PHP prints an empty map as [].
[[nodiscard]] bool is_empty_array(const Value& value) {
  return value.array() != nullptr && value.array()->empty();
}

class Reader {
 public:
  explicit Reader(Trust trust) : trust_(trust) {}

  [[nodiscard]] Error take_error() { return std::move(fault_.error); }
  [[nodiscard]] bool read_object(const Record& record, void* object, const Value& value);

 private:
  [[nodiscard]] bool strict() const { return trust_ == Trust::caller; }
  bool wrong_kind(std::string_view expected, const Value& value) {
    return fault_.refuse("field.type", "expected " + std::string(expected) + ", found " +
                                           std::string(kind_phrase(value.kind())));
  }

  [[nodiscard]] bool read_field(const Field& field, void* object, const Value& value);
  [[nodiscard]] bool read_value(const Type& type, const Bounds& bounds, void* slot,
                                const Value& value);
  [[nodiscard]] const std::int64_t* read_integer(const Type& type, const Bounds& bounds,
                                                 const Value& value);
  [[nodiscard]] const std::string* read_text(const Bounds& bounds, const Value& value);
  [[nodiscard]] bool read_money(const Type& type, const Bounds& bounds, Money& money,
                                const Value& value);
  [[nodiscard]] bool read_currency(Currency& currency, const Value& value);
  [[nodiscard]] bool read_id(const Type& type, IdBytes& bytes, const Value& value);
  [[nodiscard]] bool read_enumeration(const Type& type, void* slot, const Value& value);
  [[nodiscard]] bool read_list(const Type& type, const Bounds& bounds, void* list,
                               const Value& value);
  template <class Map>
  [[nodiscard]] bool read_map(const Type& type, const Bounds& bounds, Map& map, const Value& value);
  [[nodiscard]] bool read_headers(const Bounds& bounds, Headers& headers, const Value& value);
  [[nodiscard]] bool read_header_pair(const Value& pair, Header& header);
  [[nodiscard]] bool read_document(const Bounds& bounds, Document& document, const Value& value);

  Trust trust_;
  Fault fault_;
};

// Callers mostly send fields in the declared order, so the search starts after the last one found.
[[nodiscard]] const Field* find_field(const std::vector<Field>& fields, std::size_t& next,
                                      std::string_view name) {
  for (std::size_t tried = 0; tried < fields.size(); ++tried) {
    const std::size_t index = (next + tried) % fields.size();
    if (fields[index].name == name) {
      next = index + 1;
      return &fields[index];
    }
  }
  return nullptr;
}

bool Reader::read_object(const Record& record, void* object, const Value& value) {
  static const Value::Object nothing;
  const Value::Object* members = is_empty_array(value) ? &nothing : value.object();
  if (members == nullptr) {
    return wrong_kind("an object", value);
  }
  std::size_t next = 0;
  std::size_t required_found = 0;
  for (const auto& [name, member] : *members) {
    const Field* field = find_field(record.fields, next, name);
    if (field == nullptr) {
      if (!strict()) {
        continue;
      }
      fault_.refuse("field.unknown", "there is no such field here");
      return fault_.in(name);
    }
    if (member.is_null()) {
      continue;
    }
    required_found += field->required ? 1U : 0U;
    if (!read_field(*field, object, member)) {
      return fault_.in(name);
    }
  }
  // Names are unique in a document, so counting tells whether one is missing.
  if (strict() && required_found < record.required_count) {
    for (const Field& field : record.fields) {
      const Value* member = value.find(field.name);
      if (field.required && (member == nullptr || member->is_null())) {
        fault_.refuse("field.missing", "this field is required");
        return fault_.in(field.name);
      }
    }
  }
  return true;
}

bool Reader::read_field(const Field& field, void* object, const Value& value) {
  void* slot = field.slot(object);
  if (field.optional != nullptr) {
    slot = field.optional->make(slot);
  }
  return read_value(*field.type, field.bounds, slot, value);
}

bool Reader::read_value(const Type& type, const Bounds& bounds, void* slot, const Value& value) {
  switch (type.kind) {
    case TypeKind::boolean:
      if (value.boolean() == nullptr) {
        return wrong_kind("a boolean", value);
      }
      as<bool>(slot) = *value.boolean();
      return true;
    case TypeKind::integer32:
      if (const std::int64_t* number = read_integer(type, bounds, value)) {
        as<std::int32_t>(slot) = static_cast<std::int32_t>(*number);
        return true;
      }
      return false;
    case TypeKind::integer64:
      if (const std::int64_t* number = read_integer(type, bounds, value)) {
        as<std::int64_t>(slot) = *number;
        return true;
      }
      return false;
    case TypeKind::string:
      if (const std::string* text = read_text(bounds, value)) {
        as<std::string>(slot) = *text;
        return true;
      }
      return false;
    case TypeKind::money:
      return read_money(type, bounds, as<Money>(slot), value);
    case TypeKind::currency:
      return read_currency(as<Currency>(slot), value);
    case TypeKind::id:
      return read_id(type, as<IdBytes>(slot), value);
    case TypeKind::enumeration:
      return read_enumeration(type, slot, value);
    case TypeKind::list:
      return read_list(type, bounds, slot, value);
    case TypeKind::object:
      return read_object(type.record(), slot, value);
    case TypeKind::text_map:
      return read_map(type, bounds, as<std::map<std::string, std::string>>(slot), value);
    case TypeKind::integer_map:
      return read_map(type, bounds, as<std::map<std::string, std::int64_t>>(slot), value);
    case TypeKind::headers:
      return read_headers(bounds, as<Headers>(slot), value);
    case TypeKind::document:
      return read_document(bounds, as<Document>(slot), value);
  }
  return wrong_kind("a known type", value);
}

const std::int64_t* Reader::read_integer(const Type& type, const Bounds& bounds,
                                         const Value& value) {
  if (value.fraction() != nullptr) {
    fault_.refuse("number.not_integer", "write a whole number without point or exponent");
    return nullptr;
  }
  const std::int64_t* number = value.integer();
  if (number == nullptr) {
    wrong_kind("an integer", value);
    return nullptr;
  }
  // A 32-bit member has no room for more, whoever wrote it.
  const bool must_fit = strict() || type.kind == TypeKind::integer32;
  static const Bounds none;
  if (must_fit && !allow_integer(type, strict() ? bounds : none, *number, fault_)) {
    return nullptr;
  }
  return number;
}

const std::string* Reader::read_text(const Bounds& bounds, const Value& value) {
  const std::string* text = value.string();
  if (text == nullptr) {
    wrong_kind("a string", value);
    return nullptr;
  }
  return !strict() || allow_text(bounds, *text, fault_) ? text : nullptr;
}

bool Reader::read_money(const Type& type, const Bounds& bounds, Money& money, const Value& value) {
  const Value::Object* members = value.object();
  if (members == nullptr) {
    return wrong_kind("an object with amount and currency", value);
  }
  bool has_amount = false;
  bool has_currency = false;
  for (const auto& [name, member] : *members) {
    if (name == "amount") {
      const std::int64_t* amount = read_integer(type, bounds, member);
      if (amount == nullptr) {
        return fault_.in(name);
      }
      money.amount = *amount;
      has_amount = true;
    } else if (name == "currency") {
      if (!read_currency(money.currency, member)) {
        return fault_.in(name);
      }
      has_currency = true;
    } else {
      fault_.refuse("field.unknown", "money has amount and currency");
      return fault_.in(name);
    }
  }
  if (!has_amount || !has_currency) {
    fault_.refuse("field.missing", "money has amount and currency");
    return fault_.in(has_amount ? "currency" : "amount");
  }
  return true;
}

bool Reader::read_currency(Currency& currency, const Value& value) {
  const std::string* code = value.string();
  if (code == nullptr) {
    return wrong_kind("a currency code", value);
  }
  const std::optional<Currency> known = Currency::parse(*code);
  if (!known) {
    return fault_.refuse("currency.unknown", "not an ISO 4217 code that is known here");
  }
  currency = *known;
  return true;
}

bool Reader::read_id(const Type& type, IdBytes& bytes, const Value& value) {
  const std::string* text = value.string();
  if (text == nullptr) {
    return wrong_kind("an id", value);
  }
  const std::optional<IdBytes> parsed = parse_id(type.prefix, *text);
  if (!parsed) {
    return fault_.refuse("id.malformed",
                         "not an id that starts with " + std::string(type.prefix) + "_");
  }
  bytes = *parsed;
  return true;
}

bool Reader::read_enumeration(const Type& type, void* slot, const Value& value) {
  const std::string* text = value.string();
  if (text == nullptr) {
    return wrong_kind("a string", value);
  }
  if (type.names.set(slot, *text)) {
    return true;
  }
  std::string message = "one of:";
  for (std::size_t i = 0; i < type.names.count; ++i) {
    message.append(" ").append(type.names.name_at(i));
  }
  return fault_.refuse("field.not_one_of", std::move(message));
}

bool Reader::read_list(const Type& type, const Bounds& bounds, void* list, const Value& value) {
  const Value::Array* items = value.array();
  if (items == nullptr) {
    return wrong_kind("a list", value);
  }
  if (strict() && !allow_count(bounds, items->size(), fault_)) {
    return false;
  }
  type.list.clear(list);
  for (std::size_t i = 0; i < items->size(); ++i) {
    if (!read_value(*type.item, bounds, type.list.append(list), (*items)[i])) {
      return fault_.in(i);
    }
  }
  return true;
}

template <class Map>
bool Reader::read_map(const Type& type, const Bounds& bounds, Map& map, const Value& value) {
  map.clear();
  const Value::Object* members = value.object();
  if (members == nullptr) {
    return is_empty_array(value) ? !strict() || allow_count(bounds, 0, fault_)
                                 : wrong_kind("an object", value);
  }
  if (strict() && !allow_count(bounds, members->size(), fault_)) {
    return false;
  }
  for (const auto& [name, member] : *members) {
    if (strict() && !allow_map_key(name, fault_)) {
      return fault_.in(name);
    }
    if constexpr (std::is_same_v<typename Map::mapped_type, std::int64_t>) {
      const std::int64_t* number = read_integer(type, bounds, member);
      if (number == nullptr) {
        return fault_.in(name);
      }
      map.emplace(name, *number);
    } else {
      const std::string* text = read_text(bounds, member);
      if (text == nullptr) {
        return fault_.in(name);
      }
      map.emplace(name, *text);
    }
  }
  return true;
}

bool Reader::read_header_pair(const Value& pair, Header& header) {
  const Value::Array* parts = pair.array();
  if (parts == nullptr || parts->size() != 2 || (*parts)[0].string() == nullptr ||
      (*parts)[1].string() == nullptr) {
    return fault_.refuse("field.type", "expected [name, value], both strings");
  }
  header = Header{*(*parts)[0].string(), *(*parts)[1].string()};
  return allow_header(header, fault_);
}

bool Reader::read_headers(const Bounds& bounds, Headers& headers, const Value& value) {
  headers.clear();
  const Value::Array* pairs = value.array();
  const Value::Object* members = value.object();
  if (pairs == nullptr && members == nullptr) {
    return wrong_kind("a list of [name, value]", value);
  }
  if (strict() &&
      !allow_count(bounds, pairs != nullptr ? pairs->size() : members->size(), fault_)) {
    return false;
  }
  if (pairs != nullptr) {
    for (std::size_t i = 0; i < pairs->size(); ++i) {
      if (!read_header_pair((*pairs)[i], headers.emplace_back())) {
        return fault_.in(i);
      }
    }
    return true;
  }
  for (const auto& [name, member] : *members) {
    if (member.string() == nullptr) {
      wrong_kind("a string", member);
      return fault_.in(name);
    }
    if (!allow_header(headers.emplace_back(Header{name, *member.string()}), fault_)) {
      return fault_.in(name);
    }
  }
  return true;
}

bool Reader::read_document(const Bounds& bounds, Document& document, const Value& value) {
  document.text.clear();
  if (value.object() != nullptr) {
    Writer(document.text).value(value);
  } else if (is_empty_array(value)) {
    document.text = "{}";
  } else {
    return wrong_kind("an object", value);
  }
  return !strict() || allow_text(bounds, document.text, fault_);
}

}  // namespace

Result<void> read_record(const Record& record, const Value& value, Trust trust, void* object) {
  Reader reader(trust);
  if (!reader.read_object(record, object, value)) {
    return reader.take_error();
  }
  return {};
}

Result<void> read_stored_record(const Record& record, std::string_view text, void* object) {
  Error unreadable{Status::data_loss, "document.unreadable", "a stored document cannot be read"};
  // The engine wrote it, so the bounds on what callers send do not apply.
  Result<Value> value = parse(text, Limits{.bytes_max = SIZE_MAX});
  if (!value.ok()) {
    return unreadable;
  }
  if (Result<void> outcome = read_record(record, *value, Trust::stored, object); !outcome.ok()) {
    return std::move(unreadable).at(outcome.error().field);
  }
  return {};
}

}  // namespace kameng::json
