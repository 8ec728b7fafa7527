// goods_create.hpp - making goods with their SKUs: facts, decision, plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kameng/goods.hpp>

#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::catalog {

inline constexpr std::int64_t commission_bp_default = 1'000;

struct CreateGoodsFacts {
  GoodsId new_id;
  std::vector<SkuId> new_sku_ids;  // as many as the request has SKUs
  bool category_known = false;
  std::optional<std::string> scope;  // of a supplier's people: whose goods they make
  TimeMs now_ms = 0;
};

struct CreateGoodsPlan {
  struct Sku {
    SkuId id;
    goods::NewSku sku;
  };
  GoodsId id;
  CategoryId category_id;
  std::optional<std::string> supplier_id;
  std::int64_t commission_bp = 0;
  std::string name;
  std::string description;
  std::vector<Sku> skus;
  TimeMs created_at_ms = 0;
  std::vector<audit::Entry> entries;
};

// Refuses with `category.not_found`, and with `goods.no_supplier` when a commission is asked for
// the platform's own goods.
[[nodiscard]] command::Decision<CreateGoodsPlan> decide(const CreateGoodsFacts& facts,
                                                        const goods::Create& request);
[[nodiscard]] goods::Created apply(sql::Transaction& tx, const CreateGoodsPlan& plan);

}  // namespace kameng::catalog
