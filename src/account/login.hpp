// login.hpp - signing in: facts, decision, plan. The password has been checked before the phase,
// because a hash takes longer than a writer may be held.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/account.hpp>

#include "account/account_status.hpp"
#include "account/person.hpp"
#include "account/session.hpp"
#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

struct Credentials {
  AccountId account_id;
  std::string password_hash;
};

// Made before the phase: the session that will be, if it may be.
struct NewSession {
  SessionId id;
  AccountId account_id;
  SessionNonce nonce{};
  crypto::Hash32 token_hash{};
  TimeMs created_at_ms = 0;
  TimeMs expires_at_ms = 0;
  std::optional<TimeMs> factor_at_ms;      // signed in with a second factor
  std::string verified_hash;               // the password was checked against this
  std::optional<std::string> better_hash;  // the same password at today's cost
};

struct LoginFacts {
  AccountStatus status = AccountStatus::frozen;
};

struct LoginPlan {
  NewSession session;
  std::vector<audit::Entry> entries;
};

// Nothing when no account has the contact.
[[nodiscard]] std::optional<Credentials> find_credentials(sql::Transaction& tx,
                                                          const Blinds& blinds);

// Nothing when the account's password is no longer the one that was checked.
[[nodiscard]] std::optional<LoginFacts> read_facts(sql::Transaction& tx, const NewSession& session);
// Refuses with `account.frozen`; only who knows the password gets this far, and so hears it.
[[nodiscard]] command::Decision<LoginPlan> decide(const LoginFacts& facts,
                                                  const NewSession& session);
// The answer's token is filled in by whoever returns it.
[[nodiscard]] LoggedIn apply(sql::Transaction& tx, const LoginPlan& plan);

}  // namespace kameng::account
