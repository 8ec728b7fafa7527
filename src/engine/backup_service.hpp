// backup_service.hpp - backups of a shop in SQLite: made, checked, restored, and made on time.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/backup.hpp>

#include "backup/chain.hpp"
#include "command/command.hpp"
#include "engine/config.hpp"
#include "engine/system_state.hpp"

namespace kameng::engine {

// What a database that is not SQLite is backed up with: FAILED_PRECONDITION backup.server_tool,
// the commands in its details.
[[nodiscard]] Error server_tool(std::string_view driver);

class BackupService {
 public:
  BackupService(BackupConfig schedule, SystemState& state)
      : schedule_(std::move(schedule)), state_(&state) {}

  [[nodiscard]] Result<backup::Point> create(command::Command& command,
                                             const backup::Create& request);
  [[nodiscard]] Result<backup::Point> increment(command::Command& command,
                                                const backup::Increment& request);
  [[nodiscard]] Result<backup::Verified> verify(command::Command& command,
                                                const backup::Verify& request);
  [[nodiscard]] Result<backup::Point> restore(command::Command& command,
                                              const backup::Restore& request);

  // When the schedule's newest backup was made; nothing when there is none that can be read.
  [[nodiscard]] std::optional<TimeMs> newest() const;

  // One backup when the configuration wants one now, and which kind it was. It may take the
  // schedule's timeout longer than `patience_ms`. What goes wrong is logged and told as the event
  // backup.failed, and tried again after a while. Acts as the system, whoever asked.
  [[nodiscard]] std::optional<std::string_view> make_due(command::Environment& environment,
                                                         TimeMs now_ms, std::int64_t patience_ms);

 private:
  // Adds a point and an entry of it to the audit log, or neither.
  [[nodiscard]] Result<backup::Point> add(command::Command& command, const backup::Folder& folder,
                                          const std::optional<backup::Manifest>& parent);
  [[nodiscard]] Result<backup::Manifest> parent_in(command::Command& command,
                                                   const backup::Folder& folder) const;
  [[nodiscard]] Result<backup::Verified> inspect(command::Command& command, const std::string& path,
                                                 const backup::Manifest& manifest) const;

  [[nodiscard]] Result<void> forget_again(command::Command& command, const std::string& path) const;

  // The schedule (backup_schedule.cpp).
  enum class Next { wait, extend, begin };
  // What becomes of the newest chain.
  [[nodiscard]] Next next_for(const backup::Manifest& last, TimeMs now_ms) const;
  [[nodiscard]] Result<std::optional<std::string_view>> make_next(command::Command& command);
  // Extends it when it is time to; begin: another chain is wanted.
  [[nodiscard]] Result<Next> extend(command::Command& command, const std::string& chain);
  [[nodiscard]] Result<void> begin(command::Command& command, std::int64_t number);
  void tell_failure(command::Command& command, const Error& error);

  BackupConfig schedule_;
  SystemState* state_;
  // One backup of the schedule at a time in this process, and when it has nothing to do.
  std::mutex mutex_;
  TimeMs quiet_from_ms_ = 0;
  TimeMs quiet_until_ms_ = 0;
};

}  // namespace kameng::engine
