// catalog_ops.hpp - adds category.* and goods.* to the list of operations.
#pragma once

#include "catalog/catalog_service.hpp"
#include "ops/registry.hpp"

namespace kameng::ops {

// The service outlives the registry.
void add_catalog_operations(Registry& registry, catalog::CatalogService& catalog);

}  // namespace kameng::ops
