// describer.cpp - prints the shape that fields.hpp documents.
#include <string>

#include "json/printer.hpp"
#include "json/schema.hpp"

namespace kameng::json {
namespace {

void write_range(Writer& writer, const Bounds& bounds) {
  if (bounds.has_range) {
    writer.key("min").int64(bounds.range_min).key("max").int64(bounds.range_max);
  }
}

void write_length(Writer& writer, const Bounds& bounds) {
  if (bounds.has_length) {
    writer.key("min").int64(static_cast<std::int64_t>(bounds.length_min));
    writer.key("max").int64(static_cast<std::int64_t>(bounds.length_max));
  }
}

void write_count(Writer& writer, const Bounds& bounds) {
  if (bounds.has_count) {
    writer.key("min").int64(static_cast<std::int64_t>(bounds.count_min));
    writer.key("max").int64(static_cast<std::int64_t>(bounds.count_max));
  }
}

void write_string_keys(Writer& writer, const Bounds& bounds) {
  writer.key("type").string("string");
  write_length(writer, bounds);
  if (!bounds.names.empty()) {
    writer.key("values").begin_array();
    for (const std::string_view name : bounds.names) {
      writer.string(name);
    }
    writer.end_array();
  }
}

void write_integer_keys(Writer& writer, const Bounds& bounds) {
  writer.key("type").string("integer");
  write_range(writer, bounds);
}

void write_enumeration_keys(Writer& writer, const EnumAccess& names) {
  writer.key("type").string("string").key("values").begin_array();
  for (std::size_t i = 0; i < names.count; ++i) {
    writer.string(names.name_at(i));
  }
  writer.end_array();
}

void write_object_keys(Writer& writer, const Record& record);

void write_type_keys(Writer& writer, const Type& type, const Bounds& bounds) {
  switch (type.kind) {
    case TypeKind::boolean:
      writer.key("type").string("boolean");
      return;
    case TypeKind::integer32:
    case TypeKind::integer64:
      write_integer_keys(writer, bounds);
      return;
    case TypeKind::string:
      write_string_keys(writer, bounds);
      return;
    case TypeKind::money:
      writer.key("type").string("money");
      write_range(writer, bounds);
      return;
    case TypeKind::currency:
      writer.key("type").string("currency");
      return;
    case TypeKind::id:
      writer.key("type").string("id").key("prefix").string(type.prefix);
      return;
    case TypeKind::enumeration:
      write_enumeration_keys(writer, type.names);
      return;
    case TypeKind::list:
      writer.key("type").string("list");
      write_count(writer, bounds);
      writer.key("item").begin_object();
      write_type_keys(writer, *type.item, bounds);
      writer.end_object();
      return;
    case TypeKind::object:
      write_object_keys(writer, type.record());
      return;
    case TypeKind::text_map:
    case TypeKind::integer_map:
      writer.key("type").string("map");
      write_count(writer, bounds);
      writer.key("item").begin_object();
      if (type.kind == TypeKind::text_map) {
        write_string_keys(writer, bounds);
      } else {
        write_integer_keys(writer, bounds);
      }
      writer.end_object();
      return;
    case TypeKind::headers:
      writer.key("type").string("headers");
      write_count(writer, bounds);
      return;
    case TypeKind::document:
      writer.key("type").string("document");
      write_length(writer, bounds);
      return;
  }
}

// A default that says nothing (empty text, an empty list, a zero id) is not worth printing, and one
// of a secret field is nobody's business.
[[nodiscard]] bool has_telling_default(const Field& field, const void* sample) {
  if (field.required || field.secret || field.optional != nullptr) {
    return false;
  }
  switch (field.type->kind) {
    case TypeKind::boolean:
    case TypeKind::integer32:
    case TypeKind::integer64:
    case TypeKind::currency:
    case TypeKind::enumeration:
      return true;
    case TypeKind::string:
      return !static_cast<const std::string*>(field.slot(sample))->empty();
    case TypeKind::money:
    case TypeKind::id:
    case TypeKind::list:
    case TypeKind::object:
    case TypeKind::text_map:
    case TypeKind::integer_map:
    case TypeKind::headers:
    case TypeKind::document:
      return false;
  }
  return false;
}

void write_field(Writer& writer, const Field& field, const void* sample) {
  writer.begin_object().key("name").string(field.name).key("required").boolean(field.required);
  writer.key("doc").string(field.doc);
  if (field.secret) {
    writer.key("secret").boolean(true);
  }
  if (!field.personal.empty()) {
    writer.key("personal").string(field.personal);
  }
  if (has_telling_default(field, sample)) {
    writer.key("default");
    write_value(writer, *field.type, field.slot(sample), Secrets::leave_out);
  }
  if (!field.example.empty()) {
    writer.key("example").raw(field.example);
  }
  write_type_keys(writer, *field.type, field.bounds);
  writer.end_object();
}

void write_object_keys(Writer& writer, const Record& record) {
  writer.key("type").string("object");
  if (!record.name.empty()) {
    writer.key("struct").string(record.name);  // not "name": the field's own name stands beside it
  }
  writer.key("fields").begin_array();
  for (const Field& field : record.fields) {
    write_field(writer, field, record.sample);
  }
  writer.end_array();
}

}  // namespace

void describe_record(Writer& writer, const Record& record) {
  writer.begin_object();
  write_object_keys(writer, record);
  writer.end_object();
}

}  // namespace kameng::json
