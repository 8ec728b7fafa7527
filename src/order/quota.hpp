// quota.hpp - counting unpaid orders while others place theirs.
//
// The quotas of unpaid orders are counted from the orders themselves. On servers two orders of one
// person may be placed at once, and neither would count the other, so whoever counts first locks a
// row for each quota that counts for him, until his order is committed. On SQLite the writer is
// alone, and nothing here does anything.
#pragma once

#include <optional>

#include <kameng/id.hpp>

#include "base/clock.hpp"
#include "order/order_store.hpp"
#include "sql/transaction.hpp"

namespace kameng::order {

// One statement for all of them, in an order that is the same for everybody. To be followed by the
// counts, which then see every order of these quotas.
void lock_quotas(sql::Transaction& tx, const std::optional<AccountId>& account,
                 const Origin& origin, TimeMs now_ms);

// Deletes rows that nobody has used for ten minutes, at most `rows_max`; returns how many.
std::int64_t prune_quotas(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

}  // namespace kameng::order
