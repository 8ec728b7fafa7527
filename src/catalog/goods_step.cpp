// goods_step.cpp - publishing and withdrawing goods.
#include "catalog/goods_step.hpp"

#include "catalog/catalog_sql.hpp"
#include "catalog/goods.hpp"

namespace kameng::catalog {

GoodsStepFacts read_step_facts(sql::Transaction& tx, GoodsId id,
                               const std::optional<std::string>& scope) {
  GoodsStepFacts facts;
  facts.id = id;
  sql::Rows rows = tx.query(find_goods_status, id);
  if (rows.next() && (!scope || rows.maybe_text(1) == scope)) {
    facts.status = parse_goods_status(rows.text_view(0));
  }
  return facts;
}

command::Decision<GoodsStepPlan> decide(const GoodsStepFacts& facts, GoodsStep step) {
  using Decision = command::Decision<GoodsStepPlan>;
  if (!facts.status) {
    return Decision::refuse(goods_not_found());
  }
  GoodsStepPlan plan;
  plan.id = facts.id;
  plan.from = *facts.status;
  plan.to = goods_step_target(step);
  if (plan.from == plan.to) {
    return Decision::accept(std::move(plan));
  }
  if (!may_step(plan.from, step)) {
    return Decision::refuse(Error{Status::failed_precondition, "goods.not_published",
                                  "Only published goods can be withdrawn."}
                                .at("goods_id"));
  }
  plan.entries.push_back(
      {step == GoodsStep::publish ? "goods.published" : "goods.withdrawn", plan.id.text()});
  return Decision::accept(std::move(plan));
}

goods::StatusView apply(sql::Transaction& tx, const GoodsStepPlan& plan) {
  if (plan.from != plan.to) {
    tx.run_exactly(1, update_goods_status, goods_status_name(plan.to), plan.id,
                   goods_status_name(plan.from));
  }
  return {plan.id, std::string(goods_status_name(plan.to))};
}

}  // namespace kameng::catalog
