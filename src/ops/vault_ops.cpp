// vault_ops.cpp - what is declared of code.import and stock.get.
#include "ops/vault_ops.hpp"

namespace kameng::ops {

void add_vault_operations(Registry& registry, vault::VaultService& vault) {
  using vault::VaultService;
  registry.add(vault, &VaultService::import)
      .summary("Put codes in stock from a file; lines that hold none are told of one by one.")
      .needs(Permission::stock_manage)
      .for_suppliers()
      .since(1, Stability::unstable)
      .fails("sku.not_found", Status::not_found)
      .fails("batch.not_found", Status::not_found)
      .fails("batch.other_sku", Status::failed_precondition)
      .fails("code.duplicate", Status::failed_precondition)
      .fails("code.content_missing", Status::invalid_argument)
      .fails("code.content_ambiguous", Status::invalid_argument)
      .fails("code.content_malformed", Status::invalid_argument)
      .fails("code.unreadable", Status::data_loss)
      .fails("text.encoding_missing", Status::unimplemented);
  registry.add(vault, &VaultService::stock)
      .summary("Count a sku's codes.")
      .needs(Permission::stock_manage)
      .for_suppliers()
      .since(1, Stability::unstable)
      .fails("sku.not_found", Status::not_found);
}

}  // namespace kameng::ops
