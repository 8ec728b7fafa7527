// register.hpp - making an account: facts, decision, plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/account.hpp>

#include "account/person.hpp"
#include "account/verification.hpp"
#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// Made before the phase: what the row will hold.
struct NewAccount {
  AccountId id;
  std::string_view entry = "account.registered";  // as the audit log tells it
  std::string password_hash;
  SealedPerson person;
  Blinds blinds;
  TimeMs created_at_ms = 0;
  std::optional<GivenCode> code;  // what proves the contact
};

struct RegisterFacts {
  bool email_taken = false;
  bool phone_taken = false;
  std::optional<CodeFacts> code = {};
};

struct RegisterPlan {
  NewAccount account;
  std::optional<CodeFacts> code;
  std::vector<audit::Entry> entries;
};

[[nodiscard]] RegisterFacts read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                       const NewAccount& account);
// Refuses with verification.* and `account.contact_taken`.
[[nodiscard]] command::Decision<RegisterPlan> decide(const RegisterFacts& facts,
                                                     const NewAccount& account);
[[nodiscard]] Registered apply(sql::Transaction& tx, const RegisterPlan& plan);
// What a refusal leaves behind: the try that it was.
void leave(sql::Transaction& tx, const RegisterPlan& plan);

}  // namespace kameng::account
