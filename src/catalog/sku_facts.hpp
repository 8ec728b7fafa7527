// sku_facts.hpp - what an order looks at when it sells a SKU. Reference data: read plain, frozen
// into the order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "sql/transaction.hpp"

namespace kameng::catalog {

struct SkuFacts {
  SkuId id;
  GoodsId goods_id;
  std::string name;  // of the SKU
  std::string goods_name;
  std::int64_t unit_price_micros = 0;
  Currency currency{};
  bool published = false;
  std::optional<std::string> supplier_id;  // absent: the platform's own goods
  std::int32_t commission_bp = 0;          // means something with a supplier only
  std::string delivery;                    // "code"
};

// One statement. Nothing for an unknown SKU; one whose goods are not published is found and says
// so.
[[nodiscard]] std::optional<SkuFacts> find_sku(sql::Transaction& tx, SkuId id);

}  // namespace kameng::catalog
