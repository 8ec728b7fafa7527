// goods_update.hpp - changing texts and prices: facts, decision, plan. Orders already placed keep
// the price they froze.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kameng/goods.hpp>

#include "audit/entry.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::catalog {

struct UpdateGoodsFacts {
  std::optional<goods::View> goods;  // nothing: unknown
};

struct UpdateGoodsPlan {
  struct Sku {
    SkuId id;
    std::string name;
    std::int64_t price_before_micros = 0;
    std::int64_t price_after_micros = 0;
  };
  goods::View after;
  bool texts_changed = false;
  std::vector<Sku> skus;  // those that change
  std::vector<audit::Entry> entries;
};

// Refuses with `goods.not_found`, with `sku.not_found` for a SKU of other goods, and with
// `sku.repeated` when one is named twice. A request that changes nothing is accepted with an empty
// plan: no statement, no entry.
[[nodiscard]] command::Decision<UpdateGoodsPlan> decide(const UpdateGoodsFacts& facts,
                                                        const goods::Update& request);
[[nodiscard]] goods::View apply(sql::Transaction& tx, const UpdateGoodsPlan& plan);

}  // namespace kameng::catalog
