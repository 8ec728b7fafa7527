// code_parse.cpp - see code_parse.hpp.
#include "vault/code_parse.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "text/csv.hpp"
#include "text/encoding.hpp"
#include "text/lines.hpp"
#include "text/utf8.hpp"

namespace kameng::vault {
namespace {

// Longer than a code, because what is trimmed and the other columns of a record are read too.
constexpr std::size_t line_bytes_max = 2 * code_bytes_max;
constexpr std::size_t record_bytes_max = std::size_t{64} * 1024;

constexpr std::string_view part_separator = "----";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Digits at the front of `text` are taken off; false when there are none.
bool take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(size);
  return size > 0;
}

bool take(std::string_view& text, std::string_view either) {
  if (text.empty() || either.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

// [+-]digits[.digits]E+digits
bool is_shortened_number(std::string_view text) {
  take(text, "+-");
  if (!take_digits(text)) {
    return false;
  }
  if (take(text, ".,") && !take_digits(text)) {
    return false;
  }
  return take(text, "Ee") && take(text, "+") && take_digits(text) && text.empty();
}

// Why a code cannot be stored; empty when it can.
std::string_view fault_of(std::string_view code, bool allow_line_ends) {
  if (!text::is_printable(code, allow_line_ends)) {
    return "line.invalid_text";
  }
  if (code.size() > code_bytes_max) {
    return "line.too_long";
  }
  return is_spreadsheet_number(code) ? "line.spreadsheet_number" : "";
}

void take_code(ParsedCodes& parsed, std::int64_t line, std::string_view code,
               bool allow_line_ends) {
  if (const std::string_view fault = fault_of(code, allow_line_ends); !fault.empty()) {
    parsed.rejected.add(line, fault);
  } else {
    parsed.add(line, code);
  }
}

void take_line(ParsedCodes& parsed, const text::Line& line) {
  switch (line.fault) {
    case text::LineFault::encoding:
      parsed.rejected.add(line.number, "line.invalid_text");
      return;
    case text::LineFault::too_long:
      parsed.rejected.add(line.number, "line.too_long");
      return;
    case text::LineFault::none:
      break;
  }
  if (const std::string_view code = text::trim(line.text); !code.empty()) {
    take_code(parsed, line.number, code, false);
  }
}

// Where a record keeps its code: one column, or a number and the pin that belongs to it.
struct Columns {
  std::size_t count = 1;
  std::size_t code = 0;
  std::optional<std::size_t> number = {};
};

std::optional<std::size_t> find_column(const std::vector<std::string>& names,
                                       std::initializer_list<std::string_view> wanted) {
  const auto found = std::find_first_of(names.begin(), names.end(), wanted.begin(), wanted.end());
  return found == names.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(std::distance(names.begin(), found)));
}

// Nothing when no column has a name that is known: then it is no header. `secret` is what another
// shop system exports.
std::optional<Columns> columns_of(const text::CsvRecord& header) {
  std::vector<std::string> names;
  for (const std::string_view field : header.fields) {
    std::string name(text::trim(field));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    names.push_back(std::move(name));
  }
  const auto code = find_column(names, {"code", "secret"});
  const auto card = find_column(names, {"卡密"});
  const auto number = find_column(names, {"number", "卡号"});
  const auto pin = find_column(names, {"pin", "密码"});
  if (code) {
    return Columns{names.size(), *code};
  }
  if (number && pin) {
    return Columns{names.size(), *pin, number};
  }
  if (card) {
    // A card number beside the card code belongs to it: without it the buyer has half a card.
    return Columns{names.size(), *card, number};
  }
  return std::nullopt;
}

std::string_view reason_of(text::CsvFault fault) {
  switch (fault) {
    case text::CsvFault::quote:
      return "line.quote";
    case text::CsvFault::too_long:
      return "line.too_long";
    case text::CsvFault::encoding:
    case text::CsvFault::none:
      break;
  }
  return "line.invalid_text";
}

class RecordTaker {
 public:
  explicit RecordTaker(ParsedCodes& parsed) : parsed_(parsed) {}

  void take(const text::CsvRecord& record) {
    if (record.fault != text::CsvFault::none) {
      begun_ = true;
      parsed_.rejected.add(record.line, reason_of(record.fault));
      return;
    }
    const bool blank =
        std::all_of(record.fields.begin(), record.fields.end(),
                    [](std::string_view field) { return text::trim(field).empty(); });
    if (blank) {
      return;
    }
    if (!std::exchange(begun_, true)) {
      if (const auto found = columns_of(record)) {
        columns_ = *found;
        return;
      }
    }
    take_data(record);
  }

 private:
  void take_data(const text::CsvRecord& record) {
    const std::string_view code =
        record.fields.size() == columns_.count ? text::trim(record.fields[columns_.code]) : "";
    const std::string_view number =
        !code.empty() && columns_.number ? text::trim(record.fields[*columns_.number]) : "";
    if (code.empty() || (columns_.number && number.empty())) {
      parsed_.rejected.add(record.line, "line.fields");
      return;
    }
    if (!columns_.number) {
      take_code(parsed_, record.line, code, true);
      return;
    }
    joined_.clear();
    text::append(joined_, number);
    text::append(joined_, part_separator);
    text::append(joined_, code);
    take_code(parsed_, record.line, text::view(joined_), true);
  }

  ParsedCodes& parsed_;
  Columns columns_;
  bool begun_ = false;
  text::PlainText joined_;
};

// The separator is known with the first line that is not blank.
class CsvTaker {
 public:
  explicit CsvTaker(ParsedCodes& parsed) : records_(parsed) {}

  void take(const text::Line& line) {
    if (!reader_) {
      if (line.fault == text::LineFault::none && text::trim(line.text).empty()) {
        return;
      }
      reader_.emplace(text::csv_separator(line.text), record_bytes_max);
    }
    reader_->add(line, sink_);
  }
  void finish() {
    if (reader_) {
      reader_->finish(sink_);
    }
  }

 private:
  RecordTaker records_;
  std::optional<text::CsvReader> reader_;
  text::CsvReader::Sink sink_ = [this](const text::CsvRecord& record) { records_.take(record); };
};

text::Detected encoding_of(ByteView content, code::Encoding encoding) {
  const auto marked = text::read_bom(content);
  const auto wanted =
      encoding == code::Encoding::utf_8 ? text::Encoding::utf8 : text::Encoding::gb18030;
  if (encoding == code::Encoding::detect) {
    return text::detect(content);
  }
  return {wanted, marked && marked->encoding == wanted ? marked->bom_bytes : 0};
}

}  // namespace

void RejectedLines::add(std::int64_t line, std::string_view reason) {
  if (first.size() < rejected_lines_max) {
    first.push_back({line, std::string(reason)});
  }
  ++total;
}

void ParsedCodes::add(std::int64_t line, std::string_view code) {
  places_.push_back({line, text_.size(), code.size()});
  text::append(text_, code);
}

bool is_spreadsheet_number(std::string_view code) {
  if (code.find('+') == std::string_view::npos) {
    return false;
  }
  for (;;) {
    const std::size_t end = code.find(part_separator);
    if (is_shortened_number(text::trim(code.substr(0, end)))) {
      return true;
    }
    if (end == std::string_view::npos) {
      return false;
    }
    code.remove_prefix(end + part_separator.size());
  }
}

Result<ParsedCodes> parse_codes(ByteView content, code::Encoding encoding, code::Format format) {
  const text::Detected detected = encoding_of(content, encoding);
  KAMENG_TRY(text::Decoder decoder, text::Decoder::open(detected.encoding));
  ParsedCodes parsed;
  parsed.text_.reserve(content.size());
  const ByteView body = content.subspan(detected.bom_bytes);
  if (format == code::Format::lines) {
    text::LineReader lines(std::move(decoder), line_bytes_max);
    const auto sink = [&](const text::Line& line) { take_line(parsed, line); };
    lines.feed(body, sink);
    lines.finish(sink);
  } else {
    text::LineReader lines(std::move(decoder), record_bytes_max);
    CsvTaker csv(parsed);
    const auto sink = [&](const text::Line& line) { csv.take(line); };
    lines.feed(body, sink);
    lines.finish(sink);
    csv.finish();
  }
  return parsed;
}

}  // namespace kameng::vault
