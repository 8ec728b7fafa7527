// staff.hpp - who works for the shop, and freezing an account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::role {

struct View {
  static constexpr std::string_view name = "RoleView";
  AccountId account_id;
  std::vector<std::string> roles;
  std::optional<std::string> supplier_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &View::account_id, "The account.");
    f.required("roles", &View::roles, "Its roles; none: a customer.");
    f.optional("supplier_id", &View::supplier_id, "Of a supplier's people: whose.");
  }
};

struct Grant {
  static constexpr std::string_view operation = "role.grant";
  using Answer = View;
  AccountId account_id;
  std::string role;
  std::optional<std::string> supplier_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Grant::account_id, "Who gets it.");
    f.required("role", &Grant::role, "Counts at once, also in sessions that are open.")
        .one_of({"owner", "catalogue", "finance", "risk", "support", "auditor", "supplier",
                 "supplier_staff", "reseller"});
    f.optional("supplier_id", &Grant::supplier_id,
               "For supplier and supplier_staff: whose, as its goods name it.")
        .length(1, 64);
  }
};

struct Revoke {
  static constexpr std::string_view operation = "role.revoke";
  using Answer = View;
  AccountId account_id;
  std::string role;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Revoke::account_id, "Who loses it.");
    f.required("role", &Revoke::role, "The role; one that the account does not have is no mistake.")
        .one_of({"owner", "catalogue", "finance", "risk", "support", "auditor", "supplier",
                 "supplier_staff", "reseller"});
  }
};

struct Staff {
  static constexpr std::string_view name = "RoleStaff";
  std::vector<View> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Staff::items, "Everybody with a role, at most 1,000.");
  }
};

struct List {
  static constexpr std::string_view operation = "role.list";
  static constexpr std::string_view name = "RoleList";
  using Answer = Staff;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::role

namespace kameng::account {

struct Standing {
  AccountId account_id;
  std::string status;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Standing::account_id, "The account.");
    f.required("status", &Standing::status, "What it is now.").one_of({"active", "frozen"});
  }
};

struct Freeze {
  static constexpr std::string_view operation = "account.freeze";
  using Answer = Standing;
  AccountId account_id;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Freeze::account_id, "Who may not sign in or order any more.");
    f.required("reason", &Freeze::reason, "Why, for the audit log; nothing personal.")
        .length(1, 200);
  }
};

struct Unfreeze {
  static constexpr std::string_view operation = "account.unfreeze";
  using Answer = Standing;
  AccountId account_id;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Unfreeze::account_id, "Who may again.");
    f.required("reason", &Unfreeze::reason, "Why, for the audit log; nothing personal.")
        .length(1, 200);
  }
};

}  // namespace kameng::account
