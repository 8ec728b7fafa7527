// describe_test.cpp - the description that bindings are generated from.
#include <string>

#include <doctest/doctest.h>

#include "json/sample.hpp"

TEST_SUITE("json") {
  using json_sample::Everything;
  using kameng::json::Value;

  namespace {

  struct Description {
    std::string field;
    std::string text;
  };

  [[nodiscard]] Value described() {
    std::string text;
    kameng::json::Writer writer(text);
    kameng::json::describe<Everything>(writer);
    auto parsed = kameng::json::parse(text);
    REQUIRE(parsed.ok());
    return std::move(*parsed);
  }

  }  // namespace

  // Goal: generators of Python and PHP read exactly this; a change here is a change to them.
  // Method: each field's description, byte for byte.
  TEST_CASE("each member type is described in its documented shape") {
    const Description expected[] = {
        {"count",
         R"("required":true,"doc":"A bounded number.","example":3,"type":"integer","min":-5,)"
         R"("max":5)"},
        {"name", R"("required":true,"doc":"A name.","personal":"delivery","type":"string","min":1,)"
                 R"("max":6)"},
        {"flag", R"("required":false,"doc":"A flag.","default":true,"type":"boolean")"},
        {"small", R"("required":false,"doc":"32 bits.","default":7,"type":"integer")"},
        {"maybe", R"("required":false,"doc":"64 bits.","type":"integer")"},
        {"choice",
         R"("required":false,"doc":"A choice.","type":"string","values":["tea","coffee"])"},
        {"price", R"("required":false,"doc":"A price.","type":"money","min":0,"max":100000)"},
        {"currency", R"("required":false,"doc":"A currency.","type":"currency")"},
        {"order_id", R"("required":false,"doc":"An order.","type":"id","prefix":"ord")"},
        {"color", R"("required":false,"doc":"A color.","default":"red","type":"string",)"
                  R"("values":["red","blue"])"},
        {"words", R"("required":false,"doc":"Words.","type":"list","min":0,"max":4,)"
                  R"("item":{"type":"string","min":1,"max":3})"},
        {"table", R"("required":false,"doc":"Rows.","type":"list","min":0,"max":10000,)"
                  R"("item":{"type":"list","min":0,)"
                  R"("max":10000,"item":{"type":"integer","min":0,"max":9}})"},
        {"line",
         R"("required":false,"doc":"One line.","type":"object","struct":"Line","fields":[)"
         R"({"name":"sku_id","required":true,"doc":"What.","type":"id","prefix":"sku"},)"
         R"({"name":"quantity","required":true,"doc":"How many.","type":"integer","min":1,)"
         R"("max":100},)"
         R"({"name":"note","required":false,"doc":"A note.","type":"string","min":2,"max":8}])"},
        {"tags", R"("required":false,"doc":"Text by key.","type":"map","min":0,"max":64,)"
                 R"("item":{"type":"string",)"
                 R"("min":0,"max":4})"},
        {"counts", R"("required":false,"doc":"Numbers by key.","type":"map","min":0,"max":2,)"
                   R"("item":{"type":"integer"})"},
        {"headers", R"("required":false,"doc":"HTTP headers.","type":"headers","min":0,"max":2)"},
        {"metadata", R"("required":false,"doc":"Anything.","type":"document","min":0,"max":64)"},
        {"password", R"("required":false,"doc":"A secret.","secret":true,"type":"string")"},
    };
    const Value description = described();
    CHECK(*description.find("type")->string() == "object");
    CHECK(*description.find("struct")->string() == "Everything");
    for (const Description& row : expected) {
      CAPTURE(row.field);
      std::string text;
      for (const Value& field : *description.find("fields")->array()) {
        if (*field.find("name")->string() == row.field) {
          kameng::json::Writer(text).value(field);
        }
      }
      CHECK(text == "{\"name\":\"" + row.field + "\"," + row.text + "}");
    }
  }

  // Goal: the description follows the declared order.
  // Method: first and last field, and how many there are.
  TEST_CASE("fields are described in declared order") {
    const Value description = described();
    const Value::Array& fields = *description.find("fields")->array();
    CHECK(fields.size() == 21);
    CHECK(*fields.front().find("name")->string() == "count");
    CHECK(*fields.back().find("name")->string() == "password");
  }
}
