// open.cpp - the composition root: reads the configuration, opens storage and keys, wires the
// services.

#include <filesystem>
#include <utility>

#include "account/account_sql.hpp"
#include "account/api_key_schema.hpp"
#include "account/centre_schema.hpp"
#include "account/factor_schema.hpp"
#include "account/identity_schema.hpp"
#include "account/privacy_schema.hpp"
#include "account/verification_schema.hpp"
#include "audit/audit_schema.hpp"
#include "audit/log.hpp"
#include "catalog/catalog_sql.hpp"
#include "command/command_schema.hpp"
#include "crypto/random.hpp"
#include "engine/migrations.hpp"
#include "engine/state.hpp"
#include "engine/storage.hpp"
#include "keys/key_file.hpp"
#include "keys/key_store.hpp"
#include "keys/keys_schema.hpp"
#include "ledger/ledger_schema.hpp"
#include "limit/limit_sql.hpp"
#include "order/order_schema.hpp"
#include "order/order_state.hpp"
#include "order/quota_sql.hpp"
#include "payment/payment_schema.hpp"
#include "provider/sandbox/sandbox_provider.hpp"
#include "queue/mark_sql.hpp"
#include "queue/queue_schema.hpp"
#include "sql/migration.hpp"
#include "vault/vault_schema.hpp"

namespace kameng {

const std::vector<sql::Migration>& engine::migrations() {
  static const std::vector<sql::Migration> all{
      {.number = 1,
       .name = "the first schema",
       .scripts = {keys::keys_schema, ledger::ledger_schema, queue::queue_schema,
                   audit::audit_schema, command::command_schema, account::account_schema,
                   catalog::catalog_schema, vault::vault_schema, payment::payment_schema,
                   order::order_schema}},
      // A library of the first schema would look for what this one takes away.
      {.number = 2,
       .name = "stock counted in place, quota locks",
       .scripts = {command::command_schema_2, vault::vault_schema_2, order::quota_schema},
       .breaking = true},
      {.number = 3,
       .name = "all goods of a category in order",
       .scripts = {catalog::catalog_schema_3}},
      {.number = 4, .name = "rate limits", .scripts = {limit::server_schema}},
      {.number = 5,
       .name = "accounts and access",
       .scripts = {account::account_schema_5, account::verification_schema, account::factor_schema,
                   account::api_key_schema, account::privacy_schema, account::centre_schema,
                   account::identity_schema, queue::mark_schema, catalog::catalog_schema_5,
                   order::order_schema_5, ledger::ledger_schema_5}},
  };
  return all;
}

namespace {

constexpr std::int64_t open_timeout_ms = 30'000;

class HostClock final : public Clock {
 public:
  explicit HostClock(std::function<std::int64_t()> now_ms) : now_ms_(std::move(now_ms)) {}
  [[nodiscard]] TimeMs now_ms() override { return now_ms_(); }

 private:
  std::function<std::int64_t()> now_ms_;
};

class HostRandom final : public Random {
 public:
  explicit HostRandom(std::function<void(std::span<std::uint8_t>)> fill) : fill_(std::move(fill)) {}
  void fill(std::span<std::uint8_t> bytes) override { fill_(bytes); }

 private:
  std::function<void(std::span<std::uint8_t>)> fill_;
};

class HostLog final : public LogSink {
 public:
  explicit HostLog(std::function<void(int, std::string_view)> write) : write_(std::move(write)) {}
  void write(LogLevel level, std::string_view line) noexcept override {
    write_(static_cast<int>(level), line);
  }

