// session.hpp - sessions: the token a signed-in customer brings, and how long it lasts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>
#include <kameng/role.hpp>

#include "account/account_status.hpp"
#include "base/clock.hpp"
#include "crypto/hash.hpp"
#include "keys/key_ring.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

using SessionNonce = std::array<std::uint8_t, 16>;

struct Session {
  SessionId session_id;
  AccountId account_id;
  AccountStatus status = AccountStatus::frozen;  // of the account: a frozen one keeps its sessions
  Roles roles;
  std::optional<std::string> supplier_id;
  std::optional<TimeMs> proved_at_ms;  // when the person last proved to be there
  std::optional<TimeMs> factor_at_ms;  // when with a second factor
  bool needs_renewal = false;          // a tenth of the window has passed
};

// The token: derived from the row and the ring, so that it can be told again and no table holds it.
[[nodiscard]] std::string session_token(const keys::KeyRing& keys, SessionId id,
                                        const SessionNonce& nonce);
[[nodiscard]] crypto::Hash32 session_token_hash(const keys::KeyRing& keys, std::string_view token);

// Whose token this is. One lookup by the token's hash, whatever the text; nothing for a wrong,
// expired or revoked one, nor of a closed account.
[[nodiscard]] std::optional<Session> authenticate(sql::Transaction& tx, const keys::KeyRing& keys,
                                                  std::string_view token, TimeMs now_ms,
                                                  std::int64_t session_ms);

// Moves the end of the session to `session_ms` from now, at most to its absolute end. Belongs into
// a write that happens anyway, or into one of its own; losing it costs nothing but a shorter
// session.
void renew(sql::Transaction& tx, SessionId id, TimeMs now_ms, std::int64_t session_ms);

// Ends the account's sessions at once, but for one; how many.
std::int64_t revoke_sessions(sql::Transaction& tx, AccountId id,
                             const std::optional<SessionId>& keep);

// The columns that what a session knows of its device is sealed for.
inline constexpr std::string_view session_device = "session.device";
inline constexpr std::string_view session_user_agent = "session.user_agent";
inline constexpr std::string_view session_ip = "session.ip";

// Nothing when the session is gone.
[[nodiscard]] std::optional<SessionNonce> find_nonce(sql::Transaction& tx, SessionId id);

}  // namespace kameng::account
