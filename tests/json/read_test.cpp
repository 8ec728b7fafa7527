// read_test.cpp - reading documents into structs: what is accepted, and where each refusal points.
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <kameng/context.hpp>

#include "json/sample.hpp"

TEST_SUITE("json") {
  using json_sample::Color;
  using json_sample::Everything;
  using kameng::Result;

  namespace {

  [[nodiscard]] Result<Everything> read_text(std::string_view text) {
    const auto parsed = kameng::json::parse(text);
    REQUIRE(parsed.ok());
    return kameng::json::read<Everything>(*parsed);
  }

  // The two required members and whatever a case adds.
  [[nodiscard]] std::string with(std::string_view more) {
    return R"({"count":1,"name":"n",)" + std::string(more) + "}";
  }

  struct Refusal {
    std::string_view members;  // beside the required ones
    std::string_view reason;
    std::string_view field;
  };

  void refuses(const std::string& text, std::string_view reason, std::string_view field) {
    CAPTURE(text);
    const auto outcome = read_text(text);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().status == kameng::Status::invalid_argument);
    CHECK(outcome.error().reason == reason);
    CHECK(outcome.error().field == field);
    CHECK_FALSE(outcome.error().message.empty());
  }

  const Refusal faults[] = {
      {R"("flag":1)", "field.type", "flag"},
      {R"("flag":"true")", "field.type", "flag"},
      {R"("small":2147483648)", "field.range", "small"},
      {R"("small":-2147483649)", "field.range", "small"},
      {R"("small":"7")", "field.type", "small"},
      {R"("maybe":1.0)", "number.not_integer", "maybe"},
      {R"("maybe":1e2)", "number.not_integer", "maybe"},
      {R"("maybe":true)", "field.type", "maybe"},
      {R"("plain":5)", "field.type", "plain"},
      {R"("plain":["a"])", "field.type", "plain"},
      {R"("plain":"a\u0000b")", "text.malformed", "plain"},
      {R"("choice":"water")", "field.not_one_of", "choice"},
      {R"("choice":"Tea")", "field.not_one_of", "choice"},
      {R"("price":{"amount":1.5,"currency":"CNY"})", "number.not_integer", "price.amount"},
      {R"("price":{"amount":-1,"currency":"CNY"})", "field.range", "price.amount"},
      {R"("price":{"amount":100001,"currency":"CNY"})", "field.range", "price.amount"},
      {R"("price":{"amount":"1","currency":"CNY"})", "field.type", "price.amount"},
      {R"("price":{"amount":1})", "field.missing", "price.currency"},
      {R"("price":{"currency":"CNY"})", "field.missing", "price.amount"},
      {R"("price":{"amount":1,"currency":"XQX"})", "currency.unknown", "price.currency"},
      {R"("price":{"amount":1,"currency":"CNY","note":1})", "field.unknown", "price.note"},
      {R"("price":1299)", "field.type", "price"},
      {R"("price":[])", "field.type", "price"},
      {R"("currency":"cny")", "currency.unknown", "currency"},
      {R"("currency":156)", "field.type", "currency"},
      {R"("order_id":"sku_00000000000000000000000001")", "id.malformed", "order_id"},
      {R"("order_id":"ord_1")", "id.malformed", "order_id"},
      {R"("order_id":5)", "field.type", "order_id"},
      {R"("color":"pink")", "field.not_one_of", "color"},
      {R"("color":1)", "field.type", "color"},
      {R"("lines":{})", "field.type", "lines"},
      {R"("lines":[1])", "field.type", "lines[0]"},
      {R"("lines":[null])", "field.type", "lines[0]"},
      {R"("lines":[{},{},{},{}])", "field.count", "lines"},
      {R"("lines":[{"sku_id":"sku_00000000000000000000000001"}])", "field.missing",
       "lines[0].quantity"},
      {R"("lines":[{"sku_id":"sku_00000000000000000000000001","quantity":null}])", "field.missing",
       "lines[0].quantity"},
      {R"("lines":[{"sku_id":"sku_00000000000000000000000001","quantity":1},)"
       R"({"sku_id":"sku_00000000000000000000000001","quantity":101}])",
       "field.range", "lines[1].quantity"},
      {R"("lines":[{"sku_id":"sku_00000000000000000000000001","quantity":1,"note":"n"}])",
       "field.length", "lines[0].note"},
      {R"("lines":[{"qty":1}])", "field.unknown", "lines[0].qty"},
      {R"("lines":[[]])", "field.missing", "lines[0].sku_id"},
      {R"("words":["a","abcd"])", "field.length", "words[1]"},
      {R"("words":["a",""])", "field.length", "words[1]"},
      {R"("words":["a","a","a","a","a"])", "field.count", "words"},
      {R"("table":[[1],[2,10]])", "field.range", "table[1][1]"},
      {R"("table":[1])", "field.type", "table[0]"},
      {R"("line":{"quantity":0})", "field.range", "line.quantity"},
      {R"("line":"x")", "field.type", "line"},
      {R"("tags":{"a":1})", "field.type", "tags.a"},
      {R"("tags":{"a":"12345"})", "field.length", "tags.a"},
      {R"("tags":{"":"x"})", "field.length", "tags"},
      {R"("tags":{"a\u0000":"x"})", "text.malformed", std::string_view("tags.a\0", 7)},
      {R"("tags":["x"])", "field.type", "tags"},
      {R"("counts":{"a":1.5})", "number.not_integer", "counts.a"},
      {R"("counts":{"a":1,"b":2,"c":3})", "field.count", "counts"},
      {R"("headers":"Accept: a")", "field.type", "headers"},
      {R"("headers":[["a"]])", "field.type", "headers[0]"},
      {R"("headers":[["a","b"],["a",1]])", "field.type", "headers[1]"},
      {R"("headers":[["a","b"],["a","b"],["a","b"]])", "field.count", "headers"},
      {R"("headers":[["a","b\r\nSet-Cookie: x"]])", "header.malformed", "headers[0]"},
      {R"("headers":{"a":["b"]})", "field.type", "headers.a"},
      {R"("headers":{"":"b"})", "header.malformed", "headers"},
      {R"("metadata":"{}")", "field.type", "metadata"},
      {R"("metadata":[1])", "field.type", "metadata"},
      {R"("metadata":{"a":"0123456789012345678901234567890123456789012345678901234567890"})",
       "field.length", "metadata"},
      {R"("unknown":1)", "field.unknown", "unknown"},
      {R"("unknown":null)", "field.unknown", "unknown"},
      {R"("Flag":true)", "field.unknown", "Flag"},
  };

  }  // namespace

  // Goal: each rule refuses with its own reason and the full path.
  // Method: a table, one fault per row.
  TEST_CASE("faults are refused with reason and path") {
    for (const Refusal& row : faults) {
      refuses(with(row.members), row.reason, row.field);
    }
    refuses("[1]", "field.type", "");
    refuses("null", "field.type", "");
    refuses("\"{}\"", "field.type", "");
    refuses("{}", "field.missing", "count");
    refuses("[]", "field.missing", "count");
    refuses(R"({"count":1})", "field.missing", "name");
    refuses(R"({"name":"n"})", "field.missing", "count");
    refuses(R"({"count":1,"name":null})", "field.missing", "name");
    refuses(R"({"count":6,"name":"n"})", "field.range", "count");
    refuses(R"({"count":-6,"name":"n"})", "field.range", "count");
    refuses(R"({"count":1,"name":""})", "field.length", "name");
    refuses(R"({"count":1,"name":"1234567"})", "field.length", "name");
  }

  // Goal: messages name what was expected and the kind that was found, never the value.
  // Method: a refused secret and a refused type.
  TEST_CASE("messages of refused fields quote no value") {
    const auto secret = read_text(with(R"("choice":"hunter2")"));
    REQUIRE_FALSE(secret.ok());
    CHECK(secret.error().message == "one of: tea coffee");
    const auto type = read_text(with(R"("maybe":"hunter2")"));
    REQUIRE_FALSE(type.ok());
    CHECK(type.error().message == "expected an integer, found a string");
  }

  // Goal: absent and null leave an optional member as it was made.
  // Method: nothing but the required members; then null for all others.
  TEST_CASE("absent and null mean the same for optional fields") {
    Everything expected;
    expected.count = 1;
    expected.name = "n";
    const auto absent = read_text(R"({"name":"n","count":1})");
    REQUIRE(absent.ok());
    CHECK(*absent == expected);
    const auto nulls = read_text(
        with(R"("flag":null,"small":null,"maybe":null,"plain":null,"choice":null,"price":null,)"
             R"("currency":null,)"
             R"("order_id":null,"color":null,"lines":null,"words":null,"line":null,"tags":null,)"
             R"("counts":null,)"
             R"("headers":null,"metadata":null,"password":null)"));
    REQUIRE(nulls.ok());
    CHECK(*nulls == expected);
  }

  // Goal: the spellings that hosts produce are understood.
  // Method: PHP's empty arrays for objects, headers as an object, ids in upper case, any order.
  TEST_CASE("the spellings of hosts are understood") {
    const auto read = read_text(
        with(R"("tags":[],"counts":[],"metadata":[],"lines":[],"headers":{"Accept":"a","X":""},)"
             R"("color":"blue","order_id":"ord_0000000000000000000000000Z")"));
    REQUIRE(read.ok());
    CHECK(read->metadata.text == "{}");
    CHECK(read->headers == kameng::Headers{{"Accept", "a"}, {"X", ""}});
    CHECK(read->color == Color::blue);
    CHECK(read->order_id->text() == "ord_0000000000000000000000000z");
    const auto spaced = read_text(with(R"("metadata" : { "a" : [ 1.50 , "\u00e9" ] })"));
    REQUIRE(spaced.ok());
    CHECK(spaced->metadata.text == "{\"a\":[1.50,\"\xC3\xA9\"]}");
  }

  // Goal: where a list declares no bound there is one all the same.
  // Method: 10,000 items and one more.
  TEST_CASE("lists without a declared bound are bounded") {
    std::string rows = "[]";
    for (int i = 1; i < 10'000; ++i) {
      rows += ",[]";
    }
    CHECK(read_text(with("\"table\":[" + rows + "]")).ok());
    refuses(with("\"table\":[" + rows + ",[]]"), "field.count", "table");
  }

  // Goal: the public Context reads like any other struct.
  // Method: its own rules.
  TEST_CASE("a context is read from a document") {
    const auto parsed = kameng::json::parse(R"({"as":"host","ip":"10.0.0.1","timeout_ms":500})");
    REQUIRE(parsed.ok());
    const auto context = kameng::json::read<kameng::Context>(*parsed);
    REQUIRE(context.ok());
    CHECK(*context->as == "host");
    CHECK(context->timeout_ms == 500);
    const auto admin =
        kameng::json::read<kameng::Context>(*kameng::json::parse(R"({"as":"admin"})"));
    REQUIRE_FALSE(admin.ok());
    CHECK(admin.error().field == "as");
  }
}
