// fields.cpp - what is said about fields goes into their Records.
#include "json/fields.hpp"

#include <utility>

namespace kameng::json {
namespace {

// A list of small objects takes far more memory than its text, so there is a bound where none was
// declared.
constexpr std::size_t list_count_max = 10'000;
constexpr std::size_t map_count_max = 64;

void bound_count(Bounds& bounds, std::size_t min, std::size_t max) {
  bounds.has_count = true;
  bounds.count_min = min;
  bounds.count_max = max;
}

}  // namespace

Constraint add_field(Record& record, Field field) {
  switch (field.type->kind) {
    case TypeKind::list:
      bound_count(field.bounds, 0, list_count_max);
      break;
    case TypeKind::text_map:
    case TypeKind::integer_map:
      bound_count(field.bounds, 0, map_count_max);
      break;
    case TypeKind::headers:
      bound_count(field.bounds, 0, limits::http_headers_max);
      break;
    default:
      break;
  }
  record.required_count += field.required ? 1U : 0U;
  return Constraint(record.fields.emplace_back(std::move(field)));
}

const Constraint& Constraint::range(std::int64_t min, std::int64_t max) const {
  field_.bounds.has_range = true;
  field_.bounds.range_min = min;
  field_.bounds.range_max = max;
  return *this;
}

const Constraint& Constraint::length(std::size_t min, std::size_t max) const {
  field_.bounds.has_length = true;
  field_.bounds.length_min = min;
  field_.bounds.length_max = max;
  return *this;
}

const Constraint& Constraint::count(std::size_t min, std::size_t max) const {
  bound_count(field_.bounds, min, max);
  return *this;
}

const Constraint& Constraint::one_of(std::initializer_list<std::string_view> names) const {
  field_.bounds.names.assign(names);
  return *this;
}

const Constraint& Constraint::secret() const {
  field_.secret = true;
  return *this;
}

const Constraint& Constraint::personal(std::string_view purpose) const {
  field_.personal = purpose;
  return *this;
}

const Constraint& Constraint::example(std::string_view json) const {
  field_.example = json;
  return *this;
}

}  // namespace kameng::json
