// connect.cpp - how a connection is opened: settings, whose file it is, and what a crash left
// behind.
#include <algorithm>
#include <thread>

#include <sys/stat.h>

#include "sql/sqlite/connection.hpp"
#include "sql/sqlite/fault.hpp"

namespace kameng::sql::sqlite {

namespace {

constexpr std::int64_t application_id = 0x6B6D6E67;  // "kmng"
constexpr int operations_between_clocks = 10'000;
constexpr std::chrono::milliseconds truncate_patience{100};

Error incompatible(std::string_view reason, std::string_view message) {
  Error error;
  error.status = Status::incompatible;
  error.reason = reason;
  error.message = message;
  return error;
}

// A database of another program, told apart from other failures by its native code, which SQLite
// never gives.
constexpr int foreign_code = -1;
constexpr int no_wal_code = -2;

Failure of_code(int code) {
  Failure failure;
  failure.fault = Fault::misuse;
  failure.native_code = code;
  return failure;
}

Error open_error(const Failure& failure) {
  switch (failure.native_code) {
    case foreign_code:
      return incompatible("storage.foreign_file", "The file belongs to another program.");
    case no_wal_code:
      return incompatible("storage.wal_unsupported", "The file cannot have a write-ahead log.");
    default:
      return to_error(failure);
  }
}

bool has_wal(const std::string& real_path) {
  struct stat status {};
  return ::stat((real_path + "-wal").c_str(), &status) == 0 && status.st_size > 0;
}

// Tries again while another process is in the way, until the deadline.
template <class Attempt>
Failure persist(const Deadline& deadline, const Attempt& attempt) {
  for (;;) {
    Failure failure = attempt();
    if (failure.fault != Fault::busy || deadline.over()) {
      return failure;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const Options& options,
                                                                 const std::string& real_path,
                                                                 Role role) {
  const bool in_memory = real_path == ":memory:";
  const bool wal_was_there = !in_memory && has_wal(real_path);
  // READWRITE for readers too: a WAL's index is written by those who read. No CREATE: the file is
  // there already, with its mode. No URI: a real path begins with a slash, so a host that switched
  // URIs on changes nothing.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    SQLITE_OPEN_EXRESCODE | (in_memory ? SQLITE_OPEN_MEMORY : 0);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(real_path.c_str(), &database, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) {
    const Failure failure = failure_of(database, code, "open", options.table_prefix);
    sqlite3_close_v2(database);
    return to_error(failure);
  }
  auto connection = std::make_unique<SqliteConnection>(options, database);
  if (!in_memory && sqlite3_db_readonly(database, "main") != 0) {
    return to_error(connection->failure(SQLITE_READONLY, "open"));
  }
  const Deadline deadline = Deadline::after_ms(options.open_timeout_ms);
  KAMENG_CHECK(connection->configure(role, deadline));
  if (role == Role::writer) {
    KAMENG_CHECK(connection->settle(deadline, in_memory));
  }
  if (role == Role::writer && wal_was_there) {
    // Recovery may show a commit that was never flushed, and somebody may be told of it. After this
    // it is in the database file for good. Another process that has the file open did its own
    // recovery, so BUSY is no harm.
    const Failure failure = persist(Deadline::after_ms(truncate_patience.count()), [&] {
      return connection->checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    });
    if (failure && failure.fault != Fault::busy) {
      return to_error(failure);
    }
  }
  if (role == Role::reader && connection->run("PRAGMA query_only=ON") != SQLITE_OK) {
    return to_error(connection->failure(SQLITE_ERROR, "open"));
  }
  connection->has_seams_ = options.before_statement || options.trace;
  return connection;
}

Result<void> SqliteConnection::configure(Role role, const Deadline& deadline) {
  sqlite3_extended_result_codes(database_, 1);
  const int on[] = {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY};
  const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                     SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML};
  int code = SQLITE_OK;
  for (const int setting : on) {
    code = code == SQLITE_OK ? sqlite3_db_config(database_, setting, 1, nullptr) : code;
  }
  for (const int setting : off) {
    code = code == SQLITE_OK ? sqlite3_db_config(database_, setting, 0, nullptr) : code;
  }
  sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(database_, operations_between_clocks, on_progress, this);
  const std::int64_t cache_kib =
      role == Role::writer ? options_->writer_cache_kib : options_->reader_cache_kib;
  const std::string settings[] = {
      options_->durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF",
      "PRAGMA temp_store=MEMORY",
      "PRAGMA mmap_size=0",
      "PRAGMA secure_delete=ON",
      "PRAGMA cache_size=-" + std::to_string(cache_kib),
      "PRAGMA wal_autocheckpoint=0",
      "PRAGMA journal_size_limit=" + std::to_string(options_->wal_bytes_max)};
  for (const std::string& setting : settings) {
    // Some of them read the schema, so another process that is just recovering the file may be in
    // the way.
    const Failure failed = persist(deadline, [&] {
      code = code == SQLITE_OK || fault_of(code) == Fault::busy ? run(setting) : code;
      return failure(code, "open");
    });
    if (failed) {
      return to_error(failed);
    }
  }
  sqlite3_wal_hook(database_, on_commit,
                   this);  // after wal_autocheckpoint, which would take its place
  // In memory there is no other connection to be ahead of, and a work that only reads then has
  // nothing to commit.
  const bool in_memory = sqlite3_db_filename(database_, "main")[0] == '\0';
  const std::pair<Prepared*, const char*> own[] = {
      {&begin_read_, "BEGIN"},
      {&begin_write_, in_memory ? "BEGIN" : "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"}};
  for (const auto& [place, sql] : own) {
    sqlite3_stmt* prepared = nullptr;
    code = code == SQLITE_OK ? sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                  &prepared, nullptr)
                             : code;
    place->reset(prepared);
  }
  return code == SQLITE_OK ? Result<void>() : Result<void>(to_error(failure(code, "open")));
}

Result<void> SqliteConnection::settle(const Deadline& deadline, bool in_memory) {
  bool is_new = false;
  Failure failed = persist(deadline, [&] { return identify(is_new); });
  if (!failed && !in_memory) {
    failed = persist(deadline, [&] { return enter_wal(); });
  }
  if (!failed && is_new) {
    // Two processes may both come here; they write the same number.
    failed = persist(deadline, [&] {
      return failure(run("PRAGMA application_id=" + std::to_string(application_id)), "open");
    });
  }
  if (!failed) {
    failed = failure(run("PRAGMA page_size", &page_bytes_), "open");
  }
  return failed ? Result<void>(open_error(failed)) : Result<void>();
}

// Whose file it is. A file without any table is new. Both are read of one moment: between two reads
// another process may mark the file and fill it, and it would look like a stranger's.
Failure SqliteConnection::identify(bool& is_new) {
  std::int64_t id = 0, tables = 0;
  Failure failed = begin_read();
  for (const auto& [sql, into] :
       {std::pair{"PRAGMA application_id", &id}, {"SELECT count(*) FROM sqlite_schema", &tables}}) {
    failed = failed ? failed : failure(run(sql, into), "open");
  }
  rollback();
  if (failed) {
    return failed;
  }
  is_new = id == 0 && tables == 0;
  return is_new || id == application_id ? Failure{} : of_code(foreign_code);
}

Failure SqliteConnection::enter_wal() {
  std::string mode;
  const int code = run("PRAGMA journal_mode=WAL", nullptr, &mode);
  if (code != SQLITE_OK) {
    return failure(code, "open");
  }
  return mode == "wal" ? Failure{} : of_code(no_wal_code);
}

}  // namespace kameng::sql::sqlite
