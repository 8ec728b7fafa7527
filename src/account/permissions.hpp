// permissions.hpp - who may do what. Asked in one place, at dispatch.
#pragma once

#include <kameng/id.hpp>
#include <kameng/permission.hpp>
#include <kameng/result.hpp>

#include "command/actor.hpp"

namespace kameng::account {

// Visitors: what is for anyone. Customers, also when the host acts for them: their own things too.
// Host and due work: everything.
[[nodiscard]] bool allows(const command::Actor& actor, Permission permission) noexcept;

// Whose own things an operation is about. The host that acts for nobody gets INVALID_ARGUMENT
// `account.required`.
[[nodiscard]] Result<AccountId> acting_customer(const command::Actor& actor);

}  // namespace kameng::account
