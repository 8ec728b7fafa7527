#include "account/tier.hpp"

#include <algorithm>
#include <utility>

namespace kameng::account {
namespace {

std::vector<Tier> usual_tiers() {
  std::vector<Tier> tiers(3);
  tiers[0].name = "normal";
  tiers[1].name = "vip";
  tiers[2].name = "svip";
  return tiers;
}

}  // namespace

Tiers::Tiers(std::vector<Tier> tiers) : tiers_(tiers.empty() ? usual_tiers() : std::move(tiers)) {}

Result<void> Tiers::check() const {
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const bool is_twice = find(tiers_[i].name) != &tiers_[i];
    if (is_twice || (i == 0 && tiers_[i].is_reached_by_itself())) {
      return Error{Status::invalid_argument, "config.tiers",
                   is_twice ? "Two tiers have this name."
                            : "The first tier is everybody's, there is no way to reach it."}
          .at("accounts.tiers[" + std::to_string(i) + "]");
    }
  }
  return {};
}

const Tier* Tiers::find(std::string_view name) const noexcept {
  const auto found = std::find_if(tiers_.begin(), tiers_.end(),
                                  [&](const Tier& tier) { return tier.name == name; });
  return found == tiers_.end() ? nullptr : &*found;
}

const Tier& Tiers::now(const std::optional<std::string>& given, std::optional<TimeMs> until_ms,
                       TimeMs now_ms) const noexcept {
  const bool is_over = until_ms && *until_ms <= now_ms;
  const Tier* const found = given && !is_over ? find(*given) : nullptr;
  return found != nullptr ? *found : tiers_.front();
}

Tiers::Standing Tiers::standing(const std::optional<std::string>& given,
                                std::optional<TimeMs> until_ms, TimeMs now_ms) const noexcept {
  const Tier& tier = now(given, until_ms, now_ms);
  return {&tier, given == tier.name ? until_ms : std::nullopt};
}

bool Tiers::are_reached() const noexcept {
  return std::any_of(tiers_.begin(), tiers_.end(),
                     [](const Tier& tier) { return tier.is_reached_by_itself(); });
}

std::optional<std::string_view> reached_by(const Tier& tier, const Deeds& deeds) {
  if (deeds.bought_sku) {
    return "purchase";
  }
  if (tier.spend && deeds.spend >= *tier.spend) {
    return "spend";
  }
  if (tier.recharge && deeds.recharge >= *tier.recharge) {
    return "recharge";
  }
  return std::nullopt;
}

}  // namespace kameng::account
