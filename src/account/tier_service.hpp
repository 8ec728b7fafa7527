// tier_service.hpp - who is in which tier: facts, decisions, plan, and the handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/result.hpp>
#include <kameng/tier.hpp>

#include "account/tier.hpp"
#include "audit/entry.hpp"
#include "command/command.hpp"

namespace kameng::account {

struct TierFacts {
  bool exists = false;  // and is not closed
  std::optional<std::string> tier;
  std::optional<TimeMs> until_ms;
};

struct TierPlan {
  AccountId account_id;
  std::string tier;
  std::optional<TimeMs> until_ms;
  std::string_view cause;
  TimeMs now_ms = 0;
  bool changes = false;
  std::vector<audit::Entry> entries;
};

// Something that a person did, counted by the day (UTC).
struct Deed {
  TimeMs at_ms = 0;
  std::int64_t spend = 0;
  std::int64_t topup = 0;
  std::vector<SkuId> skus = {};
};
void add(sql::Transaction& tx, AccountId id, const Deed& deed);
// For each tier of the list: what was done in its window, and whether `bought` has one of its SKUs.
[[nodiscard]] std::vector<Deeds> read_deeds(sql::Transaction& tx, const Tiers& tiers, AccountId id,
                                            const std::vector<SkuId>& bought, TimeMs now_ms);

[[nodiscard]] TierFacts read_tier(sql::Transaction& tx, AccountId id);
// By staff: up or down. Refuses with account.not_found, tier.unknown, tier.over.
[[nodiscard]] command::Decision<TierPlan> decide(const TierFacts& facts, const Tiers& tiers,
                                                 const tier::Set& request, TimeMs now_ms);
// By what the person did, one entry for each tier of the list: the highest that is reached, and
// never a lower one or an earlier end. An end that moves by less than a day is left alone, so that
// not every order writes.
[[nodiscard]] TierPlan decide_reached(const TierFacts& facts, const Tiers& tiers,
                                      const std::vector<Deeds>& deeds, AccountId id, TimeMs now_ms);
void apply(sql::Transaction& tx, const TierPlan& plan);

class TierService {
 public:
  explicit TierService(const Tiers& tiers) : tiers_(&tiers) {}

  [[nodiscard]] Result<tier::Tiers> list(command::Query& query, const tier::List& request);
  [[nodiscard]] Result<tier::Membership> set(command::Command& command, const tier::Set& request);
  [[nodiscard]] Result<tier::Changes> history(command::Query& query, const tier::History& request);

 private:
  const Tiers* tiers_;
};

}  // namespace kameng::account
