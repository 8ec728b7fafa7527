// state.hpp - everything an open engine is made of.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <kameng/engine.hpp>

#include "account/account_service.hpp"
#include "account/api_key.hpp"
#include "account/directory.hpp"
#include "account/factor_service.hpp"
#include "account/identity_service.hpp"
#include "account/password_service.hpp"
#include "account/profile_service.hpp"
#include "account/session_service.hpp"
#include "account/staff.hpp"
#include "account/tier_service.hpp"
#include "account/verification_service.hpp"
#include "catalog/catalog_service.hpp"
#include "command/environment.hpp"
#include "engine/audit_service.hpp"
#include "engine/backup_service.hpp"
#include "engine/config.hpp"
#include "engine/privacy_service.hpp"
#include "engine/readiness.hpp"
#include "engine/storage_service.hpp"
#include "engine/system_service.hpp"
#include "limit/limiter.hpp"
#include "ops/registry.hpp"
#include "order/order_service.hpp"
#include "payment/provider.hpp"
#include "payment/simulation_service.hpp"
#include "payment/wallet_service.hpp"
#include "sql/migration.hpp"
#include "vault/vault_service.hpp"

namespace kameng::engine {

// The services of one engine, and the operations that reach them.
struct Services {
  Services(const Config& config, payment::Providers& providers, SystemState& state);

  account::Tiers tier_list;
  account::IdentityProviders identity_providers;
  account::AccountService accounts;
  account::ProfileService profiles;
  account::DirectoryService directory;
  account::TierService tiers;
  account::IdentityService identities;
  account::SessionService sessions;
  account::PasswordService passwords;
  account::FactorService factors;
  account::StaffService staff;
  account::ApiKeyService api_keys;
  account::VerificationService verifications;
  catalog::CatalogService catalog;
  vault::VaultService vault;
  payment::WalletService wallet;
  payment::SimulationService simulation;
  order::OrderService orders;
  PrivacyService privacy;
  AuditService audit;
  BackupService backup;
  StorageService storage;
  SystemService system;
  ReadinessService readiness;
};

// Every schema there has been.
[[nodiscard]] const std::vector<sql::Migration>& all_migrations();

// Declares every operation; throws nothing, checks nothing (Registry::check does).
void add_operations(ops::Registry& registry, Services& services);

// The describe document: static knowledge, no database.
[[nodiscard]] std::string describe_all(const ops::Registry& registry);

}  // namespace kameng::engine

namespace kameng {

struct Engine::State {
  engine::Config config;
  std::unique_ptr<Clock> clock;
  ManualClock* manual_clock = nullptr;
  std::unique_ptr<Random> random;
  Log log;
  std::shared_ptr<sql::StatementTimes> times;  // null: nothing is timed
  std::unique_ptr<sql::Database> database;
  std::shared_ptr<const keys::KeyRing> keys;
  std::unique_ptr<limit::Limiter> limiter;
  command::RefusalCounter refusals;
  command::DueHint due;
  payment::Providers providers;
  engine::SystemState system;
  std::unique_ptr<command::Environment> environment;
  std::unique_ptr<engine::Services> services;
  ops::Registry registry;

  // Calls in flight: closing waits for them.
  std::atomic<std::int64_t> calls{0};

  // Who acts, from what the context says. UNAUTHENTICATED session.invalid and others.
  [[nodiscard]] Result<command::Actor> authenticate(const Context& context, TimeMs now_ms,
                                                    const Deadline& deadline);
  [[nodiscard]] Result<command::Actor> authenticate_signature(const SignedRequest& request,
                                                              TimeMs now_ms,
                                                              const Deadline& deadline);
  // Limits, who calls, permission, then `run`, then what every call shares afterwards. What the
  // limits still allow is told in `allowance`, when that is not null.
  [[nodiscard]] Result<void> dispatch(const ops::Operation& operation, const Context& context,
                                      Allowance* allowance,
                                      const std::function<Result<void>(const command::Call&)>& run);
  // The same for a request that is a document; empty text means {}.
  [[nodiscard]] Result<std::string> run_document(const ops::Operation& operation,
                                                 const Context& context, std::string_view request,
                                                 Allowance* allowance);
  // By address, before anything is looked up. INVALID_ARGUMENT context.ip_malformed, and those of
  // limit::Limiter.
  [[nodiscard]] Result<void> admit_address(const ops::Operation& operation, const Context& context,
                                           const limit::Attempt& attempt, Allowance* allowance);
  // After a write: one piece of overdue local work, its errors never the caller's.
  void help_with_due_work(TimeMs now_ms);
};

}  // namespace kameng
