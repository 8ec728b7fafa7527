// fields.hpp - field lists of plain structs: reading, printing, checking, describing.
//
//   struct PlaceOrder {
//     std::vector<OrderLineRequest> lines;
//     std::optional<std::string> coupon;
//     template <class Fields>
//     static void fields(Fields& f) {
//       f.required("lines", &PlaceOrder::lines, "What to buy.").count(1, 50);
//       f.optional("coupon", &PlaceOrder::coupon, "Coupon code as printed.").length(4, 32);
//     }
//   };
//
// In requests: `required` must be there; null counts as absent. In answers: `required` is always
// there. An optional std::optional is left out when empty; any other optional member keeps its
// default when absent and is always printed.
//
// Member types: bool, std::int32_t, std::int64_t, std::string, Money, Currency, Id<Tag>,
// enumerations with EnumNames, Headers, Document, std::map from std::string to std::string or
// std::int64_t, structs with fields(), std::vector of these, and std::optional of these.
//
// The description, read by the generators of the bindings (keys with ? only where there is
// something to say; a FIELD is one object that also has the keys of its TYPE):
//
//   OBJECT  {"type":"object","struct":"PlaceOrder"?,"fields":[FIELD, ...]}
//   FIELD   {"name","required","doc","secret":true?,"personal":"why"?,"default"?,"example"?,TYPE}
//   TYPE    {"type":"boolean"}
//           {"type":"integer","min"?,"max"?}             the value
//           {"type":"string","min"?,"max"?,"values"?}    bytes of UTF-8; enumerations have values
//           {"type":"money","min"?,"max"?}               amount in minor units, currency
//           {"type":"currency"}                          "CNY"
//           {"type":"id","prefix":"ord"}                 "ord_" and 26 characters
//           {"type":"list","min","max","item":TYPE}      how many items
//           {"type":"map","min","max","item":TYPE}       string keys; how many
//           {"type":"headers","min","max"}               [[name, value], ...]; how many
//           {"type":"document","min"?,"max"?}            any JSON object; bytes of its text
//           OBJECT
//
// "struct" is the struct's `static constexpr std::string_view name`, or `type_name` in a struct
// that has a field called name. "default" is what an optional field that is not a std::optional has
// when it is absent.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/limits.hpp"
#include "json/parse.hpp"
#include "json/schema.hpp"
#include "json/types.hpp"

namespace kameng::json {

// What may be said about a field after its name. On a list or map, range, length and one_of speak
// about the items.
class Constraint {
 public:
  explicit Constraint(Field& field) : field_(field) {}

  // Integers; of money, its amount.
  const Constraint& range(std::int64_t min, std::int64_t max) const;
  // Bytes of text.
  const Constraint& length(std::size_t min, std::size_t max) const;
  // Entries of a list, a map, headers. When nothing is said: 10,000 in a list, 64 in a map, 200
  // headers.
  const Constraint& count(std::size_t min, std::size_t max) const;
  // Of text. Names are kept as views, so they are literals.
  const Constraint& one_of(std::initializer_list<std::string_view> names) const;
  // Left out of stored answers; never in logs or errors.
  const Constraint& secret() const;
  const Constraint& personal(std::string_view purpose) const;
  const Constraint& example(std::string_view json) const;

 private:
  Field& field_;  // good until the next field is declared
};

// Appends a field with the bounds that its type has when nothing is said.
[[nodiscard]] Constraint add_field(Record& record, Field field);

// The `f` of T::fields(f).
template <class T>
class RecordBuilder {
 public:
  RecordBuilder(Record& record, const T& sample) : record_(record), sample_(sample) {}

  template <class Owner, class Member>
  Constraint required(std::string_view name, Member Owner::*member, std::string_view doc) {
    static_assert(!is_optional<Member>, "a field that is always there is not a std::optional");
    return add(name, member, doc, true);
  }
  template <class Owner, class Member>
  Constraint optional(std::string_view name, Member Owner::*member, std::string_view doc) {
    return add(name, member, doc, false);
  }

 private:
  template <class Owner, class Member>
  Constraint add(std::string_view name, Member Owner::*member, std::string_view doc,
                 bool required) {
    // A member pointer keeps its type; its distance from the start of the struct does not need it.
    const auto* start = reinterpret_cast<const char*>(&sample_);
    const auto* place = reinterpret_cast<const char*>(&(sample_.*member));
    return add_field(record_, Field{.name = name,
                                    .doc = doc,
                                    .offset = static_cast<std::size_t>(place - start),
                                    .type = &type_of<typename Unwrapped<Member>::type>,
                                    .optional = Unwrapped<Member>::access,
                                    .required = required});
  }

  Record& record_;
  const T& sample_;
};

// Made at the first use and kept for the life of the program: calls may still run while statics are
// destroyed.
template <class T>
const Record& record_of() {
  static const Record& record = []() -> const Record& {
    const T* sample = new T{};
    auto* made = new Record{.name = name_of<T>(), .sample = sample};
    RecordBuilder<T> builder(*made, *sample);
    T::fields(builder);
    return *made;
  }();
  return record;
}

// INVALID_ARGUMENT with the path in `field`: field.missing, field.unknown, field.type, field.range,
// field.length, field.count, field.not_one_of, text.malformed, number.not_integer, id.malformed,
// currency.unknown, header.malformed.
template <class T>
[[nodiscard]] Result<T> read(const Value& value) {
  Result<T> made{T{}};
  if (Result<void> outcome = read_record(record_of<T>(), value, Trust::caller, &*made);
      !outcome.ok()) {
    return std::move(outcome).error();
  }
  return made;
}

// The same rules for a struct that was not read from a document.
template <class T>
[[nodiscard]] Result<void> check(const T& object) {
  return check_record(record_of<T>(), &object);
}

template <class T>
void write(Writer& writer, const T& object) {
  write_record(writer, record_of<T>(), &object, Secrets::print);
}

// Also the canonical encoding of requests: declared order, absent optionals left out, no white
// space.
template <class T>
[[nodiscard]] std::string to_text(const T& object) {
  return record_text(record_of<T>(), &object, Secrets::print);
}

// For answers that are kept: without the secret fields.
template <class T>
[[nodiscard]] std::string to_stored_text(const T& object) {
  return record_text(record_of<T>(), &object, Secrets::leave_out);
}

// Reads what to_stored_text wrote, also by an older release: fields that are missing keep what
// `object` has. DATA_LOSS `document.unreadable` otherwise.
template <class T>
[[nodiscard]] Result<void> read_stored(std::string_view text, T& object) {
  return read_stored_record(record_of<T>(), text, &object);
}

template <class T>
void describe(Writer& writer) {
  describe_record(writer, record_of<T>());
}

}  // namespace kameng::json
