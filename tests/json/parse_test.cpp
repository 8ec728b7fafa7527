// parse_test.cpp - what the parser lets in and what it refuses, and why.
#include "json/parse.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "json/writer.hpp"

TEST_SUITE("json") {
  using kameng::json::parse;
  using kameng::json::Value;

  namespace {

  struct Refusal {
    std::string_view what;
    std::string text;
    std::string_view reason;
    std::string_view field;
  };

  [[nodiscard]] std::string nested(int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) {
      text += i % 2 == 0 ? "[" : R"({"a":)";
    }
    text += "1";
    for (int i = depth; i-- > 0;) {
      text += i % 2 == 0 ? ']' : '}';
    }
    return text;
  }

  void refuses(const std::vector<Refusal>& cases) {
    for (const Refusal& row : cases) {
      CAPTURE(row.what);
      const auto parsed = parse(row.text);
      REQUIRE_FALSE(parsed.ok());
      CHECK(parsed.error().status == kameng::Status::invalid_argument);
      CHECK(parsed.error().reason == row.reason);
      CHECK(parsed.error().field == row.field);
      CHECK_FALSE(parsed.error().message.empty());
    }
  }

  const std::vector<std::string> malformed_texts = {"",
                                                    " ",
                                                    "[",
                                                    "]",
                                                    "{",
                                                    "}",
                                                    "[1,]",
                                                    "[,1]",
                                                    "[1,,2]",
                                                    "[1 2]",
                                                    "{,}",
                                                    R"({"a"})",
                                                    R"({"a":})",
                                                    R"({"a":1,})",
                                                    R"({"a":1 "b":2})",
                                                    R"({a:1})",
                                                    R"({'a':1})",
                                                    "{1:2}",
                                                    R"({"a"::1})",
                                                    R"([1}))",
                                                    R"({"a":1])",
                                                    "nul",
                                                    "nulll",
                                                    "True",
                                                    "NaN",
                                                    "Infinity",
                                                    "-Infinity",
                                                    "[+1]",
                                                    "[01]",
                                                    "[-01]",
                                                    "[1.]",
                                                    "[.5]",
                                                    "[-]",
                                                    "[1e]",
                                                    "[1e+]",
                                                    "[0x10]",
                                                    "[1_000]",
                                                    "[- 1]",
                                                    "[\"]",
                                                    "[\"\\x\"]",
                                                    "[\"\\u12\"]",
                                                    "[\"\\u12g4\"]",
                                                    "[\"a\nb\"]",
                                                    "[\"a\tb\"]",
                                                    "[\"\\\"]",
                                                    "['a']",
                                                    "[1]2",
                                                    "{}{}",
                                                    "[] x",
                                                    "{}#",
                                                    "/*c*/{}",
                                                    "{} // c",
                                                    "\xEF\xBB\xBF{}",
                                                    "\xFE\xFF",
                                                    "[\"\\uD800\"]",
                                                    "[\"\\uD800\\uD800\"]",
                                                    "[\"\\uDC00\"]",
                                                    "[\"\\uD834x\"]",
                                                    "\xC2\xA0[]",
                                                    "[\v1]",
                                                    "\\u005b]"};

  }  // namespace

  // Goal: documents that are not JSON, or that two readers could read differently, do not come in.
  // Method: a table of texts, mostly the n_ cases of the JSON parsing test suite by N. Seriot.
  TEST_CASE("text that is not strict JSON is refused as malformed") {
    const std::string_view malformed = "document.malformed";
    std::vector<Refusal> cases;
    for (const std::string& text : malformed_texts) {
      cases.push_back({text, text, malformed, ""});
    }
    cases.push_back({"raw NUL in a string", std::string("[\"a\0b\"]", 7), malformed, ""});
    cases.push_back({"raw NUL at the end", std::string("{}\0", 3), malformed, ""});
    cases.push_back({"bytes behind a NUL", std::string("{}\0{}", 5), malformed, ""});
    refuses(cases);
  }

  // Goal: every class of broken UTF-8 is refused, in keys as in values.
  // Method: the classes of table 3-7 of the Unicode standard and of M. Kuhn's decoder test.
  TEST_CASE("text that is not UTF-8 is refused") {
    const std::vector<std::string> broken = {"\x80",
                                             "\xBF",
                                             "\xC3",
                                             "\xC3(",
                                             "\xC0\xAF",
                                             "\xC1\xBF",
                                             "\xE2\x82",
                                             "\xE0\x80\xAF",
                                             "\xE0\x9F\xBF",
                                             "\xED\xA0\x80",
                                             "\xED\xBF\xBF",
                                             "\xF0\x9F\x98",
                                             "\xF0\x80\x80\xAF",
                                             "\xF0\x8F\xBF\xBF",
                                             "\xF4\x90\x80\x80",
                                             "\xF5\x80\x80\x80",
                                             "\xF8\x88\x80\x80\x80",
                                             "\xFE",
                                             "\xFF"};
    for (const std::string& bytes : broken) {
      refuses({{"value", "[\"" + bytes + "\"]", "document.malformed", ""},
               {"key", "{\"" + bytes + "\":1}", "document.malformed", ""}});
    }
    for (const std::string good : {"\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                   "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
      const auto parsed = parse("[\"" + good + "\"]");
      REQUIRE(parsed.ok());
      CHECK(*(*parsed->array())[0].string() == good);
    }
  }

  // Goal: bounds hold exactly, and the error says where.
  // Method: the last value that fits and the first that does not, alone and deep inside.
  TEST_CASE("size, depth and numbers are bounded") {
    CHECK(parse(nested(32)).ok());
    CHECK(parse("9007199254740991").ok());
    CHECK(parse("-9007199254740991").ok());
    std::string large = "\"" + std::string((1U << 20U) - 2, 'x') + "\"";
    CHECK(parse(large).ok());
    large += ' ';
    refuses(
        {{"size", large, "document.too_large", ""},
         {"depth", nested(33), "document.too_deep", ""},
         {"very deep", std::string(100'000, '['), "document.too_deep", ""},
         {"very deep objects", nested(50'000), "document.too_deep", ""},
         {"one more", "9007199254740992", "number.out_of_range", ""},
         {"one less", "-9007199254740992", "number.out_of_range", ""},
         {"2^63", R"({"a":[1,{"b":9223372036854775808}]})", "number.out_of_range", "a[1].b"},
         {"2^64", R"({"a":[1,[18446744073709551616]]})", "number.out_of_range", "a[1][0]"},
         {"-2^63-1", R"({"a":1,"b":[1,2,-9223372036854775809]})", "number.out_of_range", "b[2]"},
         {"a thousand digits", "[" + std::string(1000, '9') + "]", "number.out_of_range", "[0]"},
         {"beyond a double", R"({"x":1e999})", "number.out_of_range", "x"}});
    CHECK(parse("[[1]]", {.depth_max = 2}).ok());
    CHECK_FALSE(parse("[[1]]", {.depth_max = 1}).ok());
    CHECK_FALSE(parse("[1]", {.bytes_max = 2}).ok());
  }

  // Goal: a key that is there twice is found however the object looks, and its path is told.
  // Method: small and large objects (two ways of searching), escaped spellings, nesting.
  TEST_CASE("duplicate keys are refused with their path") {
    std::string large = "{";
    for (int i = 0; i < 1000; ++i) {
      large += "\"k" + std::to_string(i) + "\":0,";
    }
    CHECK(parse(large + R"("other":0})").ok());
    refuses(
        {{"plain", R"({"a":1,"a":2})", "document.duplicate_key", "a"},
         {"escaped", R"({"a":1,"\u0061":2})", "document.duplicate_key", "a"},
         {"nested", R"({"x":[0,{"y":{"b":1,"c":2,"b":3}}]})", "document.duplicate_key", "x[1].y.b"},
         {"in a list", R"([[],[{"b":1,"b":3}]])", "document.duplicate_key", "[1][0].b"},
         {"large", large + R"("k500":0})", "document.duplicate_key", "k500"},
         {"empty name", R"({"":1,"":2})", "document.duplicate_key", ""}});
    // The same name in two objects is no duplicate.
    CHECK(parse(R"({"a":{"a":[{"a":1},{"a":2}]}})").ok());
  }

  // Goal: errors carry no content and stay short.
  // Method: a secret near the fault, and a key far longer than a path step.
  TEST_CASE("messages of refused documents quote nothing") {
    const auto parsed = parse(R"({"password":"hunter2", hunter3})");
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().message.find("hunter") == std::string::npos);
    CHECK(parsed.error().message.find("byte 24") != std::string::npos);

    std::string key;
    for (int i = 0; i < 100; ++i) {
      key += "\xE5\x90\x8D";
    }
    const auto twice = parse("{\"" + key + "\":1,\"" + key + "\":2}");
    REQUIRE_FALSE(twice.ok());
    CHECK(twice.error().field.size() == 63);  // whole characters only
  }

  // Goal: every kind of value arrives as what it is, and prints back the same.
  // Method: one document with all kinds, compared piece by piece.
  TEST_CASE("values keep their kind, order and spelling") {
    const std::string text = R"({"n":null,"t":true,"f":false,"i":-12,"z":0,"d":1.0,"e":1e2,)"
                             R"("s":"a\u0000\ud83d\ude00\"\\/","l":[[],{}],"o":{"b":1,"a":2}})";
    const auto parsed = parse(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->find("n")->is_null());
    CHECK(*parsed->find("t")->boolean());
    CHECK_FALSE(*parsed->find("f")->boolean());
    CHECK(*parsed->find("i")->integer() == -12);
    CHECK(parsed->find("d")->kind() == Value::Kind::fraction);
    CHECK(parsed->find("d")->fraction()->text == "1.0");
    CHECK(parsed->find("e")->kind() == Value::Kind::fraction);
    CHECK(*parsed->find("s")->string() == std::string("a\0\xF0\x9F\x98\x80\"\\/", 9));
    CHECK(parsed->find("l")->array()->size() == 2);
    CHECK((*parsed->find("o")->object())[0].first == "b");
    CHECK(parsed->find("absent") == nullptr);
    CHECK(parsed->find("i")->find("x") == nullptr);
    std::string printed;
    kameng::json::Writer(printed).value(*parsed);
    CHECK(printed ==
          "{\"n\":null,\"t\":true,\"f\":false,\"i\":-12,\"z\":0,\"d\":1.0,\"e\":1e2,"
          "\"s\":\"a\\u0000\xF0\x9F\x98\x80\\\"\\\\/\",\"l\":[[],{}],\"o\":{\"b\":1,\"a\":2}}");
    CHECK(*parse("-0")->integer() == 0);
    CHECK(*parse(" \t\r\n7 \n")->integer() == 7);
  }

  // Goal: no prefix of a document is taken for a document, and no changed byte breaks the parser.
  // Method: cut at every byte; then put every one of a few hostile bytes at every place.
  TEST_CASE("a document cut or changed anywhere is answered, not crashed on") {
    const std::string text =
        R"({"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",true,null],"b":{"c":{},"d":[]},"e":"\\"})";
    REQUIRE(parse(text).ok());
    for (std::size_t size = 0; size < text.size(); ++size) {
      CAPTURE(size);
      const auto cut = parse(std::string_view(text).substr(0, size));
      REQUIRE_FALSE(cut.ok());
      CHECK(cut.error().reason == "document.malformed");
    }
    for (std::size_t place = 0; place < text.size(); ++place) {
      for (const char byte :
           {'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '\x80', '\xFF', '9', 'e'}) {
        std::string changed = text;
        changed[place] = byte;
        const auto parsed = parse(changed);
        if (parsed.ok()) {
          std::string printed;
          kameng::json::Writer(printed).value(*parsed);
          CHECK(*parse(printed) == *parsed);
        } else {
          CHECK_FALSE(parsed.error().reason.empty());
        }
      }
    }
  }
}
