// deeds.hpp - what a delivered order bought, for who rewards it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "sql/transaction.hpp"

namespace kameng::order {

struct Bought {
  AccountId account_id;
  Money total;
  std::vector<SkuId> skus;
};

// Nothing for a guest's order. Locks nothing: what it tells does not change once it is delivered.
[[nodiscard]] std::optional<Bought> find_bought(sql::Transaction& tx, OrderId id);

}  // namespace kameng::order
