// account_ops.hpp - adds account.* to the list of operations.
#pragma once

#include "account/account_service.hpp"
#include "ops/registry.hpp"

namespace kameng::ops {

// The service outlives the registry.
void add_account_operations(Registry& registry, account::AccountService& accounts);

}  // namespace kameng::ops
