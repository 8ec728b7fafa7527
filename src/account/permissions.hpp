// permissions.hpp - who may do what. Asked in one place, at dispatch.
#pragma once

#include <kameng/id.hpp>
#include <kameng/permission.hpp>
#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "command/actor.hpp"
#include "command/environment.hpp"

namespace kameng::account {

// How long a proof that the person is there counts.
inline constexpr std::int64_t proof_fresh_ms = 10LL * 60 * 1000;

[[nodiscard]] bool allows(Role role, Permission permission) noexcept;

// Visitors: what is for anyone. Customers, also when the host acts for them: their own things too.
// Staff: what their roles allow. Host and due work: everything.
[[nodiscard]] bool allows(const command::Actor& actor, Permission permission) noexcept;

// What admit() would let these roles do for the shop, as bits of Permission: Actor::staff.
[[nodiscard]] std::uint32_t staff_permissions(Roles roles, bool by_factor) noexcept;

// What an operation asks of its caller.
struct Access {
  Permission permission = Permission::system_operate;
  bool fresh_proof = false;    // a person has to have proved to be there in the last ten minutes
  bool for_suppliers = false;  // a supplier's people too, on what is theirs
};

// UNAUTHENTICATED call.unauthenticated; PERMISSION_DENIED call.forbidden, factor.required (staff
// signed in without a second factor), proof.required.
[[nodiscard]] Result<void> admit(const command::Actor& actor, const Access& access, TimeMs now_ms);

// Whose things are read: the caller's own, or `asked` for who has the permission as staff have it.
// Errors of admit() and acting_customer().
[[nodiscard]] Result<AccountId> looked_at(const command::Query& query,
                                          const std::optional<AccountId>& asked,
                                          Permission permission);

// Whose own things an operation is about. The host that acts for nobody gets INVALID_ARGUMENT
// `account.required`.
[[nodiscard]] Result<AccountId> acting_customer(const command::Actor& actor);

}  // namespace kameng::account
