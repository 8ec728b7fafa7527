#include "engine/backup_service.hpp"

#include <cerrno>
#include <memory>
#include <utility>

#include <unistd.h>

#include "account/privacy.hpp"
#include "audit/checkpoint.hpp"
#include "audit/log.hpp"
#include "backup/file.hpp"
#include "engine/privacy_service.hpp"
#include "engine/self_check.hpp"
#include "engine/state.hpp"
#include "keys/key_store.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::engine {
namespace {

using backup::Folder;
using backup::Manifest;

backup::Point point_of(const Manifest& manifest) {
  return {.number = manifest.number,
          .at_ms = manifest.at_ms,
          .bytes = manifest.bytes,
          .stored_bytes = manifest.stored_bytes,
          .hash = manifest.hash};
}

std::string shop_of(const command::Command& command) {
  return to_hex(command.keys().public_key());
}

Result<void> check_driver(const SystemState& state) {
  return state.driver == "sqlite" ? Result<void>() : server_tool(state.driver);
}

// In the audit log a backup goes by its hash: who has a chain in hand can see whether it is the one
// that was made.
audit::Entry entry_of(std::string_view kind, const Manifest& manifest) {
  return {.kind = kind,
          .subject = manifest.hash,
          .details = {{"number", manifest.number}, {"bytes", manifest.bytes}}};
}

// The answer, once the log has the entry.
template <class Answer>
Result<Answer> recorded(command::Command& command, audit::Entry entry, const Answer& answer) {
  struct Plan {
    std::vector<audit::Entry> entries;
  };
  const Plan plan{{std::move(entry)}};
  return command.phase<Answer>([&](sql::Transaction& tx) -> Result<Answer> {
    return command.settle<Answer>(tx, command::Decision<Plan>::accept(plan),
                                  [&](const Plan&) { return answer; });
  });
}

// What is beside a database while it is open. One that was left there by another database would be
// read into this one.
constexpr std::string_view companions[] = {"-wal", "-shm", "-journal"};

Result<void> check_free(const std::string& path) {
  bool taken = backup::exists(path);
  for (const std::string_view suffix : companions) {
    taken = taken || backup::exists(path + std::string(suffix));
  }
  return taken ? backup::error_of(EEXIST, "path") : Result<void>();
}

// A file that goes when this goes.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    backup::remove_quietly(path_);
    for (const std::string_view suffix : companions) {
      backup::remove_quietly(path_ + std::string(suffix));
    }
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string random_name(command::Command& command) {
  return to_hex(command.random().draw<8>());
}

}  // namespace

Error server_tool(std::string_view driver) {
  struct Tool {
    std::string_view driver, dump, copy;
  };
  static constexpr Tool tools[] = {
      {"postgres", "pg_dump --format=custom --file=shop.dump --dbname=DATABASE",
       "pg_basebackup --pgdata=FOLDER --format=tar --wal-method=stream"},
      {"mariadb",
       "mariadb-dump --single-transaction --quick --hex-blob --result-file=shop.sql DATABASE",
       "mariadb-backup --backup --target-dir=FOLDER"},
  };
  const Error refusal{Status::failed_precondition, "backup.server_tool",
                      "A database on a server is backed up with the server's own tool"};
  for (const Tool& tool : tools) {
    if (tool.driver == driver) {
      Error told = refusal;
      told.message += ": " + std::string(tool.dump);
      return std::move(told).detail("dump", tool.dump).detail("copy", tool.copy);
    }
  }
  return refusal;  // a host's own connection: the host knows what is behind it
}

Result<Manifest> BackupService::parent_in(command::Command& command, const Folder& folder) const {
  KAMENG_TRY(Manifest parent, backup::last_point(folder));
  if (parent.shop != shop_of(command)) {
    return Error{Status::failed_precondition, "backup.foreign",
                 "The folder holds the backups of another shop."}
        .at("folder");
  }
  return parent;
}

Result<backup::Point> BackupService::add(command::Command& command, const Folder& folder,
                                         const std::optional<Manifest>& parent) {
  const backup::Copy copy = [&](const std::string& path) -> Result<void> {
    Result<void> copied = command.environment().database.copy_to(path, command.deadline());
    if (!copied.ok() && copied.error().reason == "storage.full") {
      return Error(copied.error()).at("folder");  // the database is only read
    }
    return copied;
  };
  KAMENG_TRY(
      const Manifest made,
      backup::add_point(folder, parent, {.shop = shop_of(command), .at_ms = command.now_ms()}, copy,
                        command.deadline()));
  Result<backup::Point> answer = recorded(
      command, entry_of(parent ? "backup.incremented" : "backup.created", made), point_of(made));
  if (!answer.ok()) {
    folder.remove_point(made.number);
  }
  return answer;
}

Result<backup::Point> BackupService::create(command::Command& command,
                                            const backup::Create& request) {
  KAMENG_CHECK(check_driver(*state_));
  command.repeatable();
  KAMENG_TRY(const Folder folder, Folder::make_for_chain(request.folder));
  Result<backup::Point> made = add(command, folder, std::nullopt);
  if (!made.ok()) {
    folder.give_up();
  }
  return made;
}

