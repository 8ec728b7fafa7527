// profile.hpp - a person's own account: what is kept, what they may change, and what happened to
// its security.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::account {

struct View {
  AccountId account_id;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  bool email_verified = false;
  bool phone_verified = false;
  std::string status;
  std::optional<std::string> locale;
  bool order_messages = true;
  bool marketing_messages = false;
  std::string tier;
  std::optional<std::int64_t> tier_until_ms;
  std::vector<std::string> roles;
  std::optional<std::string> supplier_id;
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &View::account_id, "The account.");
    f.optional("display_name", &View::display_name, "How the person wants to be called.")
        .personal("address");
    f.optional("email", &View::email, "E-mail address.").personal("sign-in");
    f.optional("phone", &View::phone, "Phone number, E.164.").personal("sign-in");
    f.required("email_verified", &View::email_verified,
               "Whether the address was proved by a code.");
    f.required("phone_verified", &View::phone_verified, "Whether the number was proved by a code.");
    f.required("status", &View::status, "Whether the person may sign in and order.")
        .one_of({"active", "frozen"});
    f.optional("locale", &View::locale, "The person's language, BCP 47.");
    f.required("order_messages", &View::order_messages,
               "Whether the person wants to be told of their orders.");
    f.required("marketing_messages", &View::marketing_messages,
               "Whether the person asked for offers.");
    f.required("tier", &View::tier, "The tier that counts now; tier.list tells what it gives.");
    f.optional("tier_until_ms", &View::tier_until_ms, "When it is over; absent: it stays.");
    f.required("roles", &View::roles, "What the person may do for the shop; none: a customer.");
    f.optional("supplier_id", &View::supplier_id, "Whose goods a supplier's people look after.");
    f.required("created_at_ms", &View::created_at_ms, "When the account was made.");
  }
};

struct Get {
  static constexpr std::string_view operation = "account.get";
  using Answer = View;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Updated {
  AccountId account_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Updated::account_id, "The account; account.get tells the rest.");
  }
};

struct Update {
  static constexpr std::string_view operation = "account.update";
  using Answer = Updated;
  std::optional<std::string> display_name;
  std::optional<std::string> locale;
  std::optional<bool> order_messages;
  std::optional<bool> marketing_messages;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("display_name", &Update::display_name,
               "How the person wants to be called; empty takes it away. What is absent stays.")
        .length(0, 200)
        .personal("address");
    f.optional("locale", &Update::locale, "The person's language, BCP 47; empty takes it away.")
        .length(0, 35);
    f.optional("order_messages", &Update::order_messages, "Whether to be told of orders.");
    f.optional("marketing_messages", &Update::marketing_messages, "Whether to get offers.");
  }
};

// Something that concerns who can get into the account.
struct SecurityEvent {
  std::string kind;
  std::int64_t at_ms = 0;
  std::optional<SessionId> session_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("kind", &SecurityEvent::kind,
               "As the audit log names it: account.logged_in, password.changed, …");
    f.required("at_ms", &SecurityEvent::at_ms, "When.");
    f.optional("session_id", &SecurityEvent::session_id,
               "The session that did it, or that was opened.");
  }
};

struct SecurityEvents {
  std::vector<SecurityEvent> items;
  std::optional<std::string> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &SecurityEvents::items, "Newest first; of the last 180 days.");
    f.optional("next", &SecurityEvents::next, "Cursor of the next page; absent on the last.");
  }
};

struct ListEvents {
  static constexpr std::string_view operation = "account.events";
  using Answer = SecurityEvents;
  std::optional<std::string> cursor;
  std::int32_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("cursor", &ListEvents::cursor, "`next` of the page before.").length(1, 20);
    f.optional("limit", &ListEvents::limit, "Events a page.").range(1, 200);
  }
};

struct Closed {
  std::int64_t closed_at_ms = 0;
  std::int64_t erased_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("closed_at_ms", &Closed::closed_at_ms, "Since when nobody signs in any more.");
    f.required("erased_at_ms", &Closed::erased_at_ms, "When what is personal will be erased.");
  }
};

struct Close {
  static constexpr std::string_view operation = "account.close";
  using Answer = Closed;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::account
