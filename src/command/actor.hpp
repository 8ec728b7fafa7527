// actor.hpp - who acts, once the context has been checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kameng/id.hpp>
#include <kameng/permission.hpp>
#include <kameng/role.hpp>

#include "base/clock.hpp"

namespace kameng::command {

enum class ActorKind : std::uint8_t {
  nobody,    // a visitor, a guest, a provider's notice
  customer,  // a person: signed in by token, or the host on a customer's behalf
  host,      // the program that embeds the engine
  system,    // due work
};

struct Actor {
  ActorKind kind = ActorKind::nobody;
  std::optional<AccountId> account_id = {};  // of a customer
  bool by_host = false;                      // the host on a customer's behalf
  std::optional<SessionId> session_id = {};  // of a customer who came with a token
  Roles roles = {};                          // of a customer who came with a token
  // What the account's roles let it do for the shop, bits of Permission; nothing before the session
  // has its second factor. Of a supplier's people: whose goods they look after.
  std::uint32_t staff = 0;
  std::optional<std::string> supplier_id = {};
  std::optional<ApiKeyId> api_key_id = {};  // of a customer whose program signed the request
  // Of the session: when the person last proved to be there, and when with a second factor.
  std::optional<TimeMs> proved_at_ms = {};
  std::optional<TimeMs> factor_at_ms = {};

  // Whether this acts for the shop: the host, due work, staff. For what is everybody's and shows
  // more to them; dispatch asks for what is theirs alone.
  [[nodiscard]] bool acts_for_shop(Permission permission) const noexcept;
  // Whose goods this may act on: nothing for who acts for the shop, otherwise one supplier's. Only
  // an operation that is declared for suppliers lets their people in, and asks this.
  [[nodiscard]] std::optional<std::string> scope(Permission permission) const;

  // "host", "acc_...", "nobody", "system": as the audit log names it.
  [[nodiscard]] std::string label() const;
};

}  // namespace kameng::command
