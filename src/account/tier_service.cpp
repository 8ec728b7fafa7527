#include "account/tier_service.hpp"

#include <algorithm>

#include <kameng/money.hpp>

#include "account/account_row.hpp"
#include "account/centre_sql.hpp"
#include "account/permissions.hpp"

namespace kameng::account {
namespace {

constexpr int changes_shown = 200;

// Whether the one end is later than the other by a day at least; no end is the latest.
bool is_well_after(std::optional<TimeMs> end, std::optional<TimeMs> before) {
  return before && (!end || *end >= *before + tier_day_ms);
}

std::vector<audit::Entry> entries_of(const TierPlan& plan, const std::string& reason) {
  audit::Entry entry{"tier.changed",
                     plan.account_id.text(),
                     {{"tier", plan.tier}, {"cause", std::string(plan.cause)}}};
  if (plan.until_ms) {
    entry.details.push_back({"until_ms", *plan.until_ms});
  }
  if (!reason.empty()) {
    entry.details.push_back({"reason", reason});
  }
  return {std::move(entry)};
}

}  // namespace

void add(sql::Transaction& tx, AccountId id, const Deed& deed) {
  if (deed.spend > 0 || deed.topup > 0) {
    tx.run(add_deed, id, deed.at_ms / tier_day_ms, deed.spend, deed.topup);
  }
}

std::vector<Deeds> read_deeds(sql::Transaction& tx, const Tiers& tiers, AccountId id,
                              const std::vector<SkuId>& bought, TimeMs now_ms) {
  const std::int64_t today = now_ms / tier_day_ms;
  std::int64_t longest = 0;
  std::vector<Deeds> all;
  for (const Tier& tier : tiers.all()) {
    longest = std::max(longest, tier.window_days);
    Deeds& deeds = all.emplace_back();
    deeds.bought_sku = std::find_first_of(tier.skus.begin(), tier.skus.end(), bought.begin(),
                                          bought.end()) != tier.skus.end();
  }
  sql::Rows rows = tx.query(list_deeds, id, today - longest);
  while (rows.next()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (rows.int64(0) > today - tiers.all()[i].window_days) {
        all[i].spend = checked_add(all[i].spend, rows.int64(1)).value_or(INT64_MAX);
        all[i].topup = checked_add(all[i].topup, rows.int64(2)).value_or(INT64_MAX);
      }
    }
  }
  return all;
}

TierFacts read_tier(sql::Transaction& tx, AccountId id) {
  TierFacts facts;
  sql::Rows rows = tx.query(lock_tier, id);
  facts.exists = rows.next() && rows.is_null(2);
  if (facts.exists) {
    facts.tier = rows.maybe_text(0);
    facts.until_ms = rows.maybe_int64(1);
  }
  return facts;
}

command::Decision<TierPlan> decide(const TierFacts& facts, const Tiers& tiers,
                                   const tier::Set& request, TimeMs now_ms) {
  using Decision = command::Decision<TierPlan>;
  if (!facts.exists) {
    return Decision::refuse(account_not_found().at("account_id"));
  }
  if (tiers.find(request.tier) == nullptr) {
    return Decision::refuse(
        Error{Status::not_found, "tier.unknown", "The configuration has no such tier."}.at("tier"));
  }
  if (request.until_ms && *request.until_ms <= now_ms) {
    return Decision::refuse(
        Error{Status::invalid_argument, "tier.over", "This end is in the past."}.at("until_ms"));
  }
  TierPlan plan{.account_id = request.account_id,
                .tier = request.tier,
                .until_ms = request.until_ms,
                .cause = "staff",
                .now_ms = now_ms,
                .changes = facts.tier != request.tier || facts.until_ms != request.until_ms,
                .entries = {}};
  if (plan.changes) {
    plan.entries = entries_of(plan, request.reason);
  }
  return Decision::accept(std::move(plan));
}

TierPlan decide_reached(const TierFacts& facts, const Tiers& tiers, const std::vector<Deeds>& deeds,
                        AccountId id, TimeMs now_ms) {
  TierPlan plan{
      .account_id = id, .tier = {}, .until_ms = {}, .cause = {}, .now_ms = now_ms, .entries = {}};
  const Tier& current = tiers.now(facts.tier, facts.until_ms, now_ms);
  for (std::size_t i = tiers.all().size(); facts.exists && i-- > 0;) {
    const Tier& tier = tiers.all()[i];
    const std::optional<std::string_view> cause = reached_by(tier, deeds[i]);
    if (Tiers::is_above(current, tier) || !cause) {
      continue;
    }
    plan.tier = tier.name;
    plan.cause = *cause;
    if (tier.lasts_days) {
      plan.until_ms = now_ms + *tier.lasts_days * tier_day_ms;
    }
    plan.changes = Tiers::is_above(tier, current) || is_well_after(plan.until_ms, facts.until_ms);
    if (plan.changes) {
      plan.entries = entries_of(plan, "");
    }
    break;
  }
  return plan;
}

void apply(sql::Transaction& tx, const TierPlan& plan) {
  if (plan.changes) {
    tx.run_exactly(1, set_tier, plan.tier, plan.until_ms, plan.account_id);
    tx.run_exactly(1, insert_tier_change, plan.account_id, plan.tier, plan.until_ms, plan.cause,
                   plan.now_ms);
  }
}

Result<tier::Tiers> TierService::list(command::Query& /*query*/, const tier::List& /*request*/) {
  tier::Tiers answer;
  for (const Tier& tier : tiers_->all()) {
    answer.items.push_back({tier.name, tier.discount_bp, tier.support_contact,
                            tier.unpaid_per_account, tier.spend, tier.topup, tier.window_days,
                            tier.skus, tier.lasts_days});
  }
  return answer;
}

Result<tier::Membership> TierService::set(command::Command& command, const tier::Set& request) {
  return command.phase<tier::Membership>([&](sql::Transaction& tx) {
    return command.settle<tier::Membership>(
        tx, decide(read_tier(tx, request.account_id), *tiers_, request, command.now_ms()),
        [&](const TierPlan& plan) {
          apply(tx, plan);
          return tier::Membership{plan.account_id, plan.tier, plan.until_ms};
        });
  });
}

Result<tier::Changes> TierService::history(command::Query& query, const tier::History& request) {
  KAMENG_TRY(const AccountId id, looked_at(query, request.account_id, Permission::account_read));
  tier::Changes changes;
  sql::Rows rows = query.tx.query(list_tier_changes, id, changes_shown);
  while (rows.next()) {
    changes.items.push_back({rows.text(0), rows.maybe_int64(1), rows.text(2), rows.int64(3)});
  }
  return changes;
}

}  // namespace kameng::account
