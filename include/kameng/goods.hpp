// goods.hpp - what a host says and hears about goods and their SKUs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>

namespace kameng::goods {

struct NewSku {
  std::string name;
  std::int64_t unit_price_micros = 0;
  Currency currency{};
  std::string delivery = "code";

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &NewSku::name, "What sets it apart from its siblings.").length(1, 200);
    f.required("unit_price_micros", &NewSku::unit_price_micros,
               "Price of one, in millionths of the currency's unit.")
        .range(1, 1'000'000'000'000'000);
    f.required("currency", &NewSku::currency, "ISO 4217 code.");
    f.optional("delivery", &NewSku::delivery, "How it is delivered: `code` from the stock.")
        .one_of({"code"});
  }
};

struct CreatedSku {
  SkuId sku_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &CreatedSku::sku_id, "The new SKU.");
  }
};

struct Created {
  GoodsId goods_id;
  std::vector<CreatedSku> skus;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Created::goods_id, "The new goods, a draft.");
    f.required("skus", &Created::skus, "Its SKUs in the order of the request.");
  }
};

struct Create {
  static constexpr std::string_view operation = "goods.create";
  using Answer = Created;

  CategoryId category_id;
  std::optional<std::string> supplier_id;
  std::optional<std::int64_t> commission_bp;
  std::string name;
  std::optional<std::string> description;
  std::vector<NewSku> skus;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("category_id", &Create::category_id, "The category it is shown in.");
    f.optional("supplier_id", &Create::supplier_id,
               "Whose goods they are, in the host's own words; absent: the shop's own.")
        .length(1, 64);
    f.optional("commission_bp", &Create::commission_bp,
               "The platform's part of a supplier's sale in basis points; 1000 when absent.")
        .range(0, 10'000);
    f.required("name", &Create::name, "Name as the shop shows it.").length(1, 200);
    f.optional("description", &Create::description, "Text as the shop shows it.").length(0, 20'000);
    f.required("skus", &Create::skus, "What can be ordered of it.").count(1, 100);
  }
};

struct Sku {
  SkuId sku_id;
  std::string name;
  std::int64_t unit_price_micros = 0;
  Currency currency{};
  std::string delivery;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &Sku::sku_id, "The SKU.");
    f.required("name", &Sku::name, "What sets it apart from its siblings.");
    f.required("unit_price_micros", &Sku::unit_price_micros,
               "Price of one, in millionths of the currency's unit.");
    f.required("currency", &Sku::currency, "ISO 4217 code.");
    f.required("delivery", &Sku::delivery, "How it is delivered.").one_of({"code"});
  }
};

// One goods with everything that is known of it.
struct View {
  GoodsId goods_id;
  CategoryId category_id;
  std::optional<std::string> supplier_id;
  std::optional<std::int64_t> commission_bp;
  std::string name;
  std::string description;
  std::string status;
  std::vector<Sku> skus;
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &View::goods_id, "The goods.");
    f.required("category_id", &View::category_id, "The category it is shown in.");
    f.optional("supplier_id", &View::supplier_id, "Whose goods; told to the host only.");
    f.optional("commission_bp", &View::commission_bp,
               "The platform's part of a supplier's sale; told to the host only.");
    f.required("name", &View::name, "Name as the shop shows it.");
    f.required("description", &View::description, "Text as the shop shows it.");
    f.required("status", &View::status, "Whether visitors see it and customers may order it.")
        .one_of({"draft", "published", "withdrawn"});
    f.required("skus", &View::skus, "What can be ordered of it.");
    f.required("created_at_ms", &View::created_at_ms, "When it was made.");
  }
};

struct Get {
  static constexpr std::string_view operation = "goods.get";
  using Answer = View;

  GoodsId goods_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Get::goods_id, "The goods; visitors find published ones only.");
  }
};

struct Item {
  GoodsId goods_id;
  CategoryId category_id;
  std::string name;
  std::string status;
  std::int64_t unit_price_micros_min = 0;
  Currency currency{};
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Item::goods_id, "The goods.");
    f.required("category_id", &Item::category_id, "The category it is shown in.");
    f.required("name", &Item::name, "Name as the shop shows it.");
    f.required("status", &Item::status, "Whether visitors see it and customers may order it.")
        .one_of({"draft", "published", "withdrawn"});
    f.required("unit_price_micros_min", &Item::unit_price_micros_min,
               "Price of its cheapest SKU in `currency`.");
    f.required("currency", &Item::currency, "Currency of its first SKU.");
    f.required("created_at_ms", &Item::created_at_ms, "When it was made.");
  }
};

struct Page {
  std::vector<Item> items;
  std::optional<GoodsId> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Page::items, "Goods, newest first.");
    f.optional("next", &Page::next, "Give it as `cursor` for the next page; absent on the last.");
  }
};

struct List {
  static constexpr std::string_view operation = "goods.list";
  using Answer = Page;

  std::optional<CategoryId> category_id;
  std::optional<std::string> status;
  std::optional<std::string> supplier_id;
  std::optional<GoodsId> cursor;
  std::int64_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("category_id", &List::category_id, "Those in this category.");
    f.optional("status", &List::status, "Those in this status; visitors see published ones only.")
        .one_of({"draft", "published", "withdrawn"});
    f.optional("supplier_id", &List::supplier_id,
               "This supplier's, in any status; for who works on goods, and for its own people.")
        .length(1, 64);
    f.optional("cursor", &List::cursor, "`next` of the page before.");
    f.optional("limit", &List::limit, "How many at most; 50 when absent.").range(1, 200);
  }
};

struct SkuChange {
  SkuId sku_id;
  std::optional<std::string> name;
  std::optional<std::int64_t> unit_price_micros;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("sku_id", &SkuChange::sku_id, "A SKU of these goods.");
    f.optional("name", &SkuChange::name, "Its new name.").length(1, 200);
    f.optional("unit_price_micros", &SkuChange::unit_price_micros,
               "Its new price; orders already placed keep theirs.")
        .range(1, 1'000'000'000'000'000);
  }
};

struct Update {
  static constexpr std::string_view operation = "goods.update";
  using Answer = View;

  GoodsId goods_id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::vector<SkuChange>> skus;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Update::goods_id, "The goods.");
    f.optional("name", &Update::name, "Its new name.").length(1, 200);
    f.optional("description", &Update::description, "Its new text.").length(0, 20'000);
    f.optional("skus", &Update::skus, "Changes of its SKUs; those not named stay.").count(1, 100);
  }
};

struct StatusView {
  GoodsId goods_id;
  std::string status;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &StatusView::goods_id, "The goods.");
    f.required("status", &StatusView::status, "Its status now.")
        .one_of({"draft", "published", "withdrawn"});
  }
};

struct Publish {
  static constexpr std::string_view operation = "goods.publish";
  using Answer = StatusView;

  GoodsId goods_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Publish::goods_id, "The goods.");
  }
};

struct Withdraw {
  static constexpr std::string_view operation = "goods.withdraw";
  using Answer = StatusView;

  GoodsId goods_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("goods_id", &Withdraw::goods_id, "The goods.");
  }
};

}  // namespace kameng::goods
