// catalog_service.cpp - each write: draw ids, then one phase of facts, decision, plan.
#include "catalog/catalog_service.hpp"

#include "catalog/category.hpp"
#include "catalog/goods.hpp"
#include "catalog/goods_create.hpp"
#include "catalog/goods_step.hpp"
#include "catalog/goods_update.hpp"

namespace kameng::catalog {

Result<category::Created> CatalogService::create_category(command::Command& command,
                                                          const category::Create& request) {
  const CategoryId new_id = command.new_id<CategoryId>();
  return command.phase<category::Created>([&](sql::Transaction& tx) {
    const CreateCategoryFacts facts = read_facts(tx, new_id, command.now_ms(), request);
    return command.settle<category::Created>(
        tx, decide(facts, request),
        [&](const CreateCategoryPlan& plan) { return apply(tx, plan); });
  });
}

Result<category::Page> CatalogService::list_categories(command::Query& query,
                                                       const category::List& request) {
  return list_page(query.tx, request);
}

Result<goods::Created> CatalogService::create_goods(command::Command& command,
                                                    const goods::Create& request) {
  CreateGoodsFacts drawn;
  drawn.new_id = command.new_id<GoodsId>();
  for (std::size_t i = 0; i < request.skus.size(); ++i) {
    drawn.new_sku_ids.push_back(command.new_id<SkuId>());
  }
  drawn.now_ms = command.now_ms();
  drawn.scope = command.actor().scope(Permission::catalog_manage);
  return command.phase<goods::Created>([&](sql::Transaction& tx) {
    CreateGoodsFacts facts = drawn;
    facts.category_known = category_exists(tx, request.category_id);
    return command.settle<goods::Created>(
        tx, decide(facts, request), [&](const CreateGoodsPlan& plan) { return apply(tx, plan); });
  });
}

Result<goods::View> CatalogService::get_goods(command::Query& query, const goods::Get& request) {
  std::optional<goods::View> view = find_view(query.tx, request.goods_id);
  if (view) {
    view = shown_to(query.actor(), std::move(*view));
  }
  if (!view) {
    return goods_not_found();
  }
  return std::move(*view);
}

Result<goods::Page> CatalogService::list_goods(command::Query& query, const goods::List& request) {
  return list_page(query.tx, query.actor(), request);
}

Result<goods::View> CatalogService::update_goods(command::Command& command,
                                                 const goods::Update& request) {
  return command.phase<goods::View>([&](sql::Transaction& tx) {
    const UpdateGoodsFacts facts{
        find_in_scope(tx, request.goods_id, command.actor().scope(Permission::catalog_manage))};
    return command.settle<goods::View>(
        tx, decide(facts, request), [&](const UpdateGoodsPlan& plan) { return apply(tx, plan); });
  });
}

Result<goods::StatusView> CatalogService::publish_goods(command::Command& command,
                                                        const goods::Publish& request) {
  return step(command, request.goods_id, GoodsStep::publish);
}

Result<goods::StatusView> CatalogService::withdraw_goods(command::Command& command,
                                                         const goods::Withdraw& request) {
  return step(command, request.goods_id, GoodsStep::withdraw);
}

Result<goods::StatusView> CatalogService::step(command::Command& command, GoodsId id,
                                               GoodsStep step) {
  return command.phase<goods::StatusView>([&](sql::Transaction& tx) {
    const GoodsStepFacts facts =
        read_step_facts(tx, id, command.actor().scope(Permission::catalog_manage));
    return command.settle<goods::StatusView>(
        tx, decide(facts, step), [&](const GoodsStepPlan& plan) { return apply(tx, plan); });
  });
}

}  // namespace kameng::catalog
