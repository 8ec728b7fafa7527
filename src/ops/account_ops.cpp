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
      .fails("password.not_text", Status::invalid_argument)
      .fails("password.too_short", Status::invalid_argument)
      .fails("password.too_long", Status::invalid_argument)
      .fails("password.too_common", Status::invalid_argument)
      .fails("account.contact_taken", Status::already_exists)
      .fails("verification.required", Status::invalid_argument)
      .fails("verification.one_contact", Status::invalid_argument)
      .fails("verification.wrong", Status::unauthenticated)
      .fails("verification.expired", Status::failed_precondition)
      .fails("verification.used_up", Status::failed_precondition)
      .fails("account.busy", Status::unavailable, Retry::later);
  registry.add(accounts, &AccountService::import)
      .summary("Bring along an account from another system, its password as a hash.")
      .needs(Permission::account_manage)
      .since(1, Stability::unstable)
      .fails("account.no_contact", Status::invalid_argument)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("password.hash_unknown", Status::invalid_argument)
      .fails("password.hash_too_costly", Status::invalid_argument)
      .fails("account.contact_taken", Status::already_exists);
  registry.add(accounts, &AccountService::login)
      .summary("Open a session and get its token.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 20, .burst = 10})
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.ask_one", Status::invalid_argument)
      .fails("account.bad_credentials", Status::unauthenticated)
      .fails("verification.wrong", Status::unauthenticated)
      .fails("verification.expired", Status::failed_precondition)
      .fails("verification.used_up", Status::failed_precondition)
      .fails("factor.code_required", Status::unauthenticated)
      .fails("factor.code_wrong", Status::unauthenticated)
      .fails("factor.locked", Status::resource_exhausted, Retry::later)
      .fails("crypto.open_failed", Status::data_loss)
      .fails("account.frozen", Status::permission_denied)
      .fails("account.closed", Status::permission_denied)
      .fails("account.changed", Status::aborted, Retry::same)
      .fails("session.ended", Status::failed_precondition, Retry::later)
      .fails("account.busy", Status::unavailable, Retry::later);
  registry.add(accounts, &AccountService::logout)
      .summary("End the session whose token the context holds.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("session.none", Status::failed_precondition);
}

void add_session_operations(Registry& registry, account::SessionService& sessions) {
  using account::SessionService;
  registry.add(sessions, &SessionService::list)
      .summary("Tell where the person is signed in.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(sessions, &SessionService::revoke)
      .summary("End one of the person's sessions, at once.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("session.not_found", Status::not_found);
  registry.add(sessions, &SessionService::revoke_all)
      .summary("End all of the person's sessions, at once.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
  registry.add(sessions, &SessionService::prove)
      .summary("Prove again that it is the person: for ten minutes, for what asks for it.")
      .needs(Permission::own_account)
      .limited_to({.per_minute = 10, .burst = 5})
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("session.none", Status::failed_precondition)
      .fails("proof.password_missing", Status::invalid_argument)
      .fails("proof.locked", Status::resource_exhausted, Retry::later)
      .fails("account.bad_credentials", Status::unauthenticated)
      .fails("account.busy", Status::unavailable, Retry::later)
      .fails("factor.code_required", Status::unauthenticated)
      .fails("factor.code_wrong", Status::unauthenticated)
      .fails("factor.locked", Status::resource_exhausted, Retry::later)
      .fails("crypto.open_failed", Status::data_loss);
}

void add_password_operations(Registry& registry, account::PasswordService& passwords) {
  using account::PasswordService;
  registry.add(passwords, &PasswordService::change)
      .summary("Set a new password, or a first one; all other sessions end.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .limited_to({.per_minute = 10, .burst = 5})
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.busy", Status::unavailable, Retry::later)
      .fails("password.not_text", Status::invalid_argument)
      .fails("password.too_short", Status::invalid_argument)
      .fails("password.too_long", Status::invalid_argument)
      .fails("password.too_common", Status::invalid_argument);
  registry.add(passwords, &PasswordService::reset)
      .summary("Set a new password by a code that was sent; all sessions end.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 10, .burst = 5})
      .since(1, Stability::unstable)
      .fails("verification.one_contact", Status::invalid_argument)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("password.not_text", Status::invalid_argument)
      .fails("password.too_short", Status::invalid_argument)
      .fails("password.too_long", Status::invalid_argument)
      .fails("password.too_common", Status::invalid_argument)
      .fails("account.busy", Status::unavailable, Retry::later)
      .fails("verification.wrong", Status::unauthenticated)
      .fails("verification.expired", Status::failed_precondition)
      .fails("verification.used_up", Status::failed_precondition);
}

void add_factor_operations(Registry& registry, account::FactorService& factors) {
  using account::FactorService;
  registry.add(factors, &FactorService::enroll)
      .summary("Begin with an authenticator app: a secret for it, which factor.confirm turns on.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("factor.exists", Status::failed_precondition)
      .fails("factor.none", Status::failed_precondition)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(factors, &FactorService::confirm)
      .summary("Turn the second factor on by a first code of the app; gives recovery codes.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("factor.none", Status::failed_precondition)
      .fails("factor.exists", Status::failed_precondition)
      .fails("factor.code_wrong", Status::unauthenticated)
      .fails("factor.locked", Status::resource_exhausted, Retry::later)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(factors, &FactorService::renew_recovery)
      .summary("Give new recovery codes; the old ones count no more.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("factor.none", Status::failed_precondition);
  registry.add(factors, &FactorService::disable)
      .summary("Turn the second factor off.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("factor.needed_by_role", Status::failed_precondition);
  registry.add(factors, &FactorService::get)
      .summary("Tell whether there is a second factor.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
}

void add_staff_operations(Registry& registry, account::StaffService& staff) {
  using account::StaffService;
  registry.add(staff, &StaffService::grant)
      .summary("Give an account a role.")
      .needs(Permission::role_manage)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("role.supplier_missing", Status::invalid_argument)
      .fails("role.supplier_other", Status::failed_precondition);
  registry.add(staff, &StaffService::revoke)
      .summary("Take a role from an account.")
      .needs(Permission::role_manage)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("role.last_owner", Status::failed_precondition);
  registry.add(staff, &StaffService::list)
      .summary("Tell who has which role.")
      .needs(Permission::role_manage)
      .since(1, Stability::unstable);
  registry.add(staff, &StaffService::freeze)
      .summary("Keep an account from signing in and ordering; its sessions end at once.")
      .needs(Permission::account_manage)
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("account.is_staff", Status::permission_denied);
  registry.add(staff, &StaffService::unfreeze)
      .summary("Let an account sign in and order again.")
      .needs(Permission::account_manage)
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("account.is_staff", Status::permission_denied);
}

void add_api_key_operations(Registry& registry, account::ApiKeyService& keys) {
  using account::ApiKeyService;
  registry.add(keys, &ApiKeyService::create)
      .summary("Make a key for a program that signs its requests.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("api_key.public_key", Status::invalid_argument)
      .fails("api_key.too_many", Status::failed_precondition)
      .fails("api_key.not_found", Status::not_found);
  registry.add(keys, &ApiKeyService::rotate)
      .summary("Give a key a new secret; the old one counts beside it for a while.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("api_key.public_key", Status::invalid_argument)
      .fails("api_key.not_found", Status::not_found);
  registry.add(keys, &ApiKeyService::list)
      .summary("Tell which keys there are.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
  registry.add(keys, &ApiKeyService::revoke)
      .summary("Take a key away, at once.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("api_key.not_found", Status::not_found);
}

void add_verification_operations(Registry& registry, account::VerificationService& verifications) {
  registry.add(verifications, &account::VerificationService::begin)
      .summary("Send a code to a phone or a mailbox; the message is a call of the outbox.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 10, .burst = 5})
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("account.required", Status::invalid_argument)
      .fails("verification.one_contact", Status::invalid_argument)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("verification.too_soon", Status::resource_exhausted, Retry::later)
      .fails("verification.too_many", Status::resource_exhausted, Retry::later);
}

}  // namespace kameng::ops
