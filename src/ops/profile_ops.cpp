// profile_ops.cpp - what is declared of profiles, contacts, identities, tiers and the directory.
#include "ops/profile_ops.hpp"

namespace kameng::ops {

void add_profile_operations(Registry& registry, account::ProfileService& profiles) {
  using account::ProfileService;
  registry.add(profiles, &ProfileService::get)
      .summary("Tell a customer what is kept about them.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(profiles, &ProfileService::update)
      .summary("Change how a person is called, in which language, and what they are told.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.locale", Status::invalid_argument)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(profiles, &ProfileService::events)
      .summary("Tell a person what happened to their account's security.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("cursor.malformed", Status::invalid_argument);
  registry.add(profiles, &ProfileService::set_contact)
      .summary("Give the account another e-mail address or phone number, or prove the one it has.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.changed", Status::aborted, Retry::same)
      .fails("account.contact_taken", Status::already_exists)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("verification.one_contact", Status::invalid_argument)
      .fails("verification.required", Status::invalid_argument)
      .fails("verification.wrong", Status::unauthenticated)
      .fails("verification.expired", Status::failed_precondition)
      .fails("verification.used_up", Status::failed_precondition)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(profiles, &ProfileService::remove_contact)
      .summary("Take a contact away; never the last way in.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.changed", Status::aborted, Retry::same)
      .fails("contact.last", Status::failed_precondition)
      .fails("crypto.open_failed", Status::data_loss);
}

void add_directory_operations(Registry& registry, account::DirectoryService& directory) {
  using account::DirectoryService;
  registry.add(directory, &DirectoryService::find)
      .summary("Find an account by its id or by a contact; contacts are masked.")
      .needs(Permission::account_read)
      .since(1, Stability::unstable)
      .fails("account.ask_one", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(directory, &DirectoryService::list)
      .summary("List accounts, the newest first; contacts are masked.")
      .needs(Permission::account_read)
      .since(1, Stability::unstable)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(directory, &DirectoryService::contacts)
      .summary("Read a customer's contacts in clear; the audit log tells who did, and why.")
      .needs(Permission::personal_read)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("crypto.open_failed", Status::data_loss);
}

void add_tier_operations(Registry& registry, account::TierService& tiers) {
  using account::TierService;
  registry.add(tiers, &TierService::list)
      .summary("Tell which tiers there are, what they give and how they are reached.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable);
  registry.add(tiers, &TierService::set)
      .summary("Put an account into a tier.")
      .needs(Permission::account_manage)
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("tier.unknown", Status::not_found)
      .fails("tier.over", Status::invalid_argument);
  registry.add(tiers, &TierService::history)
      .summary("Tell which tiers a customer was given, and by what.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
}

void add_identity_operations(Registry& registry, account::IdentityService& identities) {
  using account::IdentityService;
  registry.add(identities, &IdentityService::link_host)
      .summary("The account of a user of the host's own site; made when there is none.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("email.invalid", Status::invalid_argument)
      .fails("phone.invalid", Status::invalid_argument)
      .fails("account.contact_taken", Status::already_exists)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(identities, &IdentityService::begin)
      .summary("Begin to sign in with WeChat or QQ: where to send the browser.")
      .needs(Permission::anyone)
      .limited_to({.per_minute = 20, .burst = 10})
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("account.required", Status::invalid_argument)
      .fails("identity.provider_missing", Status::failed_precondition);
  registry.add(identities, &IdentityService::redeem)
      .summary("What to ask the provider, once the browser is back. For the host's program.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("identity.state_invalid", Status::unauthenticated)
      .fails("identity.expired", Status::failed_precondition)
      .fails("identity.provider_missing", Status::failed_precondition);
  registry.add(identities, &IdentityService::answer)
      .summary("Bring the provider's answer; opens a session, links, or asks once more.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("identity.flow_not_found", Status::not_found)
      .fails("identity.expired", Status::failed_precondition)
      .fails("identity.refused", Status::unauthenticated)
      .fails("identity.taken", Status::already_exists)
      .fails("identity.provider_failed", Status::unavailable, Retry::later)
      .fails("identity.provider_missing", Status::failed_precondition)
      .fails("account.not_found", Status::not_found)
      .fails("account.changed", Status::aborted, Retry::same)
      .fails("account.frozen", Status::permission_denied)
      .fails("account.closed", Status::permission_denied)
      .fails("factor.code_required", Status::unauthenticated)
      .fails("factor.code_wrong", Status::unauthenticated)
      .fails("factor.locked", Status::resource_exhausted, Retry::later)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(identities, &IdentityService::list)
      .summary("Tell who else vouches for the person.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(identities, &IdentityService::unlink)
      .summary("Sign in with this identity no more; never the last way in.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("identity.not_found", Status::not_found)
      .fails("identity.last", Status::failed_precondition);
}

}  // namespace kameng::ops
