// vault_service.hpp - the operations on codes that need no order: import and stock.
//
// The trade's path (pick, hold, sell, reveal) is code_store.hpp and code_seal.hpp, composed by
// order.
#pragma once

#include <kameng/result.hpp>
#include <kameng/vault.hpp>

#include "command/command.hpp"

namespace kameng::vault {

// Keeps nothing between calls; any thread.
class VaultService {
 public:
  // INVALID_ARGUMENT code.content_missing, code.content_ambiguous, code.content_malformed;
  // NOT_FOUND sku.not_found, batch.not_found; FAILED_PRECONDITION batch.other_sku, code.duplicate;
  // DATA_LOSS code.unreadable; UNIMPLEMENTED text.encoding_missing.
  [[nodiscard]] Result<code::Imported> import(command::Command& command,
                                              const code::Import& request);
  // NOT_FOUND sku.not_found.
  [[nodiscard]] Result<stock::Stock> stock(command::Query& query, const stock::Get& request);
};

}  // namespace kameng::vault
