// schema.hpp - field lists as data. fields.hpp turns the field list of each struct into one Record,
// made once; reading, printing, checking and describing are then ordinary functions over Records,
// compiled once for all structs.
//
// Not here: the templates that make Records (fields.hpp), the tree they read from (value.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/result.hpp>

#include "json/value.hpp"
#include "json/writer.hpp"

namespace kameng::json {

enum class TypeKind : std::uint8_t {
  boolean,
  integer32,
  integer64,
  string,
  money,
  currency,
  id,
  enumeration,
  list,
  object,
  text_map,     // std::map<std::string, std::string>
  integer_map,  // std::map<std::string, std::int64_t>
  headers,
  document,
};

struct Record;

// How to walk a std::vector whose item type is only known to the template that made the pointer.
struct ListAccess {
  std::size_t (*size)(const void* list) = nullptr;
  const void* (*at)(const void* list, std::size_t index) = nullptr;
  void (*clear)(void* list) = nullptr;
  void* (*append)(void* list) = nullptr;
};

struct EnumAccess {
  std::size_t count = 0;
  std::string_view (*name_at)(std::size_t index) = nullptr;
  std::string_view (*name)(const void* value) = nullptr;
  bool (*set)(void* value, std::string_view name) = nullptr;
};

struct Type {
  TypeKind kind;
  std::string_view prefix = {};  // id
  const Record& (*record)() =
      nullptr;                 // object; a function, so that making one Record makes no other
  const Type* item = nullptr;  // list
  ListAccess list = {};
  EnumAccess names = {};  // enumeration
};

// What a field list asks of a value. On a list or map, range, length and names speak about the
// items.
struct Bounds {
  bool has_range = false;   // integers, the amount of money
  bool has_length = false;  // bytes of text
  bool has_count = false;   // items of a list, map or headers
  std::int64_t range_min = 0;
  std::int64_t range_max = 0;
  std::size_t length_min = 0;
  std::size_t length_max = 0;
  std::size_t count_min = 0;
  std::size_t count_max = 0;
  std::vector<std::string_view> names = {};  // text: one of these; empty: any
};

// How to look into a std::optional.
struct OptionalAccess {
  const void* (*get)(const void* optional) = nullptr;  // null when empty
  void* (*make)(void* optional) = nullptr;
};

struct Field {
  std::string_view name;
  std::string_view doc;
  std::size_t offset = 0;
  const Type* type = nullptr;
  const OptionalAccess* optional = nullptr;  // null: the member is always there
  bool required = false;
  bool secret = false;
  std::string_view personal = {};  // the purpose; empty: not personal
  std::string_view example = {};   // JSON text
  Bounds bounds = {};

  [[nodiscard]] void* slot(void* object) const { return static_cast<char*>(object) + offset; }
  [[nodiscard]] const void* slot(const void* object) const {
    return static_cast<const char*>(object) + offset;
  }
  // The value in `object`; null when it is absent.
  [[nodiscard]] const void* present(const void* object) const {
    return optional == nullptr ? slot(object) : optional->get(slot(object));
  }
};

struct Record {
  std::string_view name = {};    // of the struct, where it has one
  const void* sample = nullptr;  // a default-made struct; its members are the defaults
  std::vector<Field> fields = {};
  std::size_t required_count = 0;
};

enum class Trust : std::uint8_t {
  caller,  // every rule of the field list
  stored,  // written by this or an older release: unknown and missing fields are fine, bounds are
           // not asked
};

enum class Secrets : std::uint8_t { print, leave_out };

[[nodiscard]] Result<void> read_record(const Record& record, const Value& value, Trust trust,
                                       void* object);
[[nodiscard]] Result<void> check_record(const Record& record, const void* object);
void write_record(Writer& writer, const Record& record, const void* object, Secrets secrets);
void describe_record(Writer& writer, const Record& record);

[[nodiscard]] std::string record_text(const Record& record, const void* object, Secrets secrets);
[[nodiscard]] Result<void> read_stored_record(const Record& record, std::string_view text,
                                              void* object);

}  // namespace kameng::json
