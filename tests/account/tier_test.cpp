// tier_test.cpp - which tier somebody is in, and which they have reached.
#include <string>

#include <doctest/doctest.h>

#include "account/tier_service.hpp"

using namespace kameng;
using namespace kameng::account;

namespace {

constexpr TimeMs now_ms = 1'790'000'000'000;

Tier named(const char* name) {
  Tier made;
  made.name = name;
  return made;
}

// normal; vip by 100.00 paid in, for 30 days; svip by 1,000.00 spent, for good.
Tiers three_tiers() {
  Tier vip = named("vip");
  vip.topup = 10'000;
  vip.lasts_days = 30;
  Tier svip = named("svip");
  svip.spend = 100'000;
  return Tiers({named("normal"), vip, svip});
}

// "svip for good by spend", "vip 30 days by topup", "stays".
std::string reached(const TierFacts& facts, std::int64_t spend, std::int64_t topup,
                    bool bought = false) {
  const Tiers tiers = three_tiers();
  std::vector<Deeds> deeds(3, Deeds{spend, topup, false});
  deeds[1].bought_sku = bought;
  const TierPlan plan = decide_reached(facts, tiers, deeds, AccountId{}, now_ms);
  CHECK(plan.changes == !plan.entries.empty());
  if (!plan.changes) {
    return "stays";
  }
  const std::string until =
      plan.until_ms ? " " + std::to_string((*plan.until_ms - now_ms) / tier_day_ms) + " days"
                    : " for good";
  return plan.tier + until + " by " + std::string(plan.cause);
}

TierFacts in(const char* name, std::int64_t days_left) {
  return {true, name, now_ms + days_left * tier_day_ms};
}

}  // namespace

TEST_SUITE("account") {
  // Goal: the tier that counts is the given one until it is over; otherwise, and for a name that
  //       the configuration lost, the first one.
  TEST_CASE("which tier counts now") {
    const Tiers tiers = three_tiers();
    CHECK(tiers.now(std::nullopt, std::nullopt, now_ms).name == "normal");
    CHECK(tiers.now("vip", std::nullopt, now_ms).name == "vip");
    CHECK(tiers.now("vip", now_ms + 1, now_ms).name == "vip");
    CHECK(tiers.now("vip", now_ms, now_ms).name == "normal");
    CHECK(tiers.now("gold", std::nullopt, now_ms).name == "normal");
    CHECK(Tiers({}).all().size() == 3);
    CHECK_FALSE(Tiers({}).are_reached());
    CHECK(tiers.are_reached());
  }

  // Goal: a list of tiers that says two things at once is refused.
  TEST_CASE("lists of tiers that are none") {
    CHECK(three_tiers().check().ok());
    CHECK(Tiers({named("a"), named("a")}).check().error().reason == "config.tiers");
    CHECK(Tiers({named("a"), named("a b")}).check().error().field == "accounts.tiers[1]");
    Tier reached = named("a");
    reached.spend = 1;
    CHECK(Tiers({reached}).check().error().field == "accounts.tiers[0]");
  }

  // Goal: the highest that was reached is given, never a lower one; an end moves only by a day or
  //       more, and one for good stays.
  // Method: who somebody is against what they did.
  TEST_CASE("which tier was reached") {
    const TierFacts nothing{true, std::nullopt, std::nullopt};
    CHECK(reached(nothing, 0, 0) == "stays");
    CHECK(reached(nothing, 99'999, 9'999) == "stays");
    CHECK(reached(nothing, 0, 10'000) == "vip 30 days by topup");
    CHECK(reached(nothing, 100'000, 10'000) == "svip for good by spend");
    CHECK(reached(nothing, 0, 0, true) == "vip 30 days by purchase");
    CHECK(reached(in("svip", 5), 0, 10'000) == "stays");
    CHECK(reached(in("vip", 29), 0, 10'000) == "vip 30 days by topup");
    CHECK(reached(in("vip", 30), 0, 10'000) == "stays");
    CHECK(reached({true, "vip", std::nullopt}, 0, 10'000) == "stays");
    CHECK(reached(in("vip", -1), 0, 10'000) == "vip 30 days by topup");
    CHECK(reached({true, "svip", std::nullopt}, 100'000, 0) == "stays");
    CHECK(reached({false, std::nullopt, std::nullopt}, 100'000, 0) == "stays");
  }
}
