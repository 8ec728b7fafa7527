// actor.hpp - who acts, once the context has been checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kameng/id.hpp>

namespace kameng::command {

enum class ActorKind : std::uint8_t {
  nobody,    // a visitor, a guest, a provider's notice
  customer,  // signed in by token, or the host on a customer's behalf
  host,      // the program that embeds the engine
  system,    // due work
};

struct Actor {
  ActorKind kind = ActorKind::nobody;
  std::optional<AccountId> account_id = {};  // of a customer
  bool by_host = false;                      // the host on a customer's behalf
  std::optional<SessionId> session_id = {};  // of a customer who came with a token

  // "host", "acc_...", "nobody", "system": as the audit log names it.
  [[nodiscard]] std::string label() const;
};

}  // namespace kameng::command
