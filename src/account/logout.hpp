// logout.hpp - ending one's own session: facts, decision, plan.
#pragma once

#include <optional>
#include <vector>

#include <kameng/account.hpp>

#include "audit/entry.hpp"
#include "command/actor.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

struct LogoutFacts {
  std::optional<AccountId> account_id;
  std::optional<SessionId> session_id;  // nothing: the caller did not come with a token
  bool open = false;                    // not revoked yet
};

struct LogoutPlan {
  std::optional<SessionId> revoke;  // nothing: already ended
  std::vector<audit::Entry> entries;
};

[[nodiscard]] LogoutFacts read_facts(sql::Transaction& tx, const command::Actor& actor);
// Refuses with `session.none` when the caller has no session. Ending an ended session succeeds and
// does nothing.
[[nodiscard]] command::Decision<LogoutPlan> decide(const LogoutFacts& facts);
[[nodiscard]] LoggedOut apply(sql::Transaction& tx, const LogoutPlan& plan);

}  // namespace kameng::account
