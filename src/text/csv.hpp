// csv.hpp - records of RFC 4180, read so that a fault costs its own line and no more.
//
// A quoted field may hold separators, doubled quotes and line ends. A record that goes wrong (a
// quote inside a bare field, text after a closing quote, a quote that is never closed) costs its
// first line: reading goes on with the line after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/lines.hpp"

namespace kameng::text {

enum class CsvFault : std::uint8_t {
  none,
  quote,
  encoding,
  too_long,
};

// Valid while the sink runs.
struct CsvRecord {
  std::int64_t line = 0;  // of its beginning
  std::vector<std::string_view> fields;
  CsvFault fault = CsvFault::none;
};

// A tab when the header has one and no comma; a comma otherwise.
[[nodiscard]] char csv_separator(std::string_view header) noexcept;

class CsvReader {
 public:
  using Sink = std::function<void(const CsvRecord&)>;

  CsvReader(char separator, std::size_t record_bytes_max)
      : separator_(separator), record_bytes_max_(record_bytes_max) {}

  void add(const Line& line, const Sink& sink);
  // No more lines: a quote that is still open was a stray one.
  void finish(const Sink& sink);

 private:
  enum class Step : std::uint8_t { done, open, stray };
  struct Held {
    std::int64_t number = 0;
    PlainText text;
    std::string_view ending;  // a literal
  };

  void begin(const Line& line, const Sink& sink);
  [[nodiscard]] Step consume(std::string_view text, std::string_view ending);
  void end_field();
  void hold(const Line& line);
  void emit(const Sink& sink);
  void emit_fault(std::int64_t number, CsvFault fault, const Sink& sink);
  void give_up(const Sink& sink);

  char separator_;
  std::size_t record_bytes_max_;
  std::vector<Held> held_;  // the lines of a record whose quote is open
  PlainText text_;          // its fields, one after the other
  std::vector<std::size_t> ends_;
  CsvRecord record_;
};

}  // namespace kameng::text