Result<backup::Point> BackupService::increment(command::Command& command,
                                               const backup::Increment& request) {
  KAMENG_CHECK(check_driver(*state_));
  command.repeatable();
  KAMENG_TRY(const Folder folder, Folder::open(request.folder, Folder::Use::writing));
  KAMENG_TRY(Manifest parent, parent_in(command, folder));
  return add(command, folder, std::move(parent));
}

Result<backup::Verified> BackupService::inspect(command::Command& command, const std::string& path,
                                                const Manifest& manifest) const {
  KAMENG_TRY(const std::unique_ptr<sql::Database> database,
             sql::sqlite::open({.path = path, .readers_max = 1, .durable = false}));
  // A backup by an older release is checked as this one would open it.
  KAMENG_CHECK(database->migrate(all_migrations(), command.now_ms(), command.deadline()));
  const std::shared_ptr<const keys::MasterKeys> masters(std::shared_ptr<const keys::MasterKeys>(),
                                                        &command.keys().masters());
  backup::Verified verified{
      .ok = true, .number = manifest.number, .at_ms = manifest.at_ms, .bytes = manifest.bytes};
  std::shared_ptr<const keys::KeyRing> ring;
  const Result<void> opened =
      database->write_alone(command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        KAMENG_TRY(ring, keys::open_ring(tx, masters, command.random(), command.now_ms()));
        return {};
      });
  if (!opened.ok() && opened.error().reason == "vault.key_damaged") {
    verified.ok = false;
    verified.checks.push_back({"backup.keys", false, "a key row does not open"});
    return verified;
  }
  KAMENG_CHECK(opened);
  verified.checks.push_back(
      {"backup.shop", to_hex(ring->public_key()) == manifest.shop, "the manifest's"});
  KAMENG_CHECK(database->read(command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
    verified.audit_entries = audit::size(tx);
    const auto checkpoint = audit::latest_checkpoint(tx);
    verified.checkpoint_size = checkpoint ? static_cast<std::int64_t>(checkpoint->size) : 0;
    for (const Finding& finding : self_check(tx, *ring, state_->origin)) {
      verified.checks.push_back({std::string(finding.name), finding.ok, finding.detail});
    }
    return {};
  }));
  for (const system::Check& check : verified.checks) {
    verified.ok = verified.ok && check.ok;
  }
  return verified;
}

// Whom this shop has forgotten since, the older database forgets too, in today's schema.
Result<void> BackupService::forget_again(command::Command& command, const std::string& path) const {
  sql::Database& own = command.environment().database;
  bool any = false;
  KAMENG_CHECK(own.read(command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
    any = !account::erasures_after(tx, AccountId{}, 1).empty();
    return {};
  }));
  if (!any) {
    return {};
  }
  KAMENG_TRY(const std::unique_ptr<sql::Database> restored,
             sql::sqlite::open({.path = path, .readers_max = 1}));
  KAMENG_CHECK(restored->migrate(all_migrations(), command.now_ms(), command.deadline()));
  return repeat_erasures(own, *restored, command.now_ms(), command.deadline());
}

Result<backup::Verified> BackupService::verify(command::Command& command,
                                               const backup::Verify& request) {
  command.repeatable();
  KAMENG_TRY(const Folder folder, Folder::open(request.folder, Folder::Use::reading));
  const Draft draft(folder.file("verify-" + random_name(command) + ".tmp"));
  KAMENG_TRY(const Manifest manifest,
             backup::rebuild(folder, std::nullopt, draft.path(), "folder", command.deadline()));
  KAMENG_TRY(const backup::Verified verified, inspect(command, draft.path(), manifest));
  audit::Entry entry = entry_of("backup.verified", manifest);
  entry.details.push_back({"ok", std::int64_t{verified.ok ? 1 : 0}});
  return recorded(command, std::move(entry), verified);
}

Result<backup::Point> BackupService::restore(command::Command& command,
                                             const backup::Restore& request) {
  command.repeatable();
  KAMENG_TRY(const Folder folder, Folder::open(request.folder, Folder::Use::reading));
  KAMENG_CHECK(check_free(request.path));
  Result<Manifest> built = [&]() -> Result<Manifest> {
    const Draft draft(request.path + "." + random_name(command) + ".tmp");
    KAMENG_TRY(Manifest manifest,
               backup::rebuild(folder, request.number, draft.path(), "path", command.deadline()));
    KAMENG_CHECK(forget_again(command, draft.path()));
    // Unlike a rename, a link never takes the place of a file that has come there meanwhile.
    if (::link(draft.path().c_str(), request.path.c_str()) != 0) {
      return backup::error_of(errno, "path");
    }
    return manifest;
  }();
  KAMENG_TRY(const Manifest manifest, std::move(built));
  Result<backup::Point> answer = [&]() -> Result<backup::Point> {
    KAMENG_CHECK(backup::flush_folder(backup::folder_of(request.path), "path"));
    return recorded(command, entry_of("backup.restored", manifest), point_of(manifest));
  }();
  if (!answer.ok()) {
    backup::remove_quietly(request.path);
  }
  return answer;
}

}  // namespace kameng::engine
