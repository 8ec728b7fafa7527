// write_test.cpp - printing: the writer alone, and structs.
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "json/sample.hpp"
#include "json/writer.hpp"

TEST_SUITE("json") {
  using json_sample::Everything;
  using json_sample::full;
  using kameng::json::Writer;

  // Goal: commas, nesting and numbers come out right, also behind text that is already there.
  // Method: one document with empty and filled containers, compared with its text.
  TEST_CASE("the writer places commas by itself") {
    std::string out = "prefix,";
    Writer writer(out);
    writer.begin_object().key("a").begin_array().end_array().key("b").begin_object().end_object();
    writer.key("c").begin_array().int64(1).string("{").string("[,:").boolean(true).null();
    writer.begin_object().key("k").raw("[1]").end_object().begin_array().int64(2).end_array();
    writer.end_array().key("d").int64(std::numeric_limits<std::int64_t>::min()).end_object();
    CHECK(out == R"(prefix,{"a":[],"b":{},"c":[1,"{","[,:",true,null,{"k":[1]},[2]],)"
                 R"("d":-9223372036854775808})");
  }

  // Goal: any text survives printing and parsing.
  // Method: every single byte below 0x80 and some longer characters, there and back.
  TEST_CASE("every character survives printing and parsing") {
    std::string all;
    for (char c = 0; c < 0x7F; ++c) {
      all += c;
    }
    all += "\x7F\xC2\x80\xE5\x8D\xA1\xF0\x9F\x98\x80";
    std::string printed;
    Writer(printed).string(all);
    for (const char c : printed) {
      CHECK(static_cast<unsigned char>(c) >= 0x20);
    }
    const auto parsed = kameng::json::parse(printed);
    REQUIRE(parsed.ok());
    CHECK(*parsed->string() == all);
    std::string escapes;
    Writer(escapes).string("\"\\\b\f\n\r\t\x01\x1F/");
    CHECK(escapes == R"("\"\\\b\f\n\r\t\u0001\u001f/")");
  }

  // Goal: structs print in declared order; this text is what request digests are made of, so it may
  // not change. Method: a full and an empty struct, byte for byte.
  TEST_CASE("structs print canonically") {
    CHECK(kameng::json::to_text(full()) ==
          "{\"count\":-3,\"name\":\"n\\\"\xE5\x90\x8D\",\"flag\":false,\"small\":-2147483648,"
          "\"maybe\":9007199254740991,\"maybe_flag\":false,\"plain\":\"tab\\there\",\"choice\":"
          "\"tea\","
          "\"price\":{\"amount\":1299,\"currency\":\"JPY\"},\"currency\":\"USD\","
          "\"order_id\":\"ord_00000000000000000000000002\",\"color\":\"blue\","
          "\"lines\":[{\"sku_id\":\"sku_00000000000000000000000001\",\"quantity\":1,\"note\":"
          "\"note\"},"
          "{\"sku_id\":\"sku_00000000000000000000000001\",\"quantity\":100}],\"words\":[\"a\","
          "\"abc\"],"
          "\"table\":[[1,2],[],[3]],\"line\":{\"sku_id\":\"sku_00000000000000000000000001\","
          "\"quantity\":5},"
          "\"tags\":{\"a\":\"\",\"b\":\"2\"},\"counts\":{\"x\":-1},"
          "\"headers\":[[\"Accept\",\"a\"],[\"Accept\",\"b\"]],"
          "\"metadata\":{\"z\":1,\"a\":[1.50,null,{\"deep\":true}]},\"password\":\"hunter2\"}");
    CHECK(kameng::json::to_text(Everything{}) ==
          R"({"count":0,"name":"","flag":true,"small":7,"plain":"plain","color":"red",)"
          R"("lines":[],"words":[],"table":[],)"
          R"("tags":{},"counts":{},"headers":[],"metadata":{}})");
  }

  // Goal: what is printed reads back as the same struct, whatever the member type.
  // Method: a struct with every member set.
  TEST_CASE("every member type makes the round trip") {
    const auto parsed = kameng::json::parse(kameng::json::to_text(full()));
    REQUIRE(parsed.ok());
    const auto read = kameng::json::read<Everything>(*parsed);
    REQUIRE(read.ok());
    CHECK(*read == full());
  }

  // Goal: stored answers hold no secret, and reading them back needs none.
  // Method: store, look for the secret, read into a struct that keeps what is missing.
  TEST_CASE("stored answers leave secrets out") {
    const std::string stored = kameng::json::to_stored_text(full());
    CHECK(stored.find("hunter2") == std::string::npos);
    CHECK(stored.find("password") == std::string::npos);
    Everything again;
    REQUIRE(kameng::json::read_stored(stored, again).ok());
    CHECK_FALSE(again.password);
    again.password = "hunter2";
    CHECK(again == full());
  }

  // Goal: an answer stored by another release can be read: unknown and missing fields and old
  // bounds do no harm, but what has the wrong shape is DATA_LOSS. Method: a table of texts.
  TEST_CASE("stored answers are read leniently, but not blindly") {
    Everything again;
    REQUIRE(kameng::json::read_stored(
                R"({"count":99,"new_field":{"x":1},"name":"longer than six"})", again)
                .ok());
    CHECK(again.count == 99);
    CHECK(again.name == "longer than six");
    CHECK(again.small == 7);
    for (const char* text :
         {"", "[1]", "{", R"({"count":"1"})", R"({"small":2147483648})", R"({"color":"pink"})",
          R"({"line":{"sku_id":"ord_00000000000000000000000002"}})"}) {
      CAPTURE(text);
      Everything broken;
      const auto outcome = kameng::json::read_stored(text, broken);
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().status == kameng::Status::data_loss);
      CHECK(outcome.error().reason == "document.unreadable");
    }
  }
}
