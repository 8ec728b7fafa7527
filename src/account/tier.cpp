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

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
                              std::string_view::npos;
}

}  // namespace

Tiers::Tiers(std::vector<Tier> tiers) : tiers_(tiers.empty() ? usual_tiers() : std::move(tiers)) {}

Result<void> Tiers::check() const {
  for (std::size_t i = 0; i < tiers_.size(); ++i) {
    const char* const fault = !is_name(tiers_[i].name) ? "A name has letters, digits and _ alone."
                              : find(tiers_[i].name) != &tiers_[i] ? "Two tiers have this name."
                              : i == 0 && tiers_[i].is_reached_by_itself()
                                  ? "The first tier is everybody's, there is no way to reach it."
                                  : nullptr;
    if (fault != nullptr) {
      return Error{Status::invalid_argument, "config.tiers", fault}.at("accounts.tiers[" +
                                                                       std::to_string(i) + "]");
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

Tiers::Current Tiers::current(const std::optional<std::string>& given,
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
  if (tier.topup && deeds.topup >= *tier.topup) {
    return "topup";
  }
  return std::nullopt;
}

}  // namespace kameng::account
