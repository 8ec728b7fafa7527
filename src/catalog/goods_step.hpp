// goods_step.hpp - publishing and withdrawing goods: facts, decision, plan.
#pragma once

#include <optional>
#include <vector>

#include <kameng/goods.hpp>

#include "audit/entry.hpp"
#include "catalog/goods_status.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::catalog {

struct GoodsStepFacts {
  GoodsId id;
  std::optional<GoodsStatus> status;  // nothing: unknown goods
};

struct GoodsStepPlan {
  GoodsId id;
  GoodsStatus from = GoodsStatus::draft;
  GoodsStatus to = GoodsStatus::draft;  // equal to `from`: already there, nothing is done
  std::vector<audit::Entry> entries;
};

// Goods that are out of the scope (Actor::scope) are unknown.
[[nodiscard]] GoodsStepFacts read_step_facts(sql::Transaction& tx, GoodsId id,
                                             const std::optional<std::string>& scope);
// Refuses with `goods.not_found`, and with `goods.not_published` when a draft is withdrawn.
[[nodiscard]] command::Decision<GoodsStepPlan> decide(const GoodsStepFacts& facts, GoodsStep step);
[[nodiscard]] goods::StatusView apply(sql::Transaction& tx, const GoodsStepPlan& plan);

}  // namespace kameng::catalog
