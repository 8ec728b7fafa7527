// parse.cpp - nlohmann's parser drives the builder below; this file is nlohmann's only home.
#include "json/parse.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "json/path.hpp"

namespace kameng::json {
namespace {

// Up to here names are compared with each other; beyond, they are sorted, so that a hostile object
// costs n log n.
constexpr std::size_t compare_each_max = 16;

[[nodiscard]] const std::string* find_duplicate(const Value::Object& members) {
  if (members.size() <= compare_each_max) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].first == members[j].first) {
          return &members[i].first;
        }
      }
    }
    return nullptr;
  }
  std::vector<const std::string*> names;
  names.reserve(members.size());
  for (const auto& member : members) {
    names.push_back(&member.first);
  }
  const auto less = [](const std::string* a, const std::string* b) { return *a < *b; };
  std::sort(names.begin(), names.end(), less);
  const auto equal = [](const std::string* a, const std::string* b) { return *a == *b; };
  const auto twin = std::adjacent_find(names.begin(), names.end(), equal);
  return twin == names.end() ? nullptr : *twin;
}

// nlohmann's SAX interface. Returning false stops the parser; the reason is then in error().
class Builder {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) { open_.reserve(limits.depth_max); }

  [[nodiscard]] Error take_error() { return std::move(*error_); }
  [[nodiscard]] Value take_root() { return std::move(root_); }

  bool null() { return add(Value()); }
  bool boolean(bool value) { return add(Value(value)); }
  bool number_integer(std::int64_t value) {
    return value < limits::integer_min ? out_of_range() : add(Value(value));
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(limits::integer_max)) {
      return out_of_range();
    }
    return add(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(double /*value*/, const std::string& text) {
    // Integers too long for 64 bits arrive here too.
    if (text.find_first_of(".eE") == std::string::npos) {
      return out_of_range();
    }
    return add(Value(Fraction{text}));
  }
  bool string(std::string& value) { return add(Value(std::move(value))); }
  bool binary(const nlohmann::json::binary_t& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open(Value(Value::Object())); }
  bool start_array(std::size_t /*size*/) { return open(Value(Value::Array())); }
  bool key(std::string& name) {
    open_.back()->object()->emplace_back().first = std::move(name);
    return true;
  }
  bool end_object() {
    const std::string* twin = find_duplicate(*open_.back()->object());
    if (twin != nullptr) {
      std::string path = outer_path();
      append_name(path, *twin);
      return refuse("document.duplicate_key", "an object has this key twice", std::move(path));
    }
    open_.pop_back();
    return true;
  }
  bool end_array() {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& fault) {
    constexpr int number_overflow = 406;
    if (fault.id == number_overflow) {
      return out_of_range();
    }
    // The parser's own message quotes the document, so it goes no further.
    return refuse("document.malformed",
                  "not a JSON document: fault at or before byte " + std::to_string(position), {});
  }

 private:
  bool add(Value value) {
    place(std::move(value));
    return true;
  }
  Value& place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return root_;
    }
    if (Value::Array* items = open_.back()->array()) {
      return items->emplace_back(std::move(value));
    }
    // key() has made the member.
    Value& slot = open_.back()->object()->back().second;
    slot = std::move(value);
    return slot;
  }
  bool open(Value container) {
    if (open_.size() >= limits_.depth_max) {
      return refuse(
          "document.too_deep",
          "more than " + std::to_string(limits_.depth_max) + " lists and objects inside each other",
          {});
    }
    // A container does not move while it is open: its parent grows only after it is closed.
    open_.push_back(&place(std::move(container)));
    return true;
  }
  bool out_of_range() {
    std::string path = outer_path();
    if (!open_.empty()) {
      if (const Value::Array* items = open_.back()->array()) {
        append_index(path, items->size());  // where the number would have gone
      } else {
        append_name(path, open_.back()->object()->back().first);
      }
    }
    return refuse("number.out_of_range", "numbers go from -(2^53-1) to 2^53-1", std::move(path));
  }
  // The path of the innermost open container.
  [[nodiscard]] std::string outer_path() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      if (const Value::Array* items = open_[i]->array()) {
        append_index(path, items->size() - 1);
      } else {
        append_name(path, open_[i]->object()->back().first);
      }
    }
    return path;
  }
  bool refuse(std::string_view reason, std::string message, std::string field) {
    error_.emplace(
        Error{Status::invalid_argument, std::string(reason), std::move(message), std::move(field)});
    return false;
  }

  const Limits& limits_;
  Value root_;
  std::vector<Value*> open_;
  std::optional<Error> error_;
};

[[nodiscard]] Error malformed(std::string message) {
  return Error{Status::invalid_argument, "document.malformed", std::move(message)};
}

}  // namespace

Result<Value> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes_max) {
    return Error{Status::invalid_argument, "document.too_large",
                 "the document has more than " + std::to_string(limits.bytes_max) + " bytes"};
  }
  // nlohmann skips a byte-order mark and takes a raw NUL for the end.
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    return malformed("the document starts with a byte-order mark");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return malformed("a raw NUL at byte " + std::to_string(nul + 1));
  }
  Builder builder(limits);
  constexpr bool strict = true;  // nothing may follow the value
  const char* const first = text.data();
  if (text.empty() || !nlohmann::json::sax_parse(first, first + text.size(), &builder,
                                                 nlohmann::json::input_format_t::json, strict)) {
    return text.empty() ? malformed("the document is empty") : builder.take_error();
  }
  return builder.take_root();
}

}  // namespace kameng::json
