// tier.hpp - the tiers a shop has, and which of them an account is in. Pure.
//
// Their order in the configuration is their rank; everybody is in the first one who is in no other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/result.hpp>

#include "base/clock.hpp"

namespace kameng::account {

inline constexpr std::int64_t tier_day_ms = 24LL * 60 * 60 * 1000;

struct Tier {
  std::string name;
  std::int64_t discount_bp = 0;
  std::optional<std::int64_t> unpaid_per_account;
  std::optional<std::string> support_contact;
  // How it is reached, besides by staff. Amounts are of the shop's currency, in minor units.
  std::optional<std::int64_t> spend;
  std::optional<std::int64_t> topup;
  std::int64_t window_days = 365;
  std::vector<SkuId> skus;  // who buys one of them is in
  std::optional<std::int64_t> lasts_days;

  [[nodiscard]] bool is_reached_by_itself() const { return spend || topup || !skus.empty(); }
};

// What a person did in a tier's window, in minor units of CNY.
struct Deeds {
  std::int64_t spend = 0;
  std::int64_t topup = 0;
  bool bought_sku = false;
};

class Tiers {
 public:
  // Without any: normal, vip, svip, given by staff alone.
  explicit Tiers(std::vector<Tier> tiers);

  // INVALID_ARGUMENT config.tiers: a name that is none or there twice, a first tier that has to be
  // reached.
  [[nodiscard]] Result<void> check() const;

  [[nodiscard]] std::span<const Tier> all() const noexcept { return tiers_; }
  [[nodiscard]] const Tier* find(std::string_view name) const noexcept;
  // The first one once it is over, and for a name that the configuration no longer has.
  [[nodiscard]] const Tier& now(const std::optional<std::string>& given,
                                std::optional<TimeMs> until_ms, TimeMs now_ms) const noexcept;
  // The same, and when it is over; nothing: it stays.
  struct Current {
    const Tier* tier = nullptr;
    std::optional<TimeMs> until_ms;
  };
  [[nodiscard]] Current current(const std::optional<std::string>& given,
                                std::optional<TimeMs> until_ms, TimeMs now_ms) const noexcept;
  // Whether `a` ranks above `b`; both are of this list.
  [[nodiscard]] static bool is_above(const Tier& a, const Tier& b) noexcept { return &a > &b; }
  // Whether purchases and top-ups change tiers at all.
  [[nodiscard]] bool are_reached() const noexcept;

 private:
  std::vector<Tier> tiers_;
};

// Which of what was done opens the tier: "spend", "topup", "purchase"; nothing: none of it.
[[nodiscard]] std::optional<std::string_view> reached_by(const Tier& tier, const Deeds& deeds);

}  // namespace kameng::account
