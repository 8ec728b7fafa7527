// goods.cpp - reading goods and SKUs.
#include "catalog/goods.hpp"

#include <string_view>

#include "catalog/catalog_sql.hpp"
#include "catalog/sku_facts.hpp"

namespace kameng::catalog {
namespace {

// Written by this folder and checked by the table; a code that is none is a corrupt row.
[[nodiscard]] Currency read_currency(sql::Transaction& tx, const sql::Rows& rows, int column) {
  const std::optional<Currency> currency = Currency::parse(rows.text_view(column));
  if (!currency) {
    tx.fail({sql::Fault::corrupt, "sku.currency", "", 0});
  }
  return currency.value_or(Currency{});
}

[[nodiscard]] sql::Rows query_page(sql::Transaction& tx, const std::optional<std::string>& status,
                                   const goods::List& request, GoodsId before) {
  const std::int64_t rows_max = request.limit + 1;  // one more tells whether there is a next page
  if (request.supplier_id) {
    return tx.query(list_goods_by_supplier, *request.supplier_id, before, rows_max);
  }
  if (request.category_id && status) {
    return tx.query(list_goods_by_category_and_status, *request.category_id, *status, before,
                    rows_max);
  }
  if (request.category_id) {
    return tx.query(list_goods_by_category, *request.category_id, before, rows_max);
  }
  if (status) {
    return tx.query(list_goods_by_status, *status, before, rows_max);
  }
  return tx.query(list_goods, before, rows_max);
}

}  // namespace

std::optional<goods::View> find_view(sql::Transaction& tx, GoodsId id) {
  goods::View view;
  {
    sql::Rows rows = tx.query(find_goods, id);
    if (!rows.next()) {
      return std::nullopt;
    }
    view.goods_id = rows.id<GoodsId>(0);
    view.category_id = rows.id<CategoryId>(1);
    view.supplier_id = rows.maybe_text(2);
    if (view.supplier_id) {
      view.commission_bp = rows.int64(3);
    }
    view.status = rows.text(4);
    view.name = rows.text(5);
    view.description = rows.text(6);
    view.created_at_ms = rows.int64(7);
  }
  sql::Rows rows = tx.query(list_skus, id);
  while (rows.next()) {
    goods::Sku sku;
    sku.sku_id = rows.id<SkuId>(0);
    sku.name = rows.text(1);
    sku.unit_price_micros = rows.int64(2);
    sku.currency = read_currency(tx, rows, 3);
    sku.delivery = rows.text(4);
    view.skus.push_back(std::move(sku));
  }
  return view;
}

bool sees_inside(const command::Actor& actor, const std::optional<std::string>& supplier_id) {
  return actor.acts_for_shop(Permission::catalog_manage) ||
         (actor.supplier_id && actor.factor_at_ms && actor.supplier_id == supplier_id);
}

std::optional<goods::View> shown_to(const command::Actor& actor, goods::View view) {
  if (sees_inside(actor, view.supplier_id)) {
    return view;
  }
  if (view.status != goods_status_name(GoodsStatus::published)) {
    return std::nullopt;
  }
  view.supplier_id.reset();
  view.commission_bp.reset();
  return view;
}

std::optional<goods::View> find_in_scope(sql::Transaction& tx, GoodsId id,
                                         const std::optional<std::string>& scope) {
  std::optional<goods::View> view = find_view(tx, id);
  return view && scope && view->supplier_id != scope ? std::nullopt : std::move(view);
}

Result<goods::Page> list_page(sql::Transaction& tx, const command::Actor& actor,
                              const goods::List& request) {
  const std::string published(goods_status_name(GoodsStatus::published));
  std::optional<std::string> status = request.status;
  if (request.supplier_id) {
    if (status || request.category_id) {
      return Error{Status::invalid_argument, "goods.filter",
                   "A supplier's goods are listed whole: leave category_id and status out."}
          .at("supplier_id");
    }
    if (!sees_inside(actor, request.supplier_id)) {
      return Error{Status::permission_denied, "call.forbidden", "This caller may not do this."};
    }
  } else if (!actor.acts_for_shop(Permission::catalog_manage)) {
    if (status.value_or(published) != published) {
      return goods::Page{};
    }
    status = published;
  }
  GoodsId before;
  before.bytes.fill(0xFF);
  sql::Rows rows = query_page(tx, status, request, request.cursor.value_or(before));
  goods::Page page;
  while (rows.next()) {
    if (std::ssize(page.items) == request.limit) {
      page.next = page.items.back().goods_id;
      break;
    }
    goods::Item item;
    item.goods_id = rows.id<GoodsId>(0);
    item.category_id = rows.id<CategoryId>(1);
    item.name = rows.text(2);
    item.status = rows.text(3);
    item.created_at_ms = rows.int64(4);
    item.currency = read_currency(tx, rows, 5);
    item.unit_price_micros_min = rows.int64(6);
    page.items.push_back(std::move(item));
  }
  return page;
}

std::optional<SkuFacts> find_sku(sql::Transaction& tx, SkuId id) {
  sql::Rows rows = tx.query(find_sku_with_goods, id);
  if (!rows.next()) {
    return std::nullopt;
  }
  SkuFacts facts;
  facts.id = rows.id<SkuId>(0);
  facts.goods_id = rows.id<GoodsId>(1);
  facts.name = rows.text(2);
  facts.goods_name = rows.text(3);
  facts.unit_price_micros = rows.int64(4);
  facts.currency = read_currency(tx, rows, 5);
  facts.published = rows.text_view(6) == goods_status_name(GoodsStatus::published);
  facts.supplier_id = rows.maybe_text(7);
  facts.commission_bp = static_cast<std::int32_t>(rows.int64(8));
  facts.delivery = rows.text(9);
  return facts;
}

Error goods_not_found() {
  return Error{Status::not_found, "goods.not_found", "There are no such goods."}.at("goods_id");
}

}  // namespace kameng::catalog
