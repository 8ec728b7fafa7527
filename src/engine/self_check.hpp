// self_check.hpp - every invariant that the data can show, for system.verify.
#pragma once

#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "keys/key_ring.hpp"
#include "sql/transaction.hpp"

namespace kameng::engine {

[[nodiscard]] std::vector<Finding> self_check(sql::Transaction& tx, const keys::KeyRing& keys,
                                              std::string_view origin);

}  // namespace kameng::engine
