// config.hpp - the configuration document: every key, its bounds and its default, once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/result.hpp>
#include <kameng/storage.hpp>

#include "engine/people_config.hpp"
#include "limit/config.hpp"
#include "order/order_service.hpp"

namespace kameng::engine {

using StorageConfig = storage::Config;

struct VaultConfig {
  std::optional<std::string> key_file;
  bool create = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("key_file", &VaultConfig::key_file,
               "The file with the master key. Keep a copy apart from the database.")
        .length(1, 4096);
    f.optional(
        "create", &VaultConfig::create,
        "Make the file (mode 0600) when it is missing and the database holds nothing sealed.");
  }
};

struct BackupConfig {
  std::optional<std::string> folder;
  std::int64_t every_ms = 86'400'000;
  std::int64_t increments_max = 6;
  std::int64_t keep = 2;
  std::int64_t timeout_ms = 600'000;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("folder", &BackupConfig::folder,
               "Where the chains go, on another disk; absent: system.run_due makes no backups.")
        .length(1, 4000);
    f.optional("every_ms", &BackupConfig::every_ms, "Time from one backup to the next.")
        .range(60'000, 31'536'000'000);
    f.optional("increments_max", &BackupConfig::increments_max,
               "After so many increments a new chain begins, with a full backup.")
        .range(0, 10'000);
    f.optional("keep", &BackupConfig::keep, "How many chains are kept, the newest included.")
        .range(1, 1000);
    f.optional("timeout_ms", &BackupConfig::timeout_ms,
               "How long one backup may take, on top of system.run_due's own budget.")
        .range(1000, 86'400'000);
  }
};

struct SandboxConfig {
  bool enabled = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("enabled", &SandboxConfig::enabled,
               "A provider for tests and first steps; takes no money.");
  }
};

struct ProvidersConfig {
  SandboxConfig sandbox;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("sandbox", &ProvidersConfig::sandbox, "The sandbox provider.");
  }
};

struct ClockConfig {
  std::optional<std::int64_t> manual_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("manual_ms", &ClockConfig::manual_ms,
               "Start of a clock that system.advance_clock moves; absent: the system's clock.")
        .range(0, 9'007'199'254'740'991);
  }
};

struct LogConfig {
  std::optional<std::string> path;
  std::string level = "info";

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("path", &LogConfig::path,
               "Lines are appended to this file; absent: the host's log slot, or none.")
        .length(1, 4096);
    f.optional("level", &LogConfig::level, "The most detailed level that is written.")
        .one_of({"error", "warning", "info", "debug", "trace"});
  }
};

