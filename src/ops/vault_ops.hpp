// vault_ops.hpp - adds code.import and stock.get to the list of operations.
#pragma once

#include "ops/registry.hpp"
#include "vault/vault_service.hpp"

namespace kameng::ops {

// The service outlives the registry.
void add_vault_operations(Registry& registry, vault::VaultService& vault);

}  // namespace kameng::ops
