// goods_create.cpp - making goods with their SKUs.
#include "catalog/goods_create.hpp"

#include "catalog/catalog_sql.hpp"
#include "catalog/goods_status.hpp"

namespace kameng::catalog {

command::Decision<CreateGoodsPlan> decide(const CreateGoodsFacts& facts,
                                          const goods::Create& request) {
  using Decision = command::Decision<CreateGoodsPlan>;
  if (!facts.category_known) {
    return Decision::refuse(
        Error{Status::not_found, "category.not_found", "There is no such category."}.at(
            "category_id"));
  }
  if (facts.scope &&
      (request.commission_bp || request.supplier_id.value_or(*facts.scope) != *facts.scope)) {
    return Decision::refuse(Error{Status::permission_denied, "goods.not_yours",
                                  "A supplier makes its own goods; the shop says its commission."}
                                .at(request.commission_bp ? "commission_bp" : "supplier_id"));
  }
  const std::optional<std::string>& supplier_id = facts.scope ? facts.scope : request.supplier_id;
  if (request.commission_bp && !supplier_id) {
    return Decision::refuse(Error{Status::invalid_argument, "goods.no_supplier",
                                  "Goods without a supplier have no commission."}
                                .at("commission_bp"));
  }
  CreateGoodsPlan plan;
  plan.id = facts.new_id;
  plan.category_id = request.category_id;
  plan.supplier_id = supplier_id;
  plan.commission_bp = supplier_id ? request.commission_bp.value_or(commission_bp_default) : 0;
  plan.name = request.name;
  plan.description = request.description.value_or("");
  for (std::size_t i = 0; i < request.skus.size(); ++i) {
    plan.skus.push_back({facts.new_sku_ids[i], request.skus[i]});
  }
  plan.created_at_ms = facts.now_ms;
  plan.entries.push_back({"goods.created",
                          plan.id.text(),
                          {{"category_id", plan.category_id.text()},
                           {"skus", static_cast<std::int64_t>(plan.skus.size())}}});
  return Decision::accept(std::move(plan));
}

goods::Created apply(sql::Transaction& tx, const CreateGoodsPlan& plan) {
  goods::Created created;
  created.goods_id = plan.id;
  tx.run_exactly(1, insert_goods, plan.id, plan.category_id, plan.supplier_id, plan.commission_bp,
                 goods_status_name(GoodsStatus::draft), plan.name, plan.description,
                 plan.created_at_ms);
  std::int64_t ordinal = 0;
  for (const CreateGoodsPlan::Sku& planned : plan.skus) {
    tx.run_exactly(1, insert_sku, planned.id, plan.id, ordinal++, planned.sku.name,
                   planned.sku.unit_price_micros, planned.sku.currency.code(),
                   planned.sku.delivery);
    created.skus.push_back({planned.id});
  }
  return created;
}

}  // namespace kameng::catalog
