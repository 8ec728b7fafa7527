// catalog_service.hpp - the handlers of category.* and goods.*.
#pragma once

#include <kameng/catalog.hpp>
#include <kameng/result.hpp>

#include "catalog/goods_status.hpp"
#include "command/command.hpp"

namespace kameng::catalog {

// Holds nothing; any thread.
class CatalogService {
 public:
  [[nodiscard]] Result<category::Created> create_category(command::Command& command,
                                                          const category::Create& request);
  [[nodiscard]] Result<category::Page> list_categories(command::Query& query,
                                                       const category::List& request);

  [[nodiscard]] Result<goods::Created> create_goods(command::Command& command,
                                                    const goods::Create& request);
  [[nodiscard]] Result<goods::View> get_goods(command::Query& query, const goods::Get& request);
  [[nodiscard]] Result<goods::Page> list_goods(command::Query& query, const goods::List& request);
  [[nodiscard]] Result<goods::View> update_goods(command::Command& command,
                                                 const goods::Update& request);
  [[nodiscard]] Result<goods::StatusView> publish_goods(command::Command& command,
                                                        const goods::Publish& request);
  [[nodiscard]] Result<goods::StatusView> withdraw_goods(command::Command& command,
                                                         const goods::Withdraw& request);

 private:
  [[nodiscard]] Result<goods::StatusView> step(command::Command& command, GoodsId id,
                                               GoodsStep step);
};

}  // namespace kameng::catalog
