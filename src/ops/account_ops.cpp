// account_ops.cpp - what is declared of account.*.
#include "ops/account_ops.hpp"

namespace kameng::ops {

void add_account_operations(Registry& registry, account::AccountService& accounts) {
  using account::AccountService;
  registry.add(accounts, &AccountService::register_account)
      .summary("Make an account for a person.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 10, .burst = 5})
      .since(1, Stability::unstable)
      .fails("account.no_contact", Status::invalid_argument)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("password.not_ascii", Status::invalid_argument)
      .fails("account.contact_taken", Status::already_exists)
      .fails("account.busy", Status::unavailable, Retry::later);
  registry.add(accounts, &AccountService::login)
      .summary("Open a session and get its token.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 20, .burst = 10})
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.bad_credentials", Status::unauthenticated)
      .fails("account.frozen", Status::permission_denied)
      .fails("account.changed", Status::aborted, Retry::same)
      .fails("session.ended", Status::failed_precondition, Retry::later)
      .fails("account.busy", Status::unavailable, Retry::later);
  registry.add(accounts, &AccountService::logout)
      .summary("End the session whose token the context holds.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("session.none", Status::failed_precondition);
  registry.add(accounts, &AccountService::get)
      .summary("Tell a customer what is kept about them.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("crypto.open_failed", Status::data_loss);
}

}  // namespace kameng::ops
