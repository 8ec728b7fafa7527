// copy.cpp - one moment of a database, copied into a file while others write.
//
// SQLite's backup begins again whenever another connection has written between two of its steps,
// unless its source is inside a read transaction: then every step reads that transaction's
// snapshot. So the copy ends however busy the shop is, and holds no lock that a writer waits for;
// what it costs is that the WAL cannot start over before the copy is done.
#include <memory>

#include "sql/sqlite/connection.hpp"
#include "sql/sqlite/fault.hpp"

namespace kameng::sql::sqlite {

namespace {

constexpr int pages_a_step = 256;  // 1 MiB between two looks at the clock

struct Finish {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

}  // namespace

Failure SqliteConnection::copy_to(const std::string& path, const Deadline& deadline) {
  // The first read takes the snapshot; BEGIN alone does not.
  std::int64_t tables = 0;
  int code = run("SELECT count(*) FROM sqlite_schema", &tables);
  if (code != SQLITE_OK) {
    return failure(code, "copy");
  }
  sqlite3* opened = nullptr;
  code = sqlite3_open_v2(path.c_str(), &opened,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                             SQLITE_OPEN_EXRESCODE,
                         options_->vfs.empty() ? nullptr : options_->vfs.c_str());
  const SqliteConnection target(*options_, opened);
  // A copy that breaks off is thrown away, so it needs no journal; whoever keeps it flushes it.
  for (const char* setting : {"PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF",
                              "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA cache_size=-2048"}) {
    code = code == SQLITE_OK ? target.run(setting) : code;
  }
  if (code != SQLITE_OK) {
    return target.failure(code, "copy");
  }
  std::unique_ptr<sqlite3_backup, Finish> backup(
      sqlite3_backup_init(opened, "main", database_, "main"));
  if (!backup) {
    return target.failure(sqlite3_extended_errcode(opened), "copy");
  }
  do {
    Failure stopped;
    stopped.statement = "copy";
    // The seam is asked before each step, so that a test can fail any of them.
    stopped.fault = deadline.over()              ? Fault::interrupted
                    : options_->before_statement ? options_->before_statement("copy")
                                                 : Fault::none;
    if (stopped) {
      return stopped;
    }
    code = sqlite3_backup_step(backup.get(), pages_a_step);
  } while (code == SQLITE_OK);
  const int finished = sqlite3_backup_finish(backup.release());
  return failure_of(opened, code == SQLITE_DONE ? finished : code, "copy", options_->table_prefix);
}

}  // namespace kameng::sql::sqlite
