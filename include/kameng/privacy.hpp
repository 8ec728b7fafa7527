// privacy.hpp - what a person agreed to, what is held about them, and its erasure (PIPL articles 14
// to 17 and 44 to 47).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/api_key.hpp>
#include <kameng/factor.hpp>
#include <kameng/id.hpp>
#include <kameng/identity.hpp>
#include <kameng/money.hpp>
#include <kameng/order.hpp>
#include <kameng/payment.hpp>
#include <kameng/profile.hpp>
#include <kameng/session.hpp>
#include <kameng/tier.hpp>

namespace kameng::privacy {

// A consent, or its withdrawal, as it was given. None is ever changed: a later one stands beside
// it.
struct Consent {
  static constexpr std::string_view name = "PrivacyConsent";
  std::string text;
  std::string version;
  bool granted = false;
  std::int64_t at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("text", &Consent::text, "Which text: `privacy_policy`, `terms`, `marketing`, …");
    f.required("version", &Consent::version, "The version that was shown.");
    f.required("granted", &Consent::granted, "False: withdrawn.");
    f.required("at_ms", &Consent::at_ms, "When.");
  }
};

struct GiveConsent {
  static constexpr std::string_view operation = "consent.give";
  using Answer = Consent;
  std::string text;
  std::string version;
  bool granted = true;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("text", &GiveConsent::text, "Which text: `privacy_policy`, `terms`, …")
        .length(1, 64);
    f.required("version", &GiveConsent::version, "The version that was shown.").length(1, 64);
    f.optional("granted", &GiveConsent::granted, "False withdraws it.");
  }
};

struct Consents {
  static constexpr std::string_view name = "PrivacyConsents";
  std::vector<Consent> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Consents::items, "Newest first; at most the last 200.");
  }
};

struct ListConsents {
  static constexpr std::string_view operation = "consent.list";
  using Answer = Consents;

  template <class Fields>
  static void fields(Fields&) {}
};

struct OrderRecord {
  order::View order;
  std::optional<std::string> contact;
  std::vector<payment::View> payments;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order", &OrderRecord::order, "The order, its codes not among it.");
    f.optional("contact", &OrderRecord::contact, "The contact that was given for it.")
        .personal("delivery");
    f.required("payments", &OrderRecord::payments, "What was paid, and how.");
  }
};

struct Held {
  static constexpr std::string_view name = "PrivacyHeld";
  std::optional<account::View> account;
  std::vector<Consent> consents;
  std::vector<session::View> sessions;
  std::optional<factor::View> factor;
  std::vector<api_key::View> api_keys;
  std::vector<identity::View> identities;
  std::vector<account::SecurityEvent> security_events;
  std::vector<tier::Change> tiers;
  std::vector<Money> wallet;
  std::vector<OrderRecord> orders;
  std::optional<std::string> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("account", &Held::account, "The account; on the first page, as what follows.");
    f.required("consents", &Held::consents, "What was agreed to; at most the last 200.");
    f.required("sessions", &Held::sessions, "Where the person is signed in; at most 200.");
    f.optional("factor", &Held::factor, "The second factor; on the first page.");
    f.required("api_keys", &Held::api_keys, "Keys of programs.");
    f.required("identities", &Held::identities, "Who else vouches for the person.");
    f.required("security_events", &Held::security_events, "Newest first; the last 200.");
    f.required("tiers", &Held::tiers, "Tiers the person was in; the last 200 changes.");
    f.required("wallet", &Held::wallet,
               "What the shop owes the person, bonuses too; wallet.statement tells "
               "how it came about.");
    f.required("orders", &Held::orders, "Newest first.");
    f.optional("next", &Held::next, "Cursor of the next page of orders; absent on the last.");
  }
};

struct Export {
  static constexpr std::string_view operation = "privacy.export";
  using Answer = Held;
  std::optional<std::string> cursor;
  std::int32_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("cursor", &Export::cursor, "`next` of the page before.").length(1, 64);
    f.optional("limit", &Export::limit, "Orders a page.").range(1, 100);
  }
};

struct Erased {
  std::int64_t erased_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("erased_at_ms", &Erased::erased_at_ms, "When the person was erased.");
  }
};

struct Erase {
  static constexpr std::string_view operation = "privacy.erase";
  using Answer = Erased;

  template <class Fields>
  static void fields(Fields&) {}
};

// One column that holds something personal.
struct PersonalField {
  std::string table;
  std::string column;
  std::string purpose;
  std::string key;
  std::string retention;
  std::string erased_by;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("table", &PersonalField::table, "Table, without the prefix.");
    f.required("column", &PersonalField::column, "Column.");
    f.required("purpose", &PersonalField::purpose, "What it is kept for.");
    f.required("key", &PersonalField::key,
               "person: sealed under the person's own key; ring: sealed under the shop's; hash: a "
               "keyed hash; clear.")
        .one_of({"person", "ring", "hash", "clear"});
    f.required("retention", &PersonalField::retention, "How long it is kept.");
    f.required("erased_by", &PersonalField::erased_by, "What removes it.");
  }
};

struct PersonalFields {
  std::vector<PersonalField> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &PersonalFields::items, "Every column with something personal in it.");
  }
};

struct ListFields {
  static constexpr std::string_view operation = "privacy.fields";
  using Answer = PersonalFields;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::privacy
