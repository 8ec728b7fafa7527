// tier_review.hpp - gives people the tiers that they have reached. It reads what the audit log says
// was delivered and paid in, so that no trade does anything for it.
#pragma once

#include "account/tier.hpp"
#include "command/command.hpp"
#include "sql/transaction.hpp"

namespace kameng::engine {

// Looks at the next entries, a bounded number; how many. For a chore of system.run_due.
[[nodiscard]] std::int64_t review_tiers(command::Command& command, sql::Transaction& tx,
                                        const account::Tiers& tiers);

}  // namespace kameng::engine