struct OrdersConfig : order::Config {
  template <class Fields>
  static void fields(Fields& f) {
    f.optional("hold_ms", &OrdersConfig::hold_ms, "How long an unpaid order holds its codes.")
        .range(60'000, 604'800'000);
    f.optional("closing_ms", &OrdersConfig::closing_ms,
               "How long a provider is asked to close a payment before the codes go back.")
        .range(0, 86'400'000);
    f.optional("stock_wait_ms", &OrdersConfig::stock_wait_ms,
               "How long a paid order waits for stock before its money goes back.")
        .range(0, 2'592'000'000);
    f.optional("unpaid_per_account", &OrdersConfig::unpaid_per_account,
               "Unpaid orders of one account.")
        .range(1, 100'000);
    f.optional("unpaid_per_contact", &OrdersConfig::unpaid_per_contact,
               "Unpaid orders of one contact.")
        .range(1, 100'000);
    f.optional("unpaid_per_device", &OrdersConfig::unpaid_per_device,
               "Unpaid orders of one device.")
        .range(1, 100'000);
    f.optional("unpaid_per_network", &OrdersConfig::unpaid_per_network,
               "Unpaid orders of one IPv4 /24 or IPv6 /56.")
        .range(1, 1'000'000);
  }
};

// Who runs the shop, as Chinese law wants it shown; for system.readiness.
struct OperatorConfig {
  std::optional<std::string> icp_number;
  std::optional<std::string> public_security_number;
  std::optional<std::string> privacy_version;
  std::optional<std::string> terms_version;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("icp_number", &OperatorConfig::icp_number,
               "ICP filing (ICP备) or licence (ICP证) number of the site.")
        .length(1, 64);
    f.optional("public_security_number", &OperatorConfig::public_security_number,
               "Public security filing number (公安备案).")
        .length(1, 64);
    f.optional("privacy_version", &OperatorConfig::privacy_version,
               "Version of the privacy policy in force.")
        .length(1, 64);
    f.optional("terms_version", &OperatorConfig::terms_version,
               "Version of the terms of service in force.")
        .length(1, 64);
  }
};

struct GatewayConfig {
  std::vector<std::string> trusted_proxies;
  std::string forwarded_header = "x-forwarded-for";
  std::vector<std::string> cors_origins;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("trusted_proxies", &GatewayConfig::trusted_proxies,
               "Addresses and networks (10.0.0.0/8, 2001:db8::/32) whose word about the client's "
               "address is taken; empty: nobody's.")
        .count(0, 100)
        .length(1, 64);
    f.optional("forwarded_header", &GatewayConfig::forwarded_header,
               "The header in which the trusted proxies say it; the other one is ignored.")
        .one_of({"x-forwarded-for", "forwarded"});
    f.optional("cors_origins", &GatewayConfig::cors_origins,
               "Origins (https://shop.example) whose pages may call; empty: none.")
        .count(0, 100)
        .length(1, 255);
  }
};

struct Config {
  StorageConfig storage;
  VaultConfig vault;
  ProvidersConfig providers;
  bool allow_sandbox = false;
  ClockConfig clock;
  AccountsConfig accounts;
  IdentitiesConfig identities;
  OrdersConfig orders;
  limit::Config limits;
  BackupConfig backup;
  LogConfig log;
  GatewayConfig gateway;
  OperatorConfig operated_by;
  std::string origin = "kameng";
  std::int64_t timeout_ms = 10'000;
  bool share = false;
  std::vector<std::string> require;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("storage", &Config::storage, "Where the shop lives.");
    f.optional("vault", &Config::vault,
               "The master key. Needed for a file; in memory a random key is used.");
    f.optional("providers", &Config::providers, "Who takes money.");
    f.optional("allow_sandbox", &Config::allow_sandbox,
               "Needed to enable the sandbox on a file database; audited.");
    f.optional("clock", &Config::clock, "The engine's time.");
    f.optional("accounts", &Config::accounts, "Customers.");
    f.optional("identities", &Config::identities, "Who else may vouch for a customer.");
    f.optional("orders", &Config::orders, "Orders and their quotas.");
    f.optional("limits", &Config::limits, "How often who may call.");
    f.optional("backup", &Config::backup, "When system.run_due makes backups, and where.");
    f.optional("log", &Config::log, "What the engine tells its operator.");
    f.optional("gateway", &Config::gateway, "What kameng_http believes and allows.");
    f.optional("operator", &Config::operated_by, "Who runs the shop; see system.readiness.");
    f.optional("origin", &Config::origin, "Name of the audit log in its checkpoints.")
        .length(1, 100);
    f.optional("timeout_ms", &Config::timeout_ms,
               "How long a call may take unless its context says.")
        .range(1, 3'600'000);
    f.optional(
        "share", &Config::share,
        "One engine per process for this configuration; it stays open until the process ends.");
    f.optional("require", &Config::require,
               "Operations the host needs; opening fails when one is missing.")
        .count(0, 1000);
  }
};

// Reasons: those of documents and fields, and config.* (INVALID_ARGUMENT).
[[nodiscard]] Result<Config> read_config(std::string_view text);

}  // namespace kameng::engine
