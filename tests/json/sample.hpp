// sample.hpp - structs with every member type that field lists may use, for the tests of json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/document.hpp>
#include <kameng/enum_names.hpp>
#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "json/fields.hpp"

namespace json_sample {

enum class Color : std::uint8_t { red, blue };

struct Line {
  kameng::SkuId sku_id;
  std::int64_t quantity = 0;
  std::optional<std::string> note;

  static constexpr std::string_view name = "Line";
  bool operator==(const Line&) const = default;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &Line::sku_id, "What.");
    f.required("quantity", &Line::quantity, "How many.").range(1, 100);
    f.optional("note", &Line::note, "A note.").length(2, 8);
  }
};

// Optional members of every type; the first two are required, so that a short document is enough.
struct Everything {
  std::int64_t count = 0;
  std::string name;
  bool flag = true;
  std::int32_t small = 7;
  std::optional<std::int64_t> maybe;
  std::optional<bool> maybe_flag;
  std::string plain = "plain";
  std::optional<std::string> choice;
  std::optional<kameng::Money> price;
  std::optional<kameng::Currency> currency;
  std::optional<kameng::OrderId> order_id;
  Color color = Color::red;
  std::vector<Line> lines;
  std::vector<std::string> words;
  std::vector<std::vector<std::int64_t>> table;
  std::optional<Line> line;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::int64_t> counts;
  kameng::Headers headers;
  kameng::Document metadata;
  std::optional<std::string> password;

  static constexpr std::string_view type_name = "Everything";
  bool operator==(const Everything&) const = default;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("count", &Everything::count, "A bounded number.").range(-5, 5).example("3");
    f.required("name", &Everything::name, "A name.").length(1, 6).personal("delivery");
    f.optional("flag", &Everything::flag, "A flag.");
    f.optional("small", &Everything::small, "32 bits.");
    f.optional("maybe", &Everything::maybe, "64 bits.");
    f.optional("maybe_flag", &Everything::maybe_flag, "Three ways.");
    f.optional("plain", &Everything::plain, "Text with a default.");
    f.optional("choice", &Everything::choice, "A choice.").one_of({"tea", "coffee"});
    f.optional("price", &Everything::price, "A price.").range(0, 100'000);
    f.optional("currency", &Everything::currency, "A currency.");
    f.optional("order_id", &Everything::order_id, "An order.");
    f.optional("color", &Everything::color, "A color.");
    f.optional("lines", &Everything::lines, "Lines.").count(0, 3);
    f.optional("words", &Everything::words, "Words.").length(1, 3).count(0, 4);
    f.optional("table", &Everything::table, "Rows.").range(0, 9);
    f.optional("line", &Everything::line, "One line.");
    f.optional("tags", &Everything::tags, "Text by key.").length(0, 4);
    f.optional("counts", &Everything::counts, "Numbers by key.").count(0, 2);
    f.optional("headers", &Everything::headers, "HTTP headers.").count(0, 2);
    f.optional("metadata", &Everything::metadata, "Anything.").length(0, 64);
    f.optional("password", &Everything::password, "A secret.").secret();
  }
};

inline constexpr std::string_view sku_text = "sku_00000000000000000000000001";
inline constexpr std::string_view order_text = "ord_00000000000000000000000002";

[[nodiscard]] inline Everything full() {
  Everything all;
  all.count = -3;
  all.name = "n\"\xE5\x90\x8D";
  all.flag = false;
  all.small = -2147483647 - 1;
  all.maybe = 9007199254740991;
  all.maybe_flag = false;
  all.plain = "tab\there";
  all.choice = "tea";
  all.price = kameng::Money{1299, *kameng::Currency::parse("JPY")};
  all.currency = kameng::Currency::parse("USD");
  all.order_id = kameng::OrderId::parse(order_text);
  all.color = Color::blue;
  all.lines = {Line{*kameng::SkuId::parse(sku_text), 1, "note"},
               Line{*kameng::SkuId::parse(sku_text), 100, std::nullopt}};
  all.words = {"a", "abc"};
  all.table = {{1, 2}, {}, {3}};
  all.line = Line{*kameng::SkuId::parse(sku_text), 5, std::nullopt};
  all.tags = {{"b", "2"}, {"a", ""}};
  all.counts = {{"x", -1}};
  all.headers = {{"Accept", "a"}, {"Accept", "b"}};
  all.metadata.text = R"({"z":1,"a":[1.50,null,{"deep":true}]})";
  all.password = "hunter2";
  return all;
}

}  // namespace json_sample

template <>
struct kameng::EnumNames<json_sample::Color> {
  static constexpr std::pair<json_sample::Color, std::string_view> values[] = {
      {json_sample::Color::red, "red"}, {json_sample::Color::blue, "blue"}};
};
