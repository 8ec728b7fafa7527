// services.cpp - the services of an engine, and the declarations of its own operations.

#include "engine/state.hpp"
#include "ops/account_ops.hpp"
#include "ops/catalog_ops.hpp"
#include "ops/order_ops.hpp"
#include "ops/payment_ops.hpp"
#include "ops/profile_ops.hpp"
#include "ops/vault_ops.hpp"
#include "provider/qq_login/qq_login.hpp"
#include "provider/wechat_login/wechat_login.hpp"

namespace kameng::engine {
namespace {

using ops::Stability;

void add_system_operations(ops::Registry& registry, SystemService& system) {
  registry.add(system, &SystemService::run_due)
      .summary("Do what is due: expiries, retries, folding, pruning, checkpoints of the WAL.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .acts_outside();
  registry.add(system, &SystemService::verify)
      .summary("Check every invariant that the data can show.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable);
  registry.add(system, &SystemService::health)
      .summary("Tell how the engine is.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable);
  registry.add(system, &SystemService::metrics)
      .summary("Tell what this process did with its database, and how long each statement took.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable);
  registry.add(system, &SystemService::advance_clock)
      .summary("Move a manual clock.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("clock.not_manual", Status::failed_precondition);
  registry.add(system, &SystemService::pull_events)
      .first(place_entries)
      .summary("Read what happened, in order, from a position on.")
      .needs(Permission::audit_read)
      .since(1, Stability::unstable)
      .acts_outside();
  registry.add(system, &SystemService::balance)
      .summary("The trial balance: debits and credits of every account, per currency.")
      .needs(Permission::money_read)
      .since(1, Stability::unstable);
}

void add_readiness_operation(ops::Registry& registry, ReadinessService& readiness) {
  registry.add(readiness, &ReadinessService::check)
      .summary("Tell what an operator lacks before going live, and how to get it.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable);
}

void add_audit_operations(ops::Registry& registry, AuditService& audit) {
  registry.add(audit, &AuditService::checkpoint)
      .summary("Sign the head of the audit log.")
      .needs(Permission::audit_read)
      .since(1, Stability::unstable)
      .acts_outside();
  registry.add(audit, &AuditService::prove)
      .summary("Prove that an entry is in the log, or that the log continues an earlier one.")
      .needs(Permission::audit_read)
      .since(1, Stability::unstable)
      .fails("audit.ask_one", Status::invalid_argument)
      .fails("audit.no_checkpoint", Status::failed_precondition)
      .fails("audit.not_in_log", Status::not_found);
  registry.add(audit, &AuditService::verify)
      .summary("Check a proof against signed checkpoints; needs public data alone.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("audit.ask_one", Status::invalid_argument)
      .fails("audit.key_malformed", Status::invalid_argument)
      .fails("audit.proof_malformed", Status::invalid_argument);
}

void add_privacy_operations(ops::Registry& registry, PrivacyService& privacy) {
  registry.add(privacy, &PrivacyService::give)
      .summary("Keep that a person agreed to a version of a text, or no longer does.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found);
  registry.add(privacy, &PrivacyService::list)
      .summary("Tell what a person agreed to, and when.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
  registry.add(privacy, &PrivacyService::export_held)
      .summary("Give a person everything that is held about them (PIPL article 45).")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("cursor.malformed", Status::invalid_argument)
      .fails("crypto.open_failed", Status::data_loss);
  registry.add(privacy, &PrivacyService::erase)
      .summary("Forget a person for good (PIPL article 47); orders stay under a pseudonym.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.not_settled", Status::failed_precondition);
  registry.add(privacy, &PrivacyService::close)
      .summary("Close the account: nobody signs in any more, and a month later it is erased.")
      .needs(Permission::own_account)
      .needs_fresh_proof()
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("account.not_found", Status::not_found)
      .fails("account.has_role", Status::failed_precondition)
      .fails("account.not_settled", Status::failed_precondition);
  registry.add(privacy, &PrivacyService::fields)
      .summary("The register of everything personal that is stored, and for how long.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable);
}

void add_backup_operations(ops::Registry& registry, BackupService& backup) {
  registry.add(backup, &BackupService::create)
      .summary("Begin a chain of backups with a full copy of the database, while it is in use.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("backup.server_tool", Status::failed_precondition)
      .fails("backup.exists", Status::already_exists)
      .fails("backup.not_found", Status::not_found)
      .fails("backup.busy", Status::unavailable, Retry::later);
  registry.add(backup, &BackupService::increment)
      .summary("Add to a chain what has changed since its last backup.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("backup.server_tool", Status::failed_precondition)
      .fails("backup.not_found", Status::not_found)
      .fails("backup.foreign", Status::failed_precondition)
      .fails("backup.incomplete", Status::data_loss)
      .fails("backup.damaged", Status::data_loss)
      .fails("backup.busy", Status::unavailable, Retry::later);
  registry.add(backup, &BackupService::verify)
      .summary("Rebuild a chain's last point, open it with the master key and check it as a shop.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("backup.not_found", Status::not_found)
      .fails("backup.incomplete", Status::data_loss)
      .fails("backup.damaged", Status::data_loss)
      .fails("backup.busy", Status::unavailable, Retry::later)
      .fails("vault.key_wrong", Status::failed_precondition);
  registry.add(backup, &BackupService::restore)
      .summary("Build the database of one point of a chain, in a file that is not there yet.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("backup.not_found", Status::not_found)
      .fails("backup.exists", Status::already_exists)
      .fails("backup.incomplete", Status::data_loss)
      .fails("backup.damaged", Status::data_loss)
      .fails("backup.busy", Status::unavailable, Retry::later);
}

void add_storage_operations(ops::Registry& registry, StorageService& storage) {
  registry.add(storage, &StorageService::plan)
      .summary("Show the SQL that a database lacks, and which opening it would run.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("storage.schema_newer", Status::incompatible)
      .fails("storage.driver_missing", Status::incompatible)
      .fails("storage.dsn_missing", Status::invalid_argument)
      .fails("storage.table_prefix", Status::invalid_argument);
  registry.add(storage, &StorageService::copy)
      .summary("Move the shop from SQLite into another database, batch by batch.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("storage.copy_source", Status::failed_precondition)
      .fails("storage.copy_target", Status::failed_precondition)
      .fails("storage.copy_unfit", Status::failed_precondition)
      .fails("storage.copy_leased", Status::failed_precondition, Retry::later)
      .fails("storage.schema_newer", Status::incompatible)
      .fails("storage.driver_missing", Status::incompatible)
      .fails("storage.dsn_missing", Status::invalid_argument)
      .fails("storage.table_prefix", Status::invalid_argument);
}

account::IdentityProviders make_identity_providers(const IdentitiesConfig& config) {
  account::IdentityProviders providers;
  if (config.wechat) {
    providers.emplace("wechat", std::make_unique<provider::WechatLogin>(*config.wechat, false));
  }
  if (config.wechat_in_app) {
    providers.emplace("wechat_in_app",
                      std::make_unique<provider::WechatLogin>(*config.wechat_in_app, true));
  }
  if (config.qq) {
    providers.emplace("qq", std::make_unique<provider::QqLogin>(*config.qq));
  }
  return providers;
}

}  // namespace

Services::Services(const Config& config, payment::Providers& providers, SystemState& state)
    : tier_list(tiers_of(config.accounts)),
      identity_providers(make_identity_providers(config.identities)),
      accounts(config.accounts),
      profiles(config.accounts, tier_list),
      directory(tier_list),
      tiers(tier_list),
      identities(config.accounts, identity_providers),
      sessions(accounts.passwords()),
      passwords(accounts.passwords()),
      factors(config.accounts.totp_issuer),
      simulation(providers),
      orders(config.orders, providers, tier_list),
      privacy({profiles, sessions, factors, api_keys, identities, tiers, orders}),
      audit(config.origin),
      backup(config.backup, state),
      storage(config.storage, config.origin),
      system(orders, privacy, backup, tier_list, state),
      readiness(config, backup, state) {}

void add_operations(ops::Registry& registry, Services& services) {
  ops::add_account_operations(registry, services.accounts);
  ops::add_profile_operations(registry, services.profiles);
  ops::add_directory_operations(registry, services.directory);
  ops::add_tier_operations(registry, services.tiers);
  ops::add_identity_operations(registry, services.identities);
  ops::add_session_operations(registry, services.sessions);
  ops::add_password_operations(registry, services.passwords);
  ops::add_factor_operations(registry, services.factors);
  ops::add_staff_operations(registry, services.staff);
  ops::add_api_key_operations(registry, services.api_keys);
  ops::add_verification_operations(registry, services.verifications);
  ops::add_catalog_operations(registry, services.catalog);
  ops::add_vault_operations(registry, services.vault);
  ops::add_order_operations(registry, services.orders);
  ops::add_payment_operations(registry, services.orders, services.wallet, services.simulation);
  add_privacy_operations(registry, services.privacy);
  add_audit_operations(registry, services.audit);
  add_backup_operations(registry, services.backup);
  add_storage_operations(registry, services.storage);
  add_system_operations(registry, services.system);
  add_readiness_operation(registry, services.readiness);
}

}  // namespace kameng::engine
