#include "text/csv.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using kameng::as_bytes;
using kameng::text::csv_separator;
using kameng::text::CsvFault;
using kameng::text::CsvReader;
using kameng::text::CsvRecord;
using kameng::text::Decoder;
using kameng::text::Encoding;
using kameng::text::Line;
using kameng::text::LineReader;

namespace {

// "1:[a][b] " per record, with a fault's name in place of the fields.
std::string records_of(std::string_view content, char separator = ',',
                       std::size_t record_bytes_max = 65536) {
  auto decoder = Decoder::open(Encoding::utf8);
  REQUIRE(decoder.ok());
  LineReader lines(std::move(*decoder), 4096);
  CsvReader csv(separator, record_bytes_max);
  std::string out;
  const auto on_record = [&](const CsvRecord& record) {
    out += std::to_string(record.line) + ":";
    switch (record.fault) {
      case CsvFault::none:
        for (const std::string_view field : record.fields) {
          out += "[" + std::string(field) + "]";
        }
        break;
      case CsvFault::quote:
        out += "<quote>";
        break;
      case CsvFault::encoding:
        out += "<encoding>";
        break;
      case CsvFault::too_long:
        out += "<too long>";
        break;
    }
    out += " ";
  };
  const auto on_line = [&](const Line& line) { csv.add(line, on_record); };
  lines.feed(as_bytes(content), on_line);
  lines.finish(on_line);
  csv.finish(on_record);
  return out;
}

std::string read_data(const std::string& name) {
  std::ifstream file(std::string(KAMENG_SOURCE_DIR) + "/tests/data/text/" + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("text") {
  // Goal: RFC 4180 section 2, rules 1 to 7.
  // Method: the RFC's own examples.
  TEST_CASE("the examples of RFC 4180 are read as it says") {
    CHECK(records_of("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n") == "1:[aaa][bbb][ccc] 2:[zzz][yyy][xxx] ");
    CHECK(records_of("aaa,bbb,ccc\r\nzzz,yyy,xxx") == "1:[aaa][bbb][ccc] 2:[zzz][yyy][xxx] ");
    CHECK(records_of("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx") ==
          "1:[aaa][bbb][ccc] 2:[zzz][yyy][xxx] ");
    CHECK(records_of("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx") ==
          "1:[aaa][b\r\nbb][ccc] 3:[zzz][yyy][xxx] ");
    CHECK(records_of("\"aaa\",\"b\"\"bb\",\"ccc\"") == "1:[aaa][b\"bb][ccc] ");
  }

  // Goal: a quote in the wrong place costs its own line, wherever the record was thought to end.
  // Method: data files and hand-made cases, among them a stray quote before properly quoted
  // records.
  TEST_CASE("a stray quote costs one line") {
    CHECK(records_of(read_data("stray_quotes.csv")) ==
          "1:[code][note] 2:<quote> 3:<quote> 4:[G\"H][3] 5:<quote> 6:[IJK][5] ");
    CHECK(records_of(read_data("multi_line.csv")) ==
          "1:[code][note] 2:[line 1\r\nline 2][x] 4:[{\"key\": 1}][] ");
    CHECK(records_of("\"A\nB\n\"C\"\nD\n") == "1:<quote> 2:[B] 3:[C] 4:[D] ");
    CHECK(records_of("\"A\n\"B\n\"C\n") == "1:<quote> 2:<quote> 3:<quote> ");
    CHECK(records_of("\"A\n\xFF\nB\n") == "1:<quote> 2:<encoding> 3:[B] ");
    CHECK(records_of("\"A") == "1:<quote> ");
    CHECK(records_of("\"\"\nB") == "1:[] 2:[B] ");
    CHECK(records_of("\"\n\"\n") == "1:[\n] ");
  }

  // Goal: an open quote cannot take the file with it.
  // Method: a record bound smaller than what follows the quote.
  TEST_CASE("an open quote gives up at the bound") {
    CHECK(records_of("\"A\nBBBB\nCCCC\nDDDD\n", ',', 8) == "1:<quote> 2:[BBBB] 3:[CCCC] 4:[DDDD] ");
  }

  // Goal: a tab separates only where the header says so.
  // Method: headers with a tab, a comma, both and neither.
  TEST_CASE("the header chooses the separator") {
    CHECK(csv_separator("code\tnote") == '\t');
    CHECK(csv_separator("code,note") == ',');
    CHECK(csv_separator("code\tname,note") == ',');
    CHECK(csv_separator("code") == ',');
    CHECK(records_of("a,1\tb\n", '\t') == "1:[a,1][b] ");
  }
}
