// catalog_ops.cpp - what is declared of category.* and goods.*.
#include "ops/catalog_ops.hpp"

namespace kameng::ops {

void add_catalog_operations(Registry& registry, catalog::CatalogService& catalog) {
  using catalog::CatalogService;
  registry.add(catalog, &CatalogService::create_category)
      .summary("Make a category.")
      .needs(Permission::catalog_manage)
      .since(1, Stability::unstable)
      .fails("category.not_found", Status::not_found);
  registry.add(catalog, &CatalogService::list_categories)
      .summary("List the categories in a category, or those at the top.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable);
  registry.add(catalog, &CatalogService::create_goods)
      .summary("Make goods with their SKUs, as a draft.")
      .needs(Permission::catalog_manage)
      .for_suppliers()
      .since(1, Stability::unstable)
      .fails("category.not_found", Status::not_found)
      .fails("goods.no_supplier", Status::invalid_argument)
      .fails("goods.not_yours", Status::permission_denied);
  registry.add(catalog, &CatalogService::get_goods)
      .summary("Show goods with their SKUs and prices.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("goods.not_found", Status::not_found);
  registry.add(catalog, &CatalogService::list_goods)
      .summary("List goods, newest first.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("goods.filter", Status::invalid_argument);
  registry.add(catalog, &CatalogService::update_goods)
      .summary("Change names, texts and prices; orders already placed keep theirs.")
      .needs(Permission::catalog_manage)
      .for_suppliers()
      .since(1, Stability::unstable)
      .fails("goods.not_found", Status::not_found)
      .fails("sku.not_found", Status::not_found)
      .fails("sku.repeated", Status::invalid_argument);
  registry.add(catalog, &CatalogService::publish_goods)
      .summary("Show goods to visitors and let customers order them.")
      .needs(Permission::catalog_manage)
      .since(1, Stability::unstable)
      .fails("goods.not_found", Status::not_found);
  registry.add(catalog, &CatalogService::withdraw_goods)
      .summary("Take goods out of the shop window; what was sold stays sold.")
      .needs(Permission::catalog_manage)
      .for_suppliers()
      .since(1, Stability::unstable)
      .fails("goods.not_found", Status::not_found)
      .fails("goods.not_published", Status::failed_precondition);
}

}  // namespace kameng::ops
