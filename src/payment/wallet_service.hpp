// wallet_service.hpp - a customer's balance with the shop: credited by the host, spent on own
// goods.
#pragma once

#include <string>
#include <vector>

#include <kameng/wallet.hpp>

#include "command/command.hpp"
#include "ledger/journal.hpp"

namespace kameng::payment {

struct CreditFacts {
  bool customer_exists = false;
  std::int64_t balance = 0;
  std::int64_t bonus = 0;
};

struct CreditPlan {
  ledger::Journal journal;
  wallet::Balance after;
  std::vector<audit::Entry> entries;
};

// Pure. Reasons: account.not_found, money.not_positive, wallet.too_large.
[[nodiscard]] command::Decision<CreditPlan> decide(const CreditFacts& facts,
                                                   const wallet::Credit& request, std::string ref);

class WalletService {
 public:
  [[nodiscard]] Result<wallet::Balance> credit(command::Command& command,
                                               const wallet::Credit& request);
  [[nodiscard]] Result<wallet::Balance> get(command::Query& query, const wallet::Get& request);
  [[nodiscard]] Result<wallet::Lines> statement(command::Query& query,
                                                const wallet::Statement& request);
};

}  // namespace kameng::payment
