// goods_update.cpp - changing texts and prices.
#include "catalog/goods_update.hpp"

#include <algorithm>
#include <set>

#include "catalog/catalog_sql.hpp"
#include "catalog/goods.hpp"

namespace kameng::catalog {
namespace {

[[nodiscard]] bool replace(std::string& text, const std::optional<std::string>& by) {
  if (!by || *by == text) {
    return false;
  }
  text = *by;
  return true;
}

// Changes one SKU of the view and notes it in the plan; nothing to note when nothing changes.
void change_sku(UpdateGoodsPlan& plan, goods::Sku& sku, const goods::SkuChange& change) {
  const std::int64_t before = sku.unit_price_micros;
  sku.unit_price_micros = change.unit_price_micros.value_or(before);
  const bool renamed = replace(sku.name, change.name);
  if (!renamed && sku.unit_price_micros == before) {
    return;
  }
  plan.skus.push_back({sku.sku_id, sku.name, before, sku.unit_price_micros});
  if (sku.unit_price_micros != before) {
    plan.entries.push_back({"sku.price_changed",
                            sku.sku_id.text(),
                            {{"from", before},
                             {"to", sku.unit_price_micros},
                             {"currency", std::string(sku.currency.code())}}});
  }
}

}  // namespace

command::Decision<UpdateGoodsPlan> decide(const UpdateGoodsFacts& facts,
                                          const goods::Update& request) {
  using Decision = command::Decision<UpdateGoodsPlan>;
  if (!facts.goods) {
    return Decision::refuse(goods_not_found());
  }
  UpdateGoodsPlan plan;
  plan.after = *facts.goods;
  const bool renamed = replace(plan.after.name, request.name);
  const bool described = replace(plan.after.description, request.description);
  plan.texts_changed = renamed || described;

  const std::vector<goods::SkuChange> changes =
      request.skus.value_or(std::vector<goods::SkuChange>{});
  std::set<SkuId> named;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::string path = "skus[" + std::to_string(i) + "].sku_id";
    if (!named.insert(changes[i].sku_id).second) {
      return Decision::refuse(
          Error{Status::invalid_argument, "sku.repeated", "A SKU is named twice."}.at(path));
    }
    const auto sku =
        std::find_if(plan.after.skus.begin(), plan.after.skus.end(),
                     [&](const goods::Sku& each) { return each.sku_id == changes[i].sku_id; });
    if (sku == plan.after.skus.end()) {
      return Decision::refuse(
          Error{Status::not_found, "sku.not_found", "These goods have no such SKU."}.at(path));
    }
    change_sku(plan, *sku, changes[i]);
  }
  if (plan.texts_changed || !plan.skus.empty()) {
    plan.entries.insert(plan.entries.begin(), {"goods.updated", plan.after.goods_id.text()});
  }
  return Decision::accept(std::move(plan));
}

goods::View apply(sql::Transaction& tx, const UpdateGoodsPlan& plan) {
  if (plan.texts_changed) {
    tx.run_exactly(1, update_goods, plan.after.name, plan.after.description, plan.after.goods_id);
  }
  for (const UpdateGoodsPlan::Sku& sku : plan.skus) {
    tx.run_exactly(1, update_sku, sku.name, sku.price_after_micros, sku.id,
                   sku.price_before_micros);
  }
  return plan.after;
}

}  // namespace kameng::catalog
