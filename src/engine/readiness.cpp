#include "engine/readiness.hpp"

#include <cstdlib>
#include <string>

#include "audit/checkpoint.hpp"
#include "engine/backup_service.hpp"
#include "engine/readiness_sql.hpp"
#include "queue/job.hpp"

namespace kameng::engine {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t worker_quiet_max_ms = 2 * minute_ms;
constexpr std::int64_t skew_max_ms = 5'000;
constexpr std::int64_t checkpoint_age_max_ms = 24 * 60 * minute_ms;

using system::ReadinessCheck;

ReadinessCheck ok(std::string_view name, std::string detail) {
  return {std::string(name), "ok", std::move(detail), ""};
}
ReadinessCheck bad(std::string_view name, std::string_view state, std::string detail,
                   std::string fix) {
  return {std::string(name), std::string(state), std::move(detail), std::move(fix)};
}

// A number or version that the operator has to have.
ReadinessCheck stated(std::string_view name, const std::optional<std::string>& value,
                      std::string_view what, std::string_view field) {
  if (value) {
    return ok(name, *value);
  }
  return bad(name, "missing", std::string(what) + " is not known.",
             "Set operator." + std::string(field) + " in the configuration.");
}

std::string minutes(std::int64_t ms) {
  return std::to_string(ms / minute_ms) + " min ago";
}

ReadinessCheck backup_age(const ReadinessFacts& facts) {
  constexpr std::string_view name = "backup.age";
  if (facts.server) {
    return bad(name, "unknown", "A server is backed up with its own tools.",
               "See docs/BACKUP.md, and restore one from time to time.");
  }
  if (facts.backup_every_ms == 0) {
    return bad(name, "missing", "Nobody makes backups.",
               "Set backup.folder in the configuration, and call system.run_due.");
  }
  if (!facts.newest_backup_ms) {
    return bad(name, "missing", "There is no backup yet.", "Call system.run_due.");
  }
  const std::int64_t age = facts.now_ms - *facts.newest_backup_ms;
  if (age > 2 * facts.backup_every_ms) {
    return bad(name, "missing", "The newest is of " + minutes(age) + ".",
               "See the events backup.failed, and that system.run_due is called.");
  }
  return ok(name, minutes(age));
}

ReadinessCheck worker(const ReadinessFacts& facts) {
  constexpr std::string_view name = "worker.alive";
  const std::string fix = "Call system.run_due from a timer, or run kameng-worker.";
  if (!facts.last_run_due_ms) {
    return bad(name, "missing", "system.run_due never ran.", fix);
  }
  const std::int64_t quiet = facts.now_ms - *facts.last_run_due_ms;
  return quiet > worker_quiet_max_ms
             ? bad(name, "missing", "system.run_due last ran " + minutes(quiet) + ".", fix)
             : ok(name, "system.run_due runs.");
}

ReadinessCheck clock(const ReadinessFacts& facts) {
  constexpr std::string_view name = "clock.skew";
  if (facts.manual_clock) {
    return bad(name, "missing", "The clock is a manual one.", "Leave out clock.manual_ms.");
  }
  const std::int64_t skew = facts.now_ms - facts.database_now_ms;
  if (std::abs(skew) > skew_max_ms) {
    return bad(name, "missing",
               "The engine's clock and the database's are " + std::to_string(skew) + " ms apart.",
               "Run an NTP client on both machines.");
  }
  return ok(name, std::to_string(skew) + " ms");
}

ReadinessCheck checkpoint(const ReadinessFacts& facts) {
  constexpr std::string_view name = "audit.checkpoint";
  const bool fresh =
      facts.checkpoint_ms && facts.now_ms - *facts.checkpoint_ms <= checkpoint_age_max_ms;
  return fresh ? ok(name, minutes(facts.now_ms - *facts.checkpoint_ms))
               : bad(name, "warning", "No checkpoint of the audit log was signed for a day.",
                     "Call audit.checkpoint once a day, and keep the note in another place.");
}

}  // namespace

system::ReadinessView judge(const OperatorConfig& operator_config, const ReadinessFacts& facts) {
  system::ReadinessView view;
  std::vector<ReadinessCheck>& checks = view.checks;
  checks.push_back(stated("operator.icp", operator_config.icp_number,
                          "The site's ICP filing or licence number", "icp_number"));
  checks.push_back(stated("operator.public_security", operator_config.public_security_number,
                          "The public security filing number", "public_security_number"));
  checks.push_back(stated("operator.privacy_policy", operator_config.privacy_version,
                          "The version of the privacy policy in force", "privacy_version"));
  checks.push_back(stated("operator.terms", operator_config.terms_version,
                          "The version of the terms in force", "terms_version"));
  checks.push_back(facts.sandbox ? bad("payment.sandbox_off", "missing",
                                       "The sandbox gives goods for no money.",
                                       "Take sandbox out of providers.")
                                 : ok("payment.sandbox_off", "The sandbox is off."));
  checks.push_back(facts.live_provider
                       ? ok("payment.live", "A provider takes money.")
                       : bad("payment.live", "missing", "No provider takes real money.",
                             "This release has the sandbox and the wallet alone; wait for one with "
                             "channels, or sell by wallet."));
  checks.push_back(facts.in_memory ? bad("storage.durable", "missing",
                                         "The shop lives in memory and ends with the process.",
                                         "Set storage.path, or a server's storage.dsn.")
                                   : ok("storage.durable", "On disk."));
  checks.push_back(backup_age(facts));
  checks.push_back(worker(facts));
  checks.push_back(clock(facts));
  checks.push_back(facts.memory_locked ? ok("vault.memory_locked", "Keys are never swapped out.")
                                       : bad("vault.memory_locked", "warning",
                                             "The system refused to lock the pages of keys.",
                                             "Raise RLIMIT_MEMLOCK (ulimit -l) of the process."));
  checks.push_back(checkpoint(facts));
  view.ready = true;
  for (const ReadinessCheck& check : checks) {
    view.ready = view.ready && check.state != "missing";
  }
  return view;
}

ReadinessService::ReadinessService(const Config& config, const BackupService& backup,
                                   const SystemState& state)
    : operator_(config.operated_by), backup_(&backup), state_(&state) {
  fixed_.in_memory = config.storage.driver == "sqlite" && config.storage.path == ":memory:";
  fixed_.server = config.storage.driver != "sqlite";
  fixed_.backup_every_ms = config.backup.folder ? config.backup.every_ms : 0;
}

Result<system::ReadinessView> ReadinessService::check(command::Query& query,
                                                      const system::Readiness& /*request*/) {
  ReadinessFacts facts = fixed_;
  facts.now_ms = query.call.now_ms;
  facts.sandbox = state_->sandbox;
  facts.manual_clock = state_->manual_clock != nullptr;
  facts.memory_locked = SecretBytes::all_locked();
  facts.newest_backup_ms = facts.backup_every_ms > 0 ? backup_->newest() : std::nullopt;
  facts.last_run_due_ms = queue::last_due_run(query.tx);
  if (const auto latest = audit::latest_checkpoint(query.tx)) {
    facts.checkpoint_ms = latest->at_ms;
  }
  sql::Rows rows = query.tx.query(database_now);
  facts.database_now_ms = rows.next() ? rows.int64(0) : 0;
  return judge(operator_, facts);
}

}  // namespace kameng::engine
