// wallet_service.hpp - a customer's balance with the shop: credited by the host, spent on own
// goods.
#pragma once

#include <kameng/wallet.hpp>

#include "command/command.hpp"

namespace kameng::payment {

class WalletService {
 public:
  [[nodiscard]] Result<wallet::Balance> credit(command::Command& command,
                                               const wallet::Credit& request);
  [[nodiscard]] Result<wallet::Balance> get(command::Query& query, const wallet::Get& request);
};

}  // namespace kameng::payment
