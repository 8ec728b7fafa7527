// register.cpp - making an account.
#include "account/register.hpp"

#include <algorithm>

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

Result<void> check_password(std::string_view password) {
  const bool printable =
      std::all_of(password.begin(), password.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable) {
    return Error{Status::invalid_argument, "password.not_ascii",
                 "A password consists of printable ASCII characters."}
        .at("password");
  }
  return {};
}

RegisterFacts read_facts(sql::Transaction& tx, const Blinds& blinds) {
  RegisterFacts facts;
  facts.email_taken = is_taken(tx, find_email_blind, blinds.email);
  facts.phone_taken = is_taken(tx, find_phone_blind, blinds.phone);
  return facts;
}

command::Decision<RegisterPlan> decide(const RegisterFacts& facts, const NewAccount& account) {
  using Decision = command::Decision<RegisterPlan>;
  if (facts.email_taken || facts.phone_taken) {
    return Decision::refuse(Error{Status::already_exists, "account.contact_taken",
                                  "There is an account with this contact."}
                                .at(facts.email_taken ? "email" : "phone"));
  }
  RegisterPlan plan;
  plan.account = account;
  plan.entries.push_back({"account.registered", account.id.text()});
  return Decision::accept(std::move(plan));
}

Registered apply(sql::Transaction& tx, const RegisterPlan& plan) {
  const NewAccount& account = plan.account;
  tx.run_exactly(1, insert_account, account.id, account_status_name(AccountStatus::active),
                 account.password_hash, account.person.person_key, account.person.email,
                 account.blinds.email, account.person.phone, account.blinds.phone,
                 account.person.display_name, account.created_at_ms);
  return {account.id};
}

}  // namespace kameng::account
