// printer.cpp - from structs to JSON.
#include "json/printer.hpp"

#include <map>

#include <kameng/document.hpp>
#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "json/schema.hpp"

namespace kameng::json {
namespace {

template <class T>
[[nodiscard]] const T& as(const void* slot) {
  return *static_cast<const T*>(slot);
}

void write_money(Writer& writer, const Money& money) {
  writer.begin_object().key("amount").int64(money.amount);
  writer.key("currency").string(money.currency.code()).end_object();
}

void write_headers(Writer& writer, const Headers& headers) {
  writer.begin_array();
  for (const Header& header : headers) {
    writer.begin_array().string(header.name).string(header.value).end_array();
  }
  writer.end_array();
}

void write_entry(Writer& writer, const std::string& value) {
  writer.string(value);
}
void write_entry(Writer& writer, std::int64_t value) {
  writer.int64(value);
}

template <class Map>
void write_map(Writer& writer, const Map& map) {
  writer.begin_object();
  for (const auto& [name, value] : map) {
    writer.key(name);
    write_entry(writer, value);
  }
  writer.end_object();
}

void write_list(Writer& writer, const Type& type, const void* list, Secrets secrets) {
  writer.begin_array();
  const std::size_t size = type.list.size(list);
  for (std::size_t i = 0; i < size; ++i) {
    write_value(writer, *type.item, type.list.at(list, i), secrets);
  }
  writer.end_array();
}

}  // namespace

void write_value(Writer& writer, const Type& type, const void* slot, Secrets secrets) {
  switch (type.kind) {
    case TypeKind::boolean:
      writer.boolean(as<bool>(slot));
      return;
    case TypeKind::integer32:
      writer.int64(as<std::int32_t>(slot));
      return;
    case TypeKind::integer64:
      writer.int64(as<std::int64_t>(slot));
      return;
    case TypeKind::string:
      writer.string(as<std::string>(slot));
      return;
    case TypeKind::money:
      write_money(writer, as<Money>(slot));
      return;
    case TypeKind::currency:
      writer.string(as<Currency>(slot).code());
      return;
    case TypeKind::id:
      writer.string(print_id(type.prefix, as<IdBytes>(slot)));
      return;
    case TypeKind::enumeration:
      writer.string(type.names.name(slot));
      return;
    case TypeKind::list:
      write_list(writer, type, slot, secrets);
      return;
    case TypeKind::object:
      write_record(writer, type.record(), slot, secrets);
      return;
    case TypeKind::text_map:
      write_map(writer, as<std::map<std::string, std::string>>(slot));
      return;
    case TypeKind::integer_map:
      write_map(writer, as<std::map<std::string, std::int64_t>>(slot));
      return;
    case TypeKind::headers:
      write_headers(writer, as<Headers>(slot));
      return;
    case TypeKind::document: {
      const std::string& text = as<Document>(slot).text;
      writer.raw(text.empty() ? std::string_view("{}") : std::string_view(text));
      return;
    }
  }
}

void write_record(Writer& writer, const Record& record, const void* object, Secrets secrets) {
  writer.begin_object();
  for (const Field& field : record.fields) {
    const void* slot = field.present(object);
    if (slot == nullptr || (field.secret && secrets == Secrets::leave_out)) {
      continue;
    }
    writer.key(field.name);
    write_value(writer, *field.type, slot, secrets);
  }
  writer.end_object();
}

std::string record_text(const Record& record, const void* object, Secrets secrets) {
  constexpr std::size_t usual_size = 512;
  std::string text;
  text.reserve(usual_size);
  Writer writer(text);
  write_record(writer, record, object, secrets);
  return text;
}

}  // namespace kameng::json
