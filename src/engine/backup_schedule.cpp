// backup_schedule.cpp - backups on time. The schedule keeps no state but the chains themselves:
// folders chain-NNNNNN, of which the newest is extended until it is long enough, and then another
// begins and the oldest go.

#include <algorithm>
#include <utility>

#include "engine/backup_service.hpp"

namespace kameng::engine {
namespace {

using backup::Folder;
using backup::Manifest;

constexpr std::string_view chain_prefix = "chain-";
constexpr std::int64_t again_after_ms = 600'000;  // a backup that failed, at the latest

std::string chain_in(const std::string& place, std::int64_t number) {
  return place + "/" + std::string(chain_prefix) + backup::six_digits(number);
}

// What a new chain is the answer to.
bool is_lost(const Error& error) {
  return error.reason == "backup.damaged" || error.reason == "backup.incomplete" ||
         error.reason == "backup.foreign";
}

// All but the newest `keep`.
void remove_old(const std::string& place, std::int64_t newest, std::int64_t keep) {
  for (std::int64_t number = newest - keep; number > 0; --number) {
    const Result<Folder> old = Folder::open(chain_in(place, number), Folder::Use::writing);
    if (!old.ok()) {
      return;  // the ones before it went before it, or somebody is reading it
    }
    old->remove_chain();
    old->remove_if_empty();
  }
}

}  // namespace

BackupService::Next BackupService::next_for(const Manifest& last, TimeMs now_ms) const {
  // A clock that was set back does not stop the backups.
  if (now_ms >= last.at_ms && now_ms < last.at_ms + schedule_.every_ms) {
    return Next::wait;
  }
  return last.number <= schedule_.increments_max ? Next::extend : Next::begin;
}

Result<BackupService::Next> BackupService::extend(command::Command& command,
                                                  const std::string& chain) {
  KAMENG_TRY(const Folder folder, Folder::open(chain, Folder::Use::writing));
  KAMENG_TRY(Manifest last, parent_in(command, folder));
  const Next next = next_for(last, command.now_ms());
  if (next == Next::wait) {
    quiet_from_ms_ = command.now_ms();
    quiet_until_ms_ = last.at_ms + schedule_.every_ms;
  } else if (next == Next::extend) {
    KAMENG_CHECK(add(command, folder, std::move(last)));
  }
  return next;
}

Result<void> BackupService::begin(command::Command& command, std::int64_t number) {
  KAMENG_TRY(const Folder folder, Folder::make_for_chain(chain_in(*schedule_.folder, number)));
  const Result<backup::Point> made = add(command, folder, std::nullopt);
  if (!made.ok()) {
    folder.give_up();
    return made.error();
  }
  remove_old(*schedule_.folder, number, schedule_.keep);
  return {};
}

std::optional<TimeMs> BackupService::newest() const {
  if (!schedule_.folder) {
    return std::nullopt;
  }
  const auto read = [&]() -> Result<TimeMs> {
    KAMENG_TRY(const Folder all, Folder::open(*schedule_.folder, Folder::Use::reading));
    KAMENG_TRY(const std::int64_t number, all.last_subfolder(chain_prefix));
    KAMENG_TRY(const Folder chain,
               Folder::open(chain_in(*schedule_.folder, number), Folder::Use::reading));
    KAMENG_TRY(const Manifest last, backup::last_point(chain));
    return last.at_ms;
  };
  const Result<TimeMs> at_ms = read();
  return at_ms.ok() ? std::optional<TimeMs>(*at_ms) : std::nullopt;
}

Result<std::optional<std::string_view>> BackupService::make_next(command::Command& command) {
  // Whoever holds the folder does the schedule's work, in whichever process.
  KAMENG_TRY(const Folder all, Folder::make(*schedule_.folder));
  KAMENG_TRY(std::int64_t number, all.last_subfolder(chain_prefix));
  Result<Next> next = Next::begin;
  if (number > 0) {
    next = extend(command, chain_in(*schedule_.folder, number));
  }
  if (next.ok() && *next != Next::begin) {
    return *next == Next::extend ? std::optional(backup::Increment::operation) : std::nullopt;
  }
  // A chain that broke off before its first point is begun again in its place.
  const bool broke_off = !next.ok() && next.error().reason == "backup.not_found";
  if (!next.ok() && !broke_off) {
    if (!is_lost(next.error())) {
      return next.error();
    }
    tell_failure(command, next.error());
  }
  KAMENG_CHECK(begin(command, broke_off ? number : number + 1));
  return std::optional(backup::Create::operation);
}

void BackupService::tell_failure(command::Command& command, const Error& error) {
  command::Environment& environment = command.environment();
  environment.log.write(LogLevel::error, "backup: " + error.reason);
  const audit::Entry entry{
      .kind = "backup.failed", .subject = "backup", .details = {{"reason", error.reason}}};
  const Result<void> written =
      environment.database.write(command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        command.record(tx, {entry});
        return {};
      });
  if (!written.ok()) {
    environment.log.write(LogLevel::error, "backup: not recorded: " + written.error().reason);
  }
}

std::optional<std::string_view> BackupService::make_due(command::Environment& environment,
                                                        TimeMs now_ms, std::int64_t patience_ms) {
  if (!schedule_.folder) {
    return std::nullopt;
  }
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || (now_ms >= quiet_from_ms_ && now_ms < quiet_until_ms_)) {
    return std::nullopt;
  }
  const command::Actor system{.kind = command::ActorKind::system};
  const Context context;
  const command::Call call{environment, system, context, now_ms,
                           Deadline::after_ms(patience_ms + schedule_.timeout_ms)};
  command::Command command(call, "system.run_due");
  Result<std::optional<std::string_view>> made =
      state_->driver == "sqlite" ? make_next(command) : server_tool(state_->driver);
  if (made.ok()) {
    return *made;
  }
  if (made.error().reason != "backup.busy") {
    tell_failure(command, made.error());
    quiet_from_ms_ = now_ms;
    quiet_until_ms_ = now_ms + std::min(schedule_.every_ms, again_after_ms);
  }
  return std::nullopt;
}

}  // namespace kameng::engine
