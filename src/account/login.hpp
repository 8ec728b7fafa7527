// login.hpp - signing in: facts, decision, plan. The password has been checked before the phase,
// because a hash takes longer than a writer may be held.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/account.hpp>

#include "account/account_status.hpp"
#include "account/factor.hpp"
#include "account/person.hpp"
#include "account/session.hpp"
#include "account/verification.hpp"
#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// Who has a contact.
struct Credentials {
  AccountId account_id;
  std::string password_hash;
  Bytes person_key;  // sealed
};

// Made before the phase: the session that will be, if it may be.
struct NewSession {
  SessionId id;
  AccountId account_id;
  SessionNonce nonce{};
  crypto::Hash32 token_hash{};
  TimeMs created_at_ms = 0;
  TimeMs expires_at_ms = 0;
  TimeMs absolute_until_ms = 0;
  // Of the device, sealed.
  std::optional<Bytes> device, user_agent, ip;
  std::optional<GivenCode> code;  // instead of a password
  std::optional<std::string> factor_code;
  std::optional<std::string> verified_hash;  // the password was checked against this
  std::optional<std::string> better_hash;    // the same password at today's cost
};

struct LoginFacts {
  bool exists = true;  // a code is tried for a contact that nobody has, too
  AccountStatus status = AccountStatus::frozen;
  bool closed = false;
  std::optional<CodeFacts> code = {};  // of a sign-in by code
  FactorFacts factor = {};
};

struct LoginPlan {
  NewSession session;
  LoginFacts facts;
  std::vector<audit::Entry> entries;
};

// Nothing when no account has the contact.
[[nodiscard]] std::optional<Credentials> find_credentials(sql::Transaction& tx,
                                                          const Blinds& blinds);

// Nothing when the account's password is no longer the one that was checked.
[[nodiscard]] std::optional<LoginFacts> read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                                   const NewSession& session);
// Refuses with verification.*, then `account.frozen` (only who knows the password or has the code
// gets this far, and so hears it), then factor.*.
[[nodiscard]] command::Decision<LoginPlan> decide(const LoginFacts& facts,
                                                  const NewSession& session);
// The answer's token is filled in by whoever returns it.
[[nodiscard]] LoggedIn apply(sql::Transaction& tx, const LoginPlan& plan);
// What a refusal leaves behind: the try that it was.
void leave(sql::Transaction& tx, const LoginPlan& plan);

}  // namespace kameng::account
