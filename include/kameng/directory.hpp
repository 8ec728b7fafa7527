// directory.hpp - accounts as the shop's staff see them: contacts masked, unless somebody who may
// asks for them, which the audit log tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::account {

struct Record {
  AccountId account_id;
  std::string status;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  bool email_verified = false;
  bool phone_verified = false;
  std::string tier;
  std::optional<std::int64_t> tier_until_ms;
  std::vector<std::string> roles;
  std::optional<std::string> supplier_id;
  std::int64_t created_at_ms = 0;
  std::optional<std::int64_t> closed_at_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Record::account_id, "The account.");
    f.required("status", &Record::status, "Erased: nothing personal is left of it.")
        .one_of({"active", "frozen", "closed", "erased"});
    f.optional("display_name", &Record::display_name, "Masked: 李**.");
    f.optional("email", &Record::email, "Masked: l***@example.com.");
    f.optional("phone", &Record::phone, "Masked: +86138****8000.");
    f.required("email_verified", &Record::email_verified, "Whether it was proved by a code.");
    f.required("phone_verified", &Record::phone_verified, "Whether it was proved by a code.");
    f.required("tier", &Record::tier, "The tier that counts now.");
    f.optional("tier_until_ms", &Record::tier_until_ms, "When it is over; absent: it stays.");
    f.required("roles", &Record::roles, "What the person may do for the shop; none: a customer.");
    f.optional("supplier_id", &Record::supplier_id, "Whose goods a supplier's people look after.");
    f.required("created_at_ms", &Record::created_at_ms, "When the account was made.");
    f.optional("closed_at_ms", &Record::closed_at_ms, "When it was closed.");
  }
};

struct Find {
  static constexpr std::string_view operation = "account.find";
  using Answer = Record;
  std::optional<AccountId> account_id;
  std::optional<std::string> identifier;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("account_id", &Find::account_id, "Which account; this or `identifier`.");
    f.optional("identifier", &Find::identifier, "Its e-mail address or phone number, whole.")
        .length(3, 254)
        .personal("sign-in");
  }
};

struct Records {
  std::vector<Record> items;
  std::optional<AccountId> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Records::items, "The newest first.");
    f.optional("next", &Records::next, "Cursor of the next page; absent on the last.");
  }
};

struct List {
  static constexpr std::string_view operation = "account.list";
  using Answer = Records;
  std::optional<AccountId> cursor;
  std::int32_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("cursor", &List::cursor, "`next` of the page before.");
    f.optional("limit", &List::limit, "Accounts a page.").range(1, 200);
  }
};

struct Contacts {
  AccountId account_id;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Contacts::account_id, "The account.");
    f.optional("display_name", &Contacts::display_name, "How the person wants to be called.")
        .personal("address");
    f.optional("email", &Contacts::email, "E-mail address.").personal("sign-in");
    f.optional("phone", &Contacts::phone, "Phone number, E.164.").personal("sign-in");
  }
};

struct ReadContacts {
  static constexpr std::string_view operation = "account.contacts";
  using Answer = Contacts;
  AccountId account_id;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &ReadContacts::account_id, "Whose.");
    f.required("reason", &ReadContacts::reason, "Why, for the audit log.").length(1, 200);
  }
};

}  // namespace kameng::account
