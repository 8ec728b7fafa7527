#include "text/lines.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "text/utf8.hpp"

using kameng::as_bytes;
using kameng::text::Decoder;
using kameng::text::detect;
using kameng::text::Detected;
using kameng::text::Encoding;
using kameng::text::is_printable;
using kameng::text::Line;
using kameng::text::LineFault;
using kameng::text::LineReader;
using kameng::text::trim;

namespace {

std::string read_data(const std::string& name) {
  std::ifstream file(std::string(KAMENG_SOURCE_DIR) + "/tests/data/text/" + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// "1:text\n" per line, with a fault's name in place of the text and the ending spelled out.
std::string shown(const Line& line) {
  std::string text = std::to_string(line.number) + ":";
  switch (line.fault) {
    case LineFault::none:
      text += line.text;
      break;
    case LineFault::encoding:
      text += "<encoding>";
      break;
    case LineFault::too_long:
      text += "<too long>";
      break;
  }
  return text + (line.ending == "\r\n" ? "|rn "
                 : line.ending == "\n" ? "|n "
                 : line.ending == "\r" ? "|r "
                                       : "| ");
}

std::string lines_of(std::string_view content, Encoding encoding, std::size_t chunk_bytes,
                     std::size_t line_bytes_max = 4096) {
  auto decoder = Decoder::open(encoding);
  REQUIRE(decoder.ok());
  LineReader reader(std::move(*decoder), line_bytes_max);
  std::string out;
  const auto sink = [&](const Line& line) { out += shown(line); };
  for (std::size_t i = 0; i < content.size(); i += chunk_bytes) {
    reader.feed(as_bytes(content.substr(i, chunk_bytes)), sink);
  }
  reader.finish(sink);
  return out;
}

}  // namespace

TEST_SUITE("text") {
  // Goal: every kind of file is recognised and read to the same lines, however it is cut into
  // chunks. Method: the data files, detected, then fed whole and in chunks of 1, 2, 3 and 7 bytes.
  TEST_CASE("files of every encoding and line end become lines") {
    struct Row {
      const char* file;
      Encoding encoding;
      std::size_t bom_bytes;
      std::string_view lines;
    };
    const Row rows[] = {
        {"gb18030.txt", Encoding::gb18030, 0, "1:卡号一----密码|rn 2:ABC-1|rn 3:𠮷野家-㐂|rn "},
        {"utf8_bom.csv", Encoding::utf8, 3, "1:code,备注|rn 2:ABC-1,第一|rn "},
        {"utf16le.txt", Encoding::utf16le, 2, "1:密码一|rn 2:ABC-1|rn 3:𠮷|rn "},
        {"utf16be.txt", Encoding::utf16be, 2, "1:密码一|n 2:ABC-1| "},
        {"cr_only.txt", Encoding::utf8, 0, "1:A|r 2:B|r 3:|r 4:C| "},
        {"mixed_ends.txt", Encoding::utf8, 0, "1:A|n 2:B|rn 3:C|r 4:D|n 5:|r 6:E| "},
        {"bad_line.txt", Encoding::utf8, 0, "1:密码一|n 2:<encoding>|n 3:密码二|n 4:ABC|n "},
    };
    for (const Row& row : rows) {
      CAPTURE(row.file);
      const std::string content = read_data(row.file);
      const Detected detected = detect(as_bytes(content));
      CHECK(detected.encoding == row.encoding);
      CHECK(detected.bom_bytes == row.bom_bytes);
      const std::string_view body = std::string_view(content).substr(detected.bom_bytes);
      for (const std::size_t chunk_bytes :
           {content.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
        CAPTURE(chunk_bytes);
        CHECK(lines_of(body, row.encoding, chunk_bytes) == row.lines);
      }
    }
  }

  // Goal: a file that is neither gets the reading that keeps most of it, and a torn sample is no
  // fault. Method: hand-made contents.
  TEST_CASE("detection weighs lines, not the first bad byte") {
    CHECK(detect(as_bytes("plain")).encoding == Encoding::utf8);
    CHECK(detect(as_bytes("")).encoding == Encoding::utf8);
    CHECK(detect(as_bytes("\xE5\x8D\xA1\xE5\x8D")).encoding == Encoding::utf8);
    CHECK(detect(as_bytes("\xBF\xA8\xBA\xC5")).encoding == Encoding::gb18030);
    CHECK(detect(as_bytes("\xE5\x8D\xA1\n\xBF\xA8\n\xE5\x8D\xA1\n")).encoding == Encoding::utf8);
    CHECK(detect(as_bytes("\xE5\x8D\xA1\n\xBF\xA8\n\xBA\xC5\n")).encoding == Encoding::gb18030);
  }

  // Goal: a line over the bound is told of by its number and costs neither memory nor its
  // neighbours. Method: lines of exactly the bound, one over, and far over, whole and in small
  // chunks, in both unit sizes.
  TEST_CASE("long lines are cut out, exactly at the bound") {
    const std::string content = std::string(8, 'a') + "\r\n" + std::string(9, 'b') + "\r\n" +
                                std::string(500, 'c') + "\nok";
    std::string wide;
    for (const char c : content) {
      wide += c;
      wide += '\0';
    }
    const std::string expected = "1:aaaaaaaa|rn 2:<too long>|rn 3:<too long>|n 4:ok| ";
    for (const std::size_t chunk_bytes : {std::size_t{1}, std::size_t{5}, std::size_t{4000}}) {
      CAPTURE(chunk_bytes);
      CHECK(lines_of(content, Encoding::utf8, chunk_bytes, 8) == expected);
      CHECK(lines_of(wide, Encoding::utf16le, chunk_bytes, 8) == expected);
    }
    CHECK(lines_of(std::string(100, 'x'), Encoding::utf8, 3, 8) == "1:<too long>| ");
  }

  // Goal: damaged text is refused line by line, in each encoding.
  // Method: an unpaired surrogate, half a unit, overlong UTF-8, a torn GB18030 pair.
  TEST_CASE("damaged characters are a fault of their line") {
    using std::string_view_literals::operator""sv;
    CHECK(lines_of("\x00\xD8\n\0A\0"sv, Encoding::utf16le, 99) == "1:<encoding>|n 2:A| ");
    CHECK(lines_of("A\0\n\0B"sv, Encoding::utf16le, 99) == "1:A|n 2:<encoding>| ");
    CHECK(lines_of("\xC0\xAF\nB", Encoding::utf8, 99) == "1:<encoding>|n 2:B| ");
    CHECK(lines_of("\xED\xA0\x80\nB", Encoding::utf8, 99) == "1:<encoding>|n 2:B| ");
    CHECK(lines_of("\xF4\x90\x80\x80\nB", Encoding::utf8, 99) == "1:<encoding>|n 2:B| ");
    CHECK(lines_of("\xBF\nB", Encoding::gb18030, 99) == "1:<encoding>|n 2:B| ");
  }

  // Goal: what copying leaves around a code goes, what is in it stays, and control characters are
  // seen. Method: one row each.
  TEST_CASE("trimming and printability") {
    CHECK(trim(" \t\xC2\xA0\xE3\x80\x80\xE2\x80\x8B"
               "A \xE3\x80\x80 B\xEF\xBB\xBF ") == "A \xE3\x80\x80 B");
    CHECK(trim("\xE3\x80\x80 \t").empty());
    CHECK(trim("\xE3\x80\x81") ==
          "\xE3\x80\x81");  // an ideographic comma shares two bytes with U+3000
    CHECK(is_printable("A\tB<>&\"'\\%0A 卡密", false));
    CHECK_FALSE(is_printable(std::string_view("A\0B", 3), false));
    CHECK_FALSE(is_printable("A\x1B[0m", false));
    CHECK_FALSE(is_printable("A\x7F", false));
    CHECK_FALSE(is_printable("A\xC2\x85", false));
    CHECK_FALSE(is_printable("A\xEF\xBF\xBD", false));
    CHECK_FALSE(is_printable("A\nB", false));
    CHECK(is_printable("A\r\nB", true));
  }
}
