// register.hpp - making an account: facts, decision, plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/account.hpp>

#include "account/person.hpp"
#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// Made before the phase: what the row will hold.
struct NewAccount {
  AccountId id;
  std::string password_hash;
  SealedPerson person;
  Blinds blinds;
  TimeMs created_at_ms = 0;
};

struct RegisterFacts {
  bool email_taken = false;
  bool phone_taken = false;
};

struct RegisterPlan {
  NewAccount account;
  std::vector<audit::Entry> entries;
};

// INVALID_ARGUMENT `password.not_ascii`: until text can be normalised, a password of other
// characters might be typed in a second form by the same person, and then be wrong.
[[nodiscard]] Result<void> check_password(std::string_view password);

[[nodiscard]] RegisterFacts read_facts(sql::Transaction& tx, const Blinds& blinds);
// Refuses with `account.contact_taken`.
[[nodiscard]] command::Decision<RegisterPlan> decide(const RegisterFacts& facts,
                                                     const NewAccount& account);
[[nodiscard]] Registered apply(sql::Transaction& tx, const RegisterPlan& plan);

}  // namespace kameng::account
