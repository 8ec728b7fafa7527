// permissions.cpp - the table of permissions.
#include "account/permissions.hpp"

#include <algorithm>

namespace kameng::account {
namespace {

[[nodiscard]] bool is_for_staff(Permission permission) noexcept {
  return permission != Permission::anyone && permission != Permission::own_account;
}

// A person who acts for the shop has signed in with a second factor. The host answers for whom it
// lets in.
[[nodiscard]] bool lacks_factor(const command::Actor& actor, Permission permission) noexcept {
  return actor.kind == command::ActorKind::customer && !actor.by_host && is_for_staff(permission) &&
         !actor.factor_at_ms;
}

// What the people of a supplier do, on its own goods alone.
[[nodiscard]] bool is_of_supplier(const command::Actor& actor, Permission permission) noexcept {
  return actor.supplier_id &&
         ((actor.roles.has(Role::supplier) &&
           (permission == Permission::catalog_manage || permission == Permission::stock_manage)) ||
          (actor.roles.has(Role::supplier_staff) && permission == Permission::stock_manage));
}

}  // namespace

bool allows(Role role, Permission permission) noexcept {
  using enum Permission;
  const auto one_of = [permission](std::initializer_list<Permission> granted) {
    return std::find(granted.begin(), granted.end(), permission) != granted.end();
  };
  switch (role) {
    case Role::owner:
      return permission != system_operate;
    case Role::catalogue:
      return one_of({catalog_manage, stock_manage});
    case Role::finance:
      return one_of({money_read, money_manage, order_read, account_read});
    case Role::risk:
      return one_of({account_read, account_manage, order_read, audit_read});
    case Role::support:
      return one_of({account_read, order_read});
    case Role::auditor:
      return one_of({audit_read, order_read, account_read, money_read});
    case Role::supplier:
    case Role::supplier_staff:
    case Role::reseller:
      return false;
  }
  return false;
}

bool allows(const command::Actor& actor, Permission permission) noexcept {
  switch (actor.kind) {
    case command::ActorKind::nobody:
      return permission == Permission::anyone;
    case command::ActorKind::customer:
      return permission == Permission::anyone ||
             (permission == Permission::own_account && actor.account_id.has_value()) ||
             std::any_of(all_roles.begin(), all_roles.end(), [&](Role role) {
               return actor.roles.has(role) && allows(role, permission);
             });
    case command::ActorKind::host:
    case command::ActorKind::system:
      return true;
  }
  return false;
}

std::uint32_t staff_permissions(Roles roles, bool by_factor) noexcept {
  std::uint32_t bits = 0;
  for (const Permission permission : all_permissions) {
    const bool is_granted = by_factor && is_for_staff(permission) &&
                            std::any_of(all_roles.begin(), all_roles.end(), [&](Role role) {
                              return roles.has(role) && allows(role, permission);
                            });
    bits |= is_granted ? permission_bit(permission) : 0;
  }
  return bits;
}

Result<void> admit(const command::Actor& actor, const Access& access, TimeMs now_ms) {
  if (!allows(actor, access.permission) &&
      !(access.for_suppliers && is_of_supplier(actor, access.permission))) {
    if (actor.kind == command::ActorKind::nobody) {
      return Error{Status::unauthenticated, "call.unauthenticated",
                   "Sign in first, or call as the host."};
    }
    return Error{Status::permission_denied, "call.forbidden", "This caller may not do this."};
  }
  if (lacks_factor(actor, access.permission)) {
    return Error{Status::permission_denied, "factor.required",
                 "Staff sign in with a second factor for this."};
  }
  const bool is_person = actor.kind == command::ActorKind::customer && !actor.by_host;
  if (is_person && access.fresh_proof &&
      (!actor.proved_at_ms || now_ms - *actor.proved_at_ms > proof_fresh_ms)) {
    return Error{Status::permission_denied, "proof.required",
                 "Prove again that it is you: the last proof is over ten minutes old."};
  }
  return {};
}

Result<AccountId> looked_at(const command::Query& query, const std::optional<AccountId>& asked,
                            Permission permission) {
  if (!asked || asked == query.actor().account_id) {
    return acting_customer(query.actor());
  }
  KAMENG_CHECK(admit(query.actor(), {.permission = permission}, query.call.now_ms));
  return *asked;
}

Result<AccountId> acting_customer(const command::Actor& actor) {
  if (!actor.account_id) {
    return Error{Status::invalid_argument, "account.required",
                 "The context has to say whose account this is about."};
  }
  return *actor.account_id;
}

}  // namespace kameng::account
