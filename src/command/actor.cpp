#include "command/actor.hpp"

namespace kameng::command {

std::string Actor::label() const {
  switch (kind) {
    case ActorKind::nobody:
      return "nobody";
    case ActorKind::customer:
      return account_id ? account_id->text() : "nobody";
    case ActorKind::host:
      return "host";
    case ActorKind::system:
      return "system";
  }
  return "nobody";
}

bool Actor::acts_for_shop(Permission permission) const noexcept {
  return kind == ActorKind::host || kind == ActorKind::system ||
         (staff & permission_bit(permission)) != 0;
}

std::optional<std::string> Actor::scope(Permission permission) const {
  // A supplier's person without a supplier looks after nothing.
  return acts_for_shop(permission) ? std::nullopt
                                   : std::optional<std::string>(supplier_id.value_or(""));
}

}  // namespace kameng::command
