// services.cpp - the services of an engine, and the declarations of its own operations.

#include "engine/state.hpp"
#include "ops/account_ops.hpp"
#include "ops/catalog_ops.hpp"
#include "ops/order_ops.hpp"
#include "ops/payment_ops.hpp"
#include "ops/vault_ops.hpp"

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
  registry.add(system, &SystemService::advance_clock)
      .summary("Move a manual clock.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .acts_outside()
      .fails("clock.not_manual", Status::failed_precondition);
  registry.add(system, &SystemService::pull_events)
      .summary("Read what happened, in order, from a position on.")
      .needs(Permission::audit_read)
      .since(1, Stability::unstable)
      .acts_outside();
  registry.add(system, &SystemService::balance)
      .summary("The trial balance: debits and credits of every account, per currency.")
      .needs(Permission::money_manage)
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

}  // namespace

Services::Services(const Config& config, payment::Providers& providers, SystemState& state)
    : accounts(config.accounts),
      simulation(providers),
      orders(config.orders, providers),
      audit(config.origin),
      system(orders, state) {}

void add_operations(ops::Registry& registry, Services& services) {
  ops::add_account_operations(registry, services.accounts);
  ops::add_catalog_operations(registry, services.catalog);
  ops::add_vault_operations(registry, services.vault);
  ops::add_order_operations(registry, services.orders);
  ops::add_payment_operations(registry, services.orders, services.wallet, services.simulation);
  add_audit_operations(registry, services.audit);
  add_system_operations(registry, services.system);
}

}  // namespace kameng::engine
