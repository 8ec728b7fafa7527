// readiness.hpp - whether a shop may go live: the law's numbers and texts, real money, real
// storage, and somebody who does the due work.
#pragma once

#include <kameng/readiness.hpp>

#include "command/command.hpp"
#include "engine/config.hpp"
#include "engine/system_state.hpp"

namespace kameng::engine {

class BackupService;

// What the checks look at. Times are of the engine's clock.
struct ReadinessFacts {
  TimeMs now_ms = 0;
  bool sandbox = false;
  bool live_provider = false;
  bool in_memory = false;
  bool manual_clock = false;
  bool memory_locked = true;
  bool server = false;               // of its own backups
  std::int64_t backup_every_ms = 0;  // 0: nobody makes backups
  std::optional<TimeMs> newest_backup_ms = {};
  std::optional<TimeMs> last_run_due_ms = {};
  std::optional<TimeMs> checkpoint_ms = {};
  TimeMs database_now_ms = 0;
};

// Pure.
[[nodiscard]] system::ReadinessView judge(const OperatorConfig& operator_config,
                                          const ReadinessFacts& facts);

class ReadinessService {
 public:
  ReadinessService(const Config& config, const BackupService& backup, const SystemState& state);
  [[nodiscard]] Result<system::ReadinessView> check(command::Query& query,
                                                    const system::Readiness& request);

 private:
  OperatorConfig operator_;
  ReadinessFacts fixed_;  // what the configuration says
  const BackupService* backup_;
  const SystemState* state_;
};

}  // namespace kameng::engine
