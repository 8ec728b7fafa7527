// permissions.cpp - the table of permissions.
#include "account/permissions.hpp"

namespace kameng::account {

bool allows(const command::Actor& actor, Permission permission) noexcept {
  switch (actor.kind) {
    case command::ActorKind::nobody:
      return permission == Permission::anyone;
    case command::ActorKind::customer:
      return permission == Permission::anyone ||
             (permission == Permission::own_account && actor.account_id.has_value());
    case command::ActorKind::host:
    case command::ActorKind::system:
      return true;
  }
  return false;
}

Result<AccountId> acting_customer(const command::Actor& actor) {
  if (!actor.account_id) {
    return Error{Status::invalid_argument, "account.required",
                 "The context has to say whose account this is about."};
  }
  return *actor.account_id;
}

}  // namespace kameng::account
