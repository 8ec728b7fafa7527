// nfkc_test.cpp - one text for what two keyboards make of it.
#include "text/nfkc.hpp"

#include <doctest/doctest.h>

using namespace kameng::text;

TEST_SUITE("text") {
  // Goal: compatible spellings become one; what is no text, or unknown to Unicode, is none.
  // Method: pairs from the Unicode Standard's annex 15, malformed bytes, an unassigned code point.
  TEST_CASE("compatible spellings become one text") {
    struct Row {
      const char* text;
      const char* normal;
    };
    const Row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"e\xCC\x81", "\xC3\xA9"},                     // e and an accent: é
        {"\xEF\xAC\x81", "fi"},                        // the ligature
        {"\xE2\x85\xA7", "VIII"},                      // the Roman numeral
        {"\xEF\xBC\xA1\xEF\xBC\x91", "A1"},            // full width
        {"\xEF\xBD\xB6\xEF\xBE\x9E", "\xE3\x82\xAC"},  // half-width ka with its mark: ga
        {"\xE5\xAF\x86\xE7\xA0\x81", "\xE5\xAF\x86\xE7\xA0\x81"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(nfkc(row.text) == std::optional<std::string>(row.normal));
    }
    CHECK_FALSE(nfkc("\xC3").has_value());
    CHECK_FALSE(nfkc("\xED\xA0\x80").has_value());
    CHECK_FALSE(nfkc("\xF3\xA0\x80\x80").has_value());  // U+E0000 is unassigned
    CHECK(code_points("") == 0);
    CHECK(code_points("a\xC3\xA9\xE5\xAF\x86\xF0\x9F\x90\x8E") == 4);
  }
}
