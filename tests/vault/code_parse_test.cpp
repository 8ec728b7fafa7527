#include "vault/code_parse.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace kameng {
namespace {

using code::Encoding;
using code::Format;

// "1:[code] …" and behind a bar the rejected lines, "2:line.quote …".
std::string parsed(std::string_view content, Format format, Encoding encoding = Encoding::detect) {
  const auto codes = vault::parse_codes(as_bytes(content), encoding, format);
  REQUIRE(codes.ok());
  std::string out;
  for (std::size_t i = 0; i < codes->size(); ++i) {
    out += std::to_string(codes->line(i)) + ":[" + std::string(codes->code(i)) + "] ";
  }
  out += "|";
  for (const code::RejectedLine& line : codes->rejected.first) {
    out += " " + std::to_string(line.line) + ":" + line.reason;
  }
  return out;
}

std::string read_data(const std::string& name) {
  std::ifstream file(std::string(KAMENG_SOURCE_DIR) + "/tests/data/text/" + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("vault") {
  // Goal: every shape of file that shops hand in gives its codes.
  // Method: the data files of tests/data/text and rows of the field's own formats.
  TEST_CASE("files of lines become codes") {
    struct Row {
      std::string_view content, expected;
    };
    const Row rows[] = {
        {"A1B2C-D3E4F\n8601002233445566----9021774456\n",
         "1:[A1B2C-D3E4F] 2:[8601002233445566----9021774456] |"},
        {"\n\n  A \t\n\xC2\xA0\n\xE3\x80\x80"
         "B\xE2\x80\x8B\n\n",
         "3:[A] 5:[B] |"},
        {"tom@example.com----Pw!<>&\"'\\%0A\\n", "1:[tom@example.com----Pw!<>&\"'\\%0A\\n] |"},
        {"https://pan.example/s/1AbC 提取码: 8k2m",
         "1:[https://pan.example/s/1AbC 提取码: 8k2m] |"},
        {"000123\n0\n", "1:[000123] 2:[0] |"},
        {"A\x01\nB\nC\xEF\xBF\xBD\n", "2:[B] | 1:line.invalid_text 3:line.invalid_text"},
        {"1.23457E+15\n1.23457E15\nx1.2E+15\n8.6E+15----1234\n1E+5x\n",
         "2:[1.23457E15] 3:[x1.2E+15] 5:[1E+5x] | 1:line.spreadsheet_number"
         " 4:line.spreadsheet_number"},
        {"", "|"},
        {"\xEF\xBB\xBF", "|"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.content);
      CHECK(parsed(row.content, Format::lines) == row.expected);
    }
    CHECK(parsed(std::string_view("A\0B\nC", 5), Format::lines) == "2:[C] | 1:line.invalid_text");
    CHECK(parsed(read_data("gb18030.txt"), Format::lines) ==
          "1:[卡号一----密码] 2:[ABC-1] 3:[𠮷野家-㐂] |");
    CHECK(parsed(read_data("gb18030.txt"), Format::lines, Encoding::gb18030) ==
          "1:[卡号一----密码] 2:[ABC-1] 3:[𠮷野家-㐂] |");
    CHECK(parsed(read_data("utf16le.txt"), Format::lines) == "1:[密码一] 2:[ABC-1] 3:[𠮷] |");
    CHECK(parsed(read_data("bad_line.txt"), Format::lines, Encoding::utf_8) ==
          "1:[密码一] 3:[密码二] 4:[ABC] | 2:line.invalid_text");
    CHECK(parsed(read_data("cr_only.txt"), Format::lines) == "1:[A] 2:[B] 4:[C] |");
  }

  // Goal: the bound on a code is exact, and counted after trimming.
  // Method: 4096 bytes, one more, and 4096 with spaces around.
  TEST_CASE("a code has at most 4096 bytes") {
    const std::string longest(vault::code_bytes_max, 'x');
    CHECK(parsed(longest, Format::lines) == "1:[" + longest + "] |");
    CHECK(parsed("  " + longest + "  ", Format::lines) == "1:[" + longest + "] |");
    CHECK(parsed(longest + "x\nA", Format::lines) == "2:[A] | 1:line.too_long");
    CHECK(parsed("code\n" + longest + "x\nA", Format::csv) == "3:[A] | 2:line.too_long");
  }

  // Goal: CSV gives the column that holds the code, joins number and pin, and rejects record by
  // record. Method: headers of every kind, data files, faults.
  TEST_CASE("files of records become codes") {
    struct Row {
      std::string_view content, expected;
    };
    const Row rows[] = {
        {"code,note\nABC-1,first\nABC-2,second\n", "2:[ABC-1] 3:[ABC-2] |"},
        {"备注,卡密\n一,ABC-1\n", "2:[ABC-1] |"},
        {"卡号,密码\n1001,9021\n1002,\n,9022\n,\n",
         "2:[1001----9021] | 3:line.fields 4:line.fields"},
        {"卡号,卡密\n1001,9021\n", "2:[1001----9021] |"},
        {"Number,PIN,code\n1,2,ABC\n", "2:[ABC] |"},
        {"secret,note\nABC-1,first\n", "2:[ABC-1] |"},
        {"code\tnote\nA,B\tfirst\n", "2:[A,B] |"},
        {"ABC-1\nABC-2\n", "1:[ABC-1] 2:[ABC-2] |"},
        {"ABC-1,x\nABC-2\n", "2:[ABC-2] | 1:line.fields"},
        {"code,note\nABC-1\nABC-2,a,b\nABC-3,\n", "4:[ABC-3] | 2:line.fields 3:line.fields"},
        {"\n,,\ncode\nABC\n", "4:[ABC] |"},
        {"code\n\"{\"\"a\"\":\n 1}\"\nB\n", "2:[{\"a\":\n 1}] 4:[B] |"},
        {"code\n1.23457E+15\n", "| 2:line.spreadsheet_number"},
        {"code\n=cmd()\n", "2:[=cmd()] |"},
        {"\"code\n\xFF\nABC\n", "3:[ABC] | 1:line.quote 2:line.invalid_text"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.content);
      CHECK(parsed(row.content, Format::csv, Encoding::utf_8) == row.expected);
    }
    CHECK(parsed(read_data("utf8_bom.csv"), Format::csv) == "2:[ABC-1] |");
    CHECK(parsed(read_data("stray_quotes.csv"), Format::csv) ==
          "4:[G\"H] 6:[IJK] | 2:line.quote 3:line.quote 5:line.quote");
    CHECK(parsed(read_data("multi_line.csv"), Format::csv) ==
          "2:[line 1\r\nline 2] 4:[{\"key\": 1}] |");
  }

  // Goal: the list of rejected lines is bounded, their count is not.
  // Method: more bad lines than the list holds.
  TEST_CASE("rejected lines are listed up to a bound") {
    std::string content;
    for (int i = 0; i < 1500; ++i) {
      content += "\x01\n";
    }
    const auto codes = vault::parse_codes(as_bytes(content), Encoding::detect, Format::lines);
    REQUIRE(codes.ok());
    CHECK(codes->rejected.first.size() == vault::rejected_lines_max);
    CHECK(codes->rejected.total == 1500);
  }
}

}  // namespace kameng
