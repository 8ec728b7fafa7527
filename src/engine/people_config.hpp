// people_config.hpp - what the configuration says of customers: passwords, sessions, tiers, and who
// else vouches for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "account/config.hpp"
#include "account/identity_provider.hpp"
#include "account/tier.hpp"

namespace kameng::engine {

struct TierConfig : account::Tier {
  static constexpr std::string_view type_name = "TierConfig";

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &TierConfig::name, "Letters, digits and _; pages word it.").length(1, 32);
    f.optional("discount_bp", &TierConfig::discount_bp,
               "What its members pay less than the list price, in basis points; the shop bears it.")
        .range(0, 9'000);
    f.optional("unpaid_per_account", &TierConfig::unpaid_per_account,
               "Unpaid orders one of its members may have, instead of orders.unpaid_per_account.")
        .range(1, 100'000);
    f.optional("support_contact", &TierConfig::support_contact, "Whom its members may ask.")
        .length(1, 200);
    f.optional("spend", &TierConfig::spend,
               "Delivered orders of so much CNY (fen) within the window open it.")
        .range(1, 9'007'199'254'740'991);
    f.optional("topup", &TierConfig::topup,
               "So much CNY (fen) paid into the wallet within the window opens it.")
        .range(1, 9'007'199'254'740'991);
    f.optional("window_days", &TierConfig::window_days, "Days that are counted, back from now.")
        .range(1, 3'650);
    f.optional("skus", &TierConfig::skus, "Buying one of these opens it.").count(0, 100);
    f.optional("lasts_days", &TierConfig::lasts_days,
               "How long it lasts once it was reached; absent: for good.")
        .range(1, 3'650);
  }
};

struct AccountsConfig : account::Config {
  std::vector<TierConfig> tiers;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("verify_contact", &AccountsConfig::verify_contact,
               "Whether visitors prove their contact by a code before they register; optional: the "
               "host does that in its own way.")
        .one_of({"required", "optional"});
    f.optional("session_ms", &AccountsConfig::session_ms, "How long a session lives without use.")
        .range(60'000, 31'536'000'000);
    f.optional("session_absolute_ms", &AccountsConfig::session_absolute_ms,
               "How long a session lives at most, however often it is used.")
        .range(60'000, 315'360'000'000);
    f.optional("tiers", &AccountsConfig::tiers,
               "The tiers of customers, the lowest first, which is everybody's; empty: normal, vip "
               "and svip, given by staff.")
        .count(0, 20);
    f.optional("totp_issuer", &AccountsConfig::totp_issuer, "How authenticator apps name the shop.")
        .length(1, 64);
    f.optional("argon2_memory_kib", &AccountsConfig::argon2_memory_kib,
               "Memory of one password hash.")
        .range(8, 1'048'576);
    f.optional("argon2_passes", &AccountsConfig::argon2_passes, "Passes of one password hash.")
        .range(1, 100);
    f.optional("argon2_parallel_max", &AccountsConfig::argon2_parallel_max,
               "Hashes at once, of either scheme.")
        .range(1, 1024);
    f.optional("password_scheme", &AccountsConfig::password_scheme,
               "What passwords are kept as; others are made anew when their owner signs in.")
        .one_of({"argon2id", "bcrypt"});
    f.optional("bcrypt_cost", &AccountsConfig::bcrypt_cost, "2 to this power rounds of bcrypt.")
        .range(10, 16);
  }
};

// As the account folder knows them.
[[nodiscard]] inline account::Tiers tiers_of(const AccountsConfig& config) {
  return account::Tiers(std::vector<account::Tier>(config.tiers.begin(), config.tiers.end()));
}

// An application of the shop at somebody who vouches for people.
struct LoginAppConfig : account::IdentityApp {
  template <class Fields>
  static void fields(Fields& f) {
    f.required("app_id", &LoginAppConfig::app_id, "AppID.").length(1, 64);
    f.required("app_secret", &LoginAppConfig::app_secret, "AppSecret, or App Key.")
        .length(1, 128)
        .secret();
    f.required("redirect_uri", &LoginAppConfig::redirect_uri,
               "Where the browser comes back to, exactly as registered there.")
        .length(8, 500);
  }
};

struct IdentitiesConfig {
  std::optional<LoginAppConfig> wechat;
  std::optional<LoginAppConfig> wechat_in_app;
  std::optional<LoginAppConfig> qq;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("wechat", &IdentitiesConfig::wechat,
               "WeChat Open Platform, a website application (网站应用): a QR code.");
    f.optional("wechat_in_app", &IdentitiesConfig::wechat_in_app,
               "An official account (公众号): pages that are open inside WeChat.");
    f.optional("qq", &IdentitiesConfig::qq, "QQ Connect, a website application.");
  }
};

}  // namespace kameng::engine
