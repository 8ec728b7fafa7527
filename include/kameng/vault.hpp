// vault.hpp - what a host says and hears about codes and their stock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kameng/enum_names.hpp>
#include <kameng/id.hpp>

namespace kameng::code {

enum class Format : std::uint8_t {
  lines,  // one code per line
  csv,    // RFC 4180, separated by commas, or by tabs where the header is
};

enum class Encoding : std::uint8_t { detect, utf_8, gb18030 };

// What a code that is there already does to an import.
enum class Duplicates : std::uint8_t {
  skip,    // it is left out and counted
  reject,  // it refuses the whole import
};

}  // namespace kameng::code

template <>
struct kameng::EnumNames<kameng::code::Format> {
  static constexpr std::pair<code::Format, std::string_view> values[] = {
      {code::Format::lines, "lines"}, {code::Format::csv, "csv"}};
};
template <>
struct kameng::EnumNames<kameng::code::Encoding> {
  static constexpr std::pair<code::Encoding, std::string_view> values[] = {
      {code::Encoding::detect, "auto"},
      {code::Encoding::utf_8, "utf-8"},
      {code::Encoding::gb18030, "gb18030"}};
};
template <>
struct kameng::EnumNames<kameng::code::Duplicates> {
  static constexpr std::pair<code::Duplicates, std::string_view> values[] = {
      {code::Duplicates::skip, "skip"}, {code::Duplicates::reject, "reject"}};
};

namespace kameng::code {

// A line that was not imported. `line` counts from 1; for a record of several lines it is the
// first.
struct RejectedLine {
  std::int64_t line = 0;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("line", &RejectedLine::line, "From 1; the first one of a longer record.");
    f.required("reason", &RejectedLine::reason,
               "line.invalid_text, line.too_long, line.fields, line.quote, line.spreadsheet_number,"
               " line.duplicate_in_file or line.duplicate_in_stock.");
  }
};

struct Imported {
  std::optional<BatchId> batch_id;
  std::int64_t imported = 0;
  std::int64_t duplicates = 0;
  std::vector<RejectedLine> rejected;
  std::int64_t rejected_total = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("batch_id", &Imported::batch_id,
               "Where the codes are. Absent for a dry run that continued no batch.");
    f.required("imported", &Imported::imported,
               "Codes now for sale; for a dry run, those that would be.");
    f.required(
        "duplicates", &Imported::duplicates,
        "Codes of this sku that were there already, in the file or in stock, sold ones too.");
    f.required("rejected", &Imported::rejected, "The first 1,000 lines that were not imported.");
    f.required("rejected_total", &Imported::rejected_total, "How many there were.");
  }
};

// Puts codes in stock; blank lines, and spaces and invisible characters around a code, go.
// Fewer than 1,000 codes are sold in the order of the file; the order of more is not told.
struct Import {
  static constexpr std::string_view operation = "code.import";
  using Answer = Imported;

  SkuId sku_id;
  std::optional<BatchId> batch_id;
  Format format = Format::lines;
  Encoding encoding = Encoding::detect;
  std::optional<std::string> content;
  std::optional<std::string> content_base64;
  Duplicates duplicates = Duplicates::skip;
  bool dry_run = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &Import::sku_id, "What the codes are sold as.");
    f.optional("batch_id", &Import::batch_id,
               "Continues a batch: a large file comes in several calls.");
    f.optional("format", &Import::format,
               "One code per line, or CSV with a header that has `code` (卡密), or `number` and"
               " `pin` (卡号, 密码), which become number----pin. CSV without such a header has"
               " one column.");
    f.optional("encoding", &Import::encoding,
               "Of content_base64: a byte order mark decides, else UTF-8 if it is, else GB18030."
               " content is always UTF-8.");
    f.optional("content", &Import::content, "The codes, as text.").length(0, 1U << 20U).secret();
    f.optional("content_base64", &Import::content_base64, "The codes, as the bytes of a file.")
        .length(0, 1U << 20U)
        .secret();
    f.optional("duplicates", &Import::duplicates,
               "Leave out codes that are there already, or refuse the import when there are any.");
    f.optional("dry_run", &Import::dry_run, "Tell what would happen and change nothing.");
  }
};

}  // namespace kameng::code

namespace kameng::stock {

struct Stock {
  std::int64_t available = 0;
  std::int64_t held = 0;
  std::int64_t sold = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("available", &Stock::available, "Codes for sale.");
    f.required("held", &Stock::held, "Codes set aside for unpaid orders.");
    f.required("sold", &Stock::sold, "Codes sold, revealed or not.");
  }
};

struct Get {
  static constexpr std::string_view operation = "stock.get";
  using Answer = Stock;

  SkuId sku_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &Get::sku_id, "Whose codes to count.");
  }
};

}  // namespace kameng::stock