 private:
  std::function<void(int, std::string_view)> write_;
};

bool in_memory(const engine::Config& config) {
  return config.storage.driver == "sqlite" && config.storage.path == ":memory:";
}

Result<Log> open_log(const engine::LogConfig& config, Host& host) {
  const LogLevel level = parse_log_level(config.level).value_or(LogLevel::info);
  if (config.path) {
    KAMENG_TRY(std::unique_ptr<LogSink> sink, open_file_log(*config.path));
    return Log(std::move(sink), level);
  }
  if (host.log) {
    return Log(std::make_shared<HostLog>(std::move(host.log)), level);
  }
  return Log();
}

// Where the master key comes from: the host's slot, the key file, or in memory a random one.
Result<std::shared_ptr<const keys::MasterKeys>> load_master(const engine::Config& config,
                                                            Host& host, bool database_has_keys,
                                                            Random& random) {
  if (host.load_key) {
    SecretBytes bytes(keys::master_key_bytes);
    if (!host.load_key(bytes.span().first<keys::master_key_bytes>())) {
      return Error{Status::failed_precondition, "vault.key_missing",
                   "The host's load_key slot gave no key."};
    }
    KAMENG_TRY(keys::MasterKey key, keys::MasterKey::from_bytes(std::move(bytes)));
    return std::shared_ptr<const keys::MasterKeys>(
        std::make_shared<keys::MasterKeys>(std::move(key)));
  }
  if (!config.vault.key_file) {
    if (!in_memory(config)) {
      return Error{Status::failed_precondition, "vault.key_missing",
                   "A database in a file needs vault.key_file in the configuration, or the host's "
                   "load_key slot."};
    }
    return std::shared_ptr<const keys::MasterKeys>(
        std::make_shared<keys::MasterKeys>(keys::MasterKey::draw(random)));
  }
  const std::string& key_file = *config.vault.key_file;
  Result<std::shared_ptr<const keys::MasterKeys>> key = keys::read_key_file(key_file);
  if (!config.vault.create || database_has_keys) {
    return key;
  }
  if (!key.ok() && key.error().reason == "vault.key_missing") {
    key = keys::create_key_file(key_file, random);
    // Another process may have been quicker; then its key is the key.
    if (!key.ok() && key.error().reason == "vault.key_file_exists") {
      key = keys::read_key_file(key_file);
    }
  }
  KAMENG_CHECK(key);
  KAMENG_CHECK(keys::keep_key_file(key_file));
  return key;
}

Result<std::shared_ptr<const keys::KeyRing>> open_keys(const engine::Config& config, Host& host,
                                                       sql::Database& database, Random& random,
                                                       TimeMs now_ms) {
  const Deadline deadline = Deadline::after_ms(open_timeout_ms);
  bool has_keys = false;
  KAMENG_CHECK(database.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    has_keys = keys::has_rows(tx);
    return {};
  }));
  KAMENG_TRY(const auto master, load_master(config, host, has_keys, random));
  std::shared_ptr<const keys::KeyRing> ring;
  KAMENG_CHECK(database.write(deadline, [&](sql::Transaction& tx) -> Result<void> {
    KAMENG_TRY(ring, keys::open_ring(tx, master, random, now_ms));
    return {};
  }));
  return ring;
}

Result<void> check_config(const engine::Config& config) {
  if (config.providers.sandbox.enabled && !in_memory(config) && !config.allow_sandbox) {
    return Error{
        Status::failed_precondition, "sandbox.not_allowed",
        "The sandbox gives goods away for no money. On a file database it needs allow_sandbox."}
        .at("allow_sandbox");
  }
  return {};
}

Result<void> check_named(const std::string& name, const ops::Registry& registry,
                         std::string_view where) {
  if (registry.find(name) == nullptr) {
    return Error{Status::incompatible, "operation.missing",
                 "This library does not have the required operation `" + name.substr(0, 64) + "`."}
        .at(where);
  }
  return {};
}

Result<void> check_required(const engine::Config& config, const ops::Registry& registry) {
  for (const std::string& name : config.require) {
    KAMENG_CHECK(check_named(name, registry, "require"));
  }
  return {};
}

// Where the limits' buckets are. A host's own connection has none of them: what its transaction
// takes back would be given back to the caller, and its locks would keep others waiting.
limit::Place limits_place(const engine::Config& config, sql::Database& database) {
  limit::Place place{.path = ":memory:", .table_prefix = config.storage.table_prefix};
  if (config.storage.driver == "sqlite" && !in_memory(config)) {
    // However the file is called, and wherever this process goes.
    std::error_code unresolved;
    const std::filesystem::path real = std::filesystem::canonical(config.storage.path, unresolved);
    place.path = (unresolved ? config.storage.path : real.string()) + "-limits";
    place.vfs = engine::seams_in_use().vfs;
  } else if (engine::is_server(config.storage.driver)) {
    place.path.clear();
    place.shop = &database;
  }
  return place;
}

