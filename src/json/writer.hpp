// writer.hpp - prints JSON at the end of a string. Commas are its business; that keys and values
// alternate is the caller's.
//
//   std::string text;
//   json::Writer(text).begin_object().key("count").int64(3).key("tags").begin_array().string("a")
//       .end_array().end_object();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.hpp"

namespace kameng::json {

class Writer {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit Writer(std::string& out) : out_(out), start_(out.size()) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name);
  // `text` is UTF-8. Quotes, backslashes and control characters are escaped; the rest stays as it
  // is.
  Writer& string(std::string_view text);
  Writer& int64(std::int64_t value);
  Writer& boolean(bool value);
  Writer& null();
  // One finished JSON value.
  Writer& raw(std::string_view json);
  Writer& value(const Value& value);

 private:
  // What was written last tells whether a comma is due: no finished value ends in one of these.
  void separate() {
    if (out_.size() > start_) {
      const char last = out_.back();
      if (last != '{' && last != '[' && last != ':') {
        out_ += ',';
      }
    }
  }
  Writer& open(char bracket) {
    separate();
    out_ += bracket;
    return *this;
  }
  Writer& close(char bracket) {
    out_ += bracket;
    return *this;
  }
  void quote(std::string_view text);

  std::string& out_;
  std::size_t start_;
};

}  // namespace kameng::json
