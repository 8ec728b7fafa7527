// check_test.cpp - the same rules for structs that never were documents.
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "json/sample.hpp"

TEST_SUITE("json") {
  using json_sample::Everything;
  using json_sample::full;
  using json_sample::Line;

  namespace {

  struct Breach {
    void (*make)(Everything& all);
    std::string_view reason;
    std::string_view field;
  };

  }  // namespace

  // Goal: the C++ door asks no less than the document door.
  // Method: break one rule at a time in a struct that is otherwise good.
  TEST_CASE("structs are checked by the rules of documents") {
    CHECK(kameng::json::check(full()).ok());
    const Breach breaches[] = {
        {[](Everything& all) { all.count = 6; }, "field.range", "count"},
        {[](Everything& all) { all.name.clear(); }, "field.length", "name"},
        {[](Everything& all) { all.name = "\xC3("; }, "text.malformed", "name"},
        {[](Everything& all) { all.name = "\xED\xA0\x80"; }, "text.malformed", "name"},
        {[](Everything& all) { all.name = "\xF4\x90\x80\x80"; }, "text.malformed", "name"},
        {[](Everything& all) { all.name = "\xE2\x82"; }, "text.malformed", "name"},
        {[](Everything& all) { all.plain = std::string("a\0b", 3); }, "text.malformed", "plain"},
        {[](Everything& all) { all.maybe = 9007199254740992; }, "field.range", "maybe"},
        {[](Everything& all) { all.choice = "water"; }, "field.not_one_of", "choice"},
        {[](Everything& all) { all.price->amount = -1; }, "field.range", "price.amount"},
        {[](Everything& all) { all.color = static_cast<json_sample::Color>(9); },
         "field.not_one_of", "color"},
        {[](Everything& all) { all.lines.resize(4, all.lines[0]); }, "field.count", "lines"},
        {[](Everything& all) { all.lines[1].quantity = 0; }, "field.range", "lines[1].quantity"},
        {[](Everything& all) { all.words[1] = "abcd"; }, "field.length", "words[1]"},
        {[](Everything& all) { all.table[2][0] = 10; }, "field.range", "table[2][0]"},
        {[](Everything& all) { all.line->note = "x"; }, "field.length", "line.note"},
        {[](Everything& all) { all.tags["a"] = "12345"; }, "field.length", "tags.a"},
        {[](Everything& all) { all.tags["\xFF"] = "1"; }, "text.malformed", "tags"},
        {[](Everything& all) {
           all.counts = {{"a", 1}, {"b", 1}, {"c", 1}};
         },
         "field.count", "counts"},
        {[](Everything& all) { all.headers[0].value = "a\nb"; }, "header.malformed", "headers[0]"},
        {[](Everything& all) { all.headers[1].name = "\x80"; }, "text.malformed", "headers[1]"},
        {[](Everything& all) { all.metadata.text = "[]"; }, "field.type", "metadata"},
        {[](Everything& all) { all.metadata.text = "{"; }, "document.malformed", "metadata"},
        {[](Everything& all) { all.metadata.text = R"({"a":[{"b":1,"b":2}]})"; },
         "document.duplicate_key", "metadata.a[0].b"},
    };
    for (const Breach& breach : breaches) {
      Everything all = full();
      breach.make(all);
      CAPTURE(breach.field);
      const auto outcome = kameng::json::check(all);
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().reason == breach.reason);
      CHECK(outcome.error().field == breach.field);
    }
  }

  // Goal: what a caller did not set is not held against the caller.
  // Method: only the required members, everything else as made.
  TEST_CASE("members left at their default pass") {
    Everything all;
    all.name = "n";
    CHECK(kameng::json::check(all).ok());
    all.metadata.text.clear();
    all.lines.clear();
    CHECK(kameng::json::check(all).ok());
  }
}