Result<std::unique_ptr<limit::Limiter>> make_limiter(const Engine::State& state) {
  limit::Options options{.place = limits_place(state.config, *state.database),
                         .config = state.config.limits};
  for (const auto& operation : state.registry.all()) {
    if (operation->rate().limits()) {
      options.operations[std::string(operation->name())] = operation->rate();
    }
  }
  for (const limit::OperationRate& rate : state.config.limits.operations) {
    KAMENG_CHECK(check_named(rate.operation, state.registry, "limits.operations"));
    options.operations[rate.operation] = rate;
  }
  return std::make_unique<limit::Limiter>(std::move(options), *state.keys);
}

// What happened by opening: noted in the audit log.
Result<void> note_opening(Engine::State& state) {
  if (!state.config.providers.sandbox.enabled || in_memory(state.config)) {
    return {};
  }
  const Result<void> noted = state.database->write(
      Deadline::after_ms(open_timeout_ms), [&](sql::Transaction& tx) -> Result<void> {
        const audit::Entry entry{
            .kind = "sandbox.allowed", .subject = "sandbox", .details = {}, .published = false};
        audit::append(tx, {&entry, 1}, "host", state.clock->now_ms());
        return {};
      });
  // A shop that moves is read on, and its copy is gone on with.
  return !noted && noted.error().reason == "storage.moved" ? Result<void>() : noted;
}

Result<void> open_storage(Engine::State& state, Host& host) {
  const engine::Config& config = state.config;
  if (config.storage.slow_ms) {
    state.times = std::make_shared<sql::StatementTimes>(*config.storage.slow_ms);
  }
  KAMENG_TRY(state.database,
             engine::open_database(config.storage, engine::seams_in_use(), state.times));
  const TimeMs now_ms = state.clock->now_ms();
  const Deadline deadline = Deadline::after_ms(open_timeout_ms);
  KAMENG_CHECK(state.database->migrate(engine::migrations(), now_ms, deadline));
  KAMENG_TRY(state.keys, open_keys(config, host, *state.database, *state.random, now_ms));
  return state.database->read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    state.due.reset(engine::next_due(tx).value_or(command::DueHint::never));
    return {};
  });
}

}  // namespace

const std::vector<sql::Migration>& engine::all_migrations() {
  return migrations();
}

Result<std::unique_ptr<Engine>> Engine::open(std::string_view config_text, Host host) {
  auto state = std::make_unique<State>();
  KAMENG_TRY(state->config, engine::read_config(config_text));
  const engine::Config& config = state->config;
  KAMENG_CHECK(check_config(config));
  KAMENG_CHECK(crypto::start());
  KAMENG_CHECK(order::check_transitions());
  if (config.clock.manual_ms) {
    auto manual = std::make_unique<ManualClock>(*config.clock.manual_ms);
    state->manual_clock = manual.get();
    state->clock = std::move(manual);
  } else if (host.now_ms) {
    state->clock = std::make_unique<HostClock>(std::move(host.now_ms));
  } else {
    state->clock = std::make_unique<SystemClock>();
  }
  if (host.random) {
    state->random = std::make_unique<HostRandom>(std::move(host.random));
  } else {
    state->random = std::make_unique<crypto::SystemRandom>();
  }
  KAMENG_TRY(state->log, open_log(config.log, host));
  KAMENG_CHECK(open_storage(*state, host));
  if (config.providers.sandbox.enabled) {
    state->providers.add(
        provider::make_sandbox(SecretBytes(state->keys->key(keys::Purpose::sandbox).span())));
  }
  state->system.manual_clock = state->manual_clock;
  state->system.sandbox = config.providers.sandbox.enabled;
  state->system.driver = config.storage.driver;
  state->system.times = state->times.get();
  state->system.origin = config.origin;
  state->environment = std::make_unique<command::Environment>(
      command::Environment{*state->database, *state->keys, *state->clock, *state->random,
                           state->log, state->refusals, state->due});
  state->services = std::make_unique<engine::Services>(config, state->providers, state->system);
  engine::add_operations(state->registry, *state->services);
  KAMENG_CHECK(state->registry.check());
  KAMENG_CHECK(check_required(config, state->registry));
  KAMENG_TRY(state->limiter, make_limiter(*state));
  state->system.limiter = state->limiter.get();
  KAMENG_CHECK(note_opening(*state));
  state->log.write(LogLevel::info, "engine: open, storage " + config.storage.driver);
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

}  // namespace kameng
