// register.cpp - making an account.
#include "account/register.hpp"

#include "account/account_sql.hpp"
#include "account/account_status.hpp"

namespace kameng::account {
namespace {

[[nodiscard]] bool is_taken(sql::Transaction& tx, const sql::Statement& statement,
                            const std::optional<Bytes>& blind) {
  if (!blind) {
    return false;
  }
  sql::Rows rows = tx.query(statement, *blind);
  return rows.next();
}

}  // namespace

RegisterFacts read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                         const NewAccount& account) {
  RegisterFacts facts;
  facts.email_taken = is_taken(tx, find_email_blind, account.blinds.email);
  facts.phone_taken = is_taken(tx, find_phone_blind, account.blinds.phone);
  if (account.code) {
    facts.code = read_code(tx, keys, *account.code, account.created_at_ms);
  }
  return facts;
}

command::Decision<RegisterPlan> decide(const RegisterFacts& facts, const NewAccount& account) {
  using Decision = command::Decision<RegisterPlan>;
  RegisterPlan plan;
  plan.account = account;
  plan.code = facts.code;
  if (facts.code) {
    if (std::optional<Error> refusal = judge(*facts.code)) {
      return Decision::refuse(std::move(*refusal), std::move(plan));
    }
  }
  if (facts.email_taken || facts.phone_taken) {
    return Decision::refuse(Error{Status::already_exists, "account.contact_taken",
                                  "There is an account with this contact."}
                                .at(facts.email_taken ? "email" : "phone"));
  }
  plan.entries.push_back({account.entry, account.id.text()});
  return Decision::accept(std::move(plan));
}

void leave(sql::Transaction& tx, const RegisterPlan& plan) {
  settle_code(tx, *plan.account.code, *plan.code, plan.account.created_at_ms);
}

Registered apply(sql::Transaction& tx, const RegisterPlan& plan) {
  const NewAccount& account = plan.account;
  if (plan.code) {
    settle_code(tx, *account.code, *plan.code, account.created_at_ms);
  }
  const auto verified_at = [&](const std::optional<Bytes>& contact) {
    return plan.code && contact ? std::optional<TimeMs>(account.created_at_ms) : std::nullopt;
  };
  tx.run_exactly(1, insert_account, account.id, account_status_name(AccountStatus::active),
                 account.password_hash, account.person.person_key, account.person.email,
                 account.blinds.email, account.person.phone, account.blinds.phone,
                 account.person.display_name, account.created_at_ms,
                 verified_at(account.person.email), verified_at(account.person.phone));
  return {account.id};
}

}  // namespace kameng::account
