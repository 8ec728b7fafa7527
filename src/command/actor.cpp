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

}  // namespace kameng::command
