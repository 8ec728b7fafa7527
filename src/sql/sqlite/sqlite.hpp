// sqlite.hpp - opens a SQLite database: a file, or one in memory.
//
// A file has one connection that writes, led by one caller at a time who commits for all who wait,
// and a small pool that reads. In memory there is one connection for both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sql/database.hpp"

namespace kameng::sql::sqlite {

struct Options {
  std::string path;  // ":memory:" or a file; it is made, with mode 0600, when its folder is there
  std::string table_prefix = "kameng_";  // lower-case letters, digits and _; what `{p}` becomes
  std::string vfs;                       // empty: the system's
  std::int64_t writer_cache_kib = 12 * 1024;
  std::int64_t reader_cache_kib = 8 * 1024;
  int readers_max = 8;
  std::int64_t open_timeout_ms = 10'000;  // how long opening waits for other processes
  // False for data that may be lost with the power, like rate limits: commits are not flushed.
  bool durable = true;
  // A writer copies its WAL into the file when it has grown to this.
  std::int64_t wal_bytes_max = 64 * 1024 * 1024;

  // Where statements' times are noted; null: nowhere.
  std::shared_ptr<StatementTimes> times = {};

  // Seams; empty in production. The first is asked before each statement, "begin" and "commit" too,
  // and may name a fault that the statement then ends with, unrun. The second hears every statement
  // with its values.
  std::function<Fault(std::string_view name)> before_statement = {};
  std::function<void(std::string_view name, std::string_view text, std::span<const Value> values)>
      trace = {};
};

// Reasons: storage.foreign_file, storage.not_a_database, storage.wal_unsupported,
// engine.sqlite_too_old (INCOMPATIBLE); storage.read_only, storage.cannot_open, storage.busy,
// storage.io (UNAVAILABLE); storage.corrupt (DATA_LOSS); storage.table_prefix (INVALID_ARGUMENT);
// engine.opened_before_fork (MISUSE).
[[nodiscard]] Result<std::unique_ptr<Database>> open(const Options& options);

}  // namespace kameng::sql::sqlite
