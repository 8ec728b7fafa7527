// tier.hpp - the tiers of customers (normal, VIP, SVIP, ...): what there are, who is in one, and
// how that came about. What they give stands in the configuration, accounts.tiers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::tier {

struct View {
  static constexpr std::string_view type_name = "TierView";
  std::string name;
  std::int64_t discount_bp = 0;
  std::optional<std::string> support_contact;
  std::optional<std::int64_t> unpaid_per_account;
  std::optional<std::int64_t> spend;
  std::optional<std::int64_t> topup;
  std::int64_t window_days = 0;
  std::vector<SkuId> skus;
  std::optional<std::int64_t> lasts_days;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &View::name, "The tier; pages word it.");
    f.required("discount_bp", &View::discount_bp,
               "What its members pay less than the list price, in basis points.");
    f.optional("support_contact", &View::support_contact, "Whom its members may ask.");
    f.optional("unpaid_per_account", &View::unpaid_per_account,
               "Unpaid orders one of its members may have; absent: as everybody.");
    f.optional("spend", &View::spend,
               "Delivered orders of so much CNY (fen) within the window open it.");
    f.optional("topup", &View::topup,
               "So much CNY (fen) paid into the wallet within the window opens it.");
    f.required("window_days", &View::window_days, "Days that are counted, back from now.");
    f.required("skus", &View::skus, "Buying one of these opens it.");
    f.optional("lasts_days", &View::lasts_days,
               "How long it lasts once it was reached; absent: for good.");
  }
};

struct Tiers {
  static constexpr std::string_view name = "TierTiers";
  std::vector<View> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Tiers::items, "The lowest first, which is everybody's.");
  }
};

struct List {
  static constexpr std::string_view operation = "tier.list";
  static constexpr std::string_view name = "TierList";
  using Answer = Tiers;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Membership {
  static constexpr std::string_view name = "TierMembership";
  AccountId account_id;
  std::string tier;
  std::optional<std::int64_t> until_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Membership::account_id, "Whose.");
    f.required("tier", &Membership::tier, "The tier that counts now.");
    f.optional("until_ms", &Membership::until_ms, "When it is over; absent: it stays.");
  }
};

struct Set {
  static constexpr std::string_view operation = "tier.set";
  static constexpr std::string_view name = "TierSet";
  using Answer = Membership;
  AccountId account_id;
  std::string tier;
  std::optional<std::int64_t> until_ms;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Set::account_id, "Whose.");
    f.required("tier", &Set::tier, "One of tier.list, higher or lower.").length(1, 32);
    f.optional("until_ms", &Set::until_ms, "When it is over; absent: it stays.")
        .range(1, 9'007'199'254'740'991);
    f.required("reason", &Set::reason, "Why, for the audit log.").length(1, 200);
  }
};

struct Change {
  static constexpr std::string_view name = "TierChange";
  std::string tier;
  std::optional<std::int64_t> until_ms;
  std::string cause;
  std::int64_t at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("tier", &Change::tier, "The tier that was given.");
    f.optional("until_ms", &Change::until_ms, "Until when; absent: for good.");
    f.required("cause", &Change::cause, "What gave it.")
        .one_of({"staff", "spend", "topup", "purchase"});
    f.required("at_ms", &Change::at_ms, "When.");
  }
};

struct Changes {
  static constexpr std::string_view name = "TierChanges";
  std::vector<Change> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Changes::items, "Newest first; at most the last 200.");
  }
};

struct History {
  static constexpr std::string_view operation = "tier.history";
  static constexpr std::string_view name = "TierHistory";
  using Answer = Changes;
  std::optional<AccountId> account_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("account_id", &History::account_id,
               "For who may read accounts: this customer's instead of one's own.");
  }
};

}  // namespace kameng::tier
