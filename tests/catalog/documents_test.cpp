// documents_test.cpp - the catalog's field lists: bounds and defaults as documents meet them.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <kameng/catalog.hpp>

#include "json/fields.hpp"

namespace kameng::goods {
namespace {

constexpr const char* category = R"("category_id":"cat_00000000000000000000000001")";

Result<Create> read(const std::string& text) {
  KAMENG_TRY(const json::Value value, json::parse(text));
  return json::read<Create>(value);
}

std::string document(const std::string& rest) {
  return "{" + std::string(category) + rest + "}";
}

}  // namespace

TEST_SUITE("catalog") {
  // Goal: a short request is enough, and what is left out has its default.
  // Method: goods.create with required fields alone.
  TEST_CASE("goods are made from a short document") {
    const auto request = read(document(
        R"(,"name":"Card","skus":[{"name":"50","unit_price_micros":50000000,"currency":"USD"}])"));
    REQUIRE(request.ok());
    REQUIRE(request->skus.size() == 1);
    CHECK(request->skus[0].delivery == "code");
    CHECK(request->skus[0].currency.code() == "USD");
    CHECK_FALSE(request->supplier_id.has_value());
    CHECK_FALSE(request->commission_bp.has_value());
  }

  // Goal: what is out of bounds is refused at its place.
  // Method: a table of documents, each with one fault.
  TEST_CASE("goods out of bounds are refused at their field") {
    struct Row {
      std::string rest;
      std::string field;
    };
    const std::string sku = R"({"name":"50","unit_price_micros":1,"currency":"CNY"})";
    const std::vector<Row> rows{
        {R"(,"name":"","skus":[)" + sku + "]", "name"},
        {R"(,"name":")" + std::string(201, 'a') + R"(","skus":[)" + sku + "]", "name"},
        {R"(,"name":"Card","skus":[])", "skus"},
        {R"(,"name":"Card")", "skus"},
        {R"(,"name":"Card","commission_bp":10001,"skus":[)" + sku + "]", "commission_bp"},
        {R"(,"name":"Card","skus":[{"name":"50","unit_price_micros":0,"currency":"CNY"}])",
         "skus[0].unit_price_micros"},
        {R"(,"name":"Card","skus":[{"name":"50","unit_price_micros":1000000000000001,)"
         R"("currency":"CNY"}])",
         "skus[0].unit_price_micros"},
        {R"(,"name":"Card","skus":[)" + sku +
             R"(,{"name":"50","unit_price_micros":1,"currency":"CNY","delivery":"post"}])",
         "skus[1].delivery"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.rest);
      const auto request = read(document(row.rest));
      REQUIRE_FALSE(request.ok());
      CHECK(request.error().status == Status::invalid_argument);
      CHECK(request.error().field == row.field);
    }
  }
}

}  // namespace kameng::goods
