// connection.hpp - one connection to a SQLite database, with its settings, prepared statements and
// waiting rules.
//
// SQLite's own mutexes are off: the leader's lock and the pool of readers already see to it that
// one thread at a time uses a connection, and an uncontended mutex per call would be paid some
// forty times in each trade.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "sql/database.hpp"
#include "sql/driver.hpp"
#include "sql/sqlite/cursor.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::sql::sqlite {

enum class Role { writer, reader };

class SqliteConnection final : public Connection {
 public:
  using Monotonic = std::chrono::steady_clock;

  // `options` outlives the connection. The writer checks that the file is ours, makes it ours when
  // it is new, and empties a WAL that somebody left, before anything is answered from it.
  [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(const Options& options,
                                                                      const std::string& real_path,
                                                                      Role role);
  SqliteConnection(const Options& options, sqlite3* database)
      : options_(&options), database_(database) {
    time_with(options.times.get());
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }
  [[nodiscard]] Cursor* prepare(const Statement& statement, Failure& failure) override;
  [[nodiscard]] std::int64_t changes() const override { return sqlite3_changes64(database_); }
  [[nodiscard]] Failure execute(std::string_view script) override;
  [[nodiscard]] std::string script_text(std::string_view script) const override;
  [[nodiscard]] Failure begin_read() override;
  [[nodiscard]] Failure begin_write(const Deadline& deadline) override;
  [[nodiscard]] Failure commit() override;
  void rollback() override;
  [[nodiscard]] Failure savepoint(std::string_view name) override;
  [[nodiscard]] Failure release(std::string_view name) override;
  [[nodiscard]] Failure rollback_to(std::string_view name) override;
  [[nodiscard]] bool in_transaction() const override {
    return sqlite3_get_autocommit(database_) == 0;
  }

  // A statement that runs past this point is interrupted. Never inside begin or commit.
  void interrupt_at(Monotonic::time_point at) noexcept { interrupt_at_ = at; }
  void never_interrupt() noexcept { interrupt_at_ = Monotonic::time_point::max(); }
  // Closes what a caller left open.
  void close_cursors();

  // How many statements have changed the database, or tried with success, since the connection was
  // opened.
  [[nodiscard]] std::int64_t writes() const noexcept { return writes_; }
  [[nodiscard]] std::int64_t statements() const noexcept {
    return statements_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t busy_waits() const noexcept {
    return busy_waits_.load(std::memory_order_relaxed);
  }
  // Another process wanted the writer a moment ago.
  [[nodiscard]] bool contended() const;
  // Bytes of WAL after this connection's last commit.
  [[nodiscard]] std::int64_t wal_bytes() const noexcept {
    return wal_bytes_.load(std::memory_order_relaxed);
  }
  // Copies what this connection's open transaction sees into an empty file, a step at a time, by
  // SQLite's online backup.
  [[nodiscard]] Failure copy_to(const std::string& path, const Deadline& deadline);
  // `mode` is one of SQLITE_CHECKPOINT_....
  [[nodiscard]] Failure checkpoint(int mode);
  [[nodiscard]] Result<std::vector<std::string>> explain(std::string_view sql);
  // Name and SQL of every statement that is prepared here.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> prepared() const;

  // For cursors.
  [[nodiscard]] Failure failure(int code, std::string_view statement) const;
  [[nodiscard]] bool has_seams() const noexcept { return has_seams_; }
  [[nodiscard]] Fault announce(std::string_view name, std::string_view text,
                               std::span<const Value> values) const;
  void count_write() noexcept { ++writes_; }
  void give_back() noexcept { --cursors_in_use_; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  [[nodiscard]] Result<void> configure(Role role, const Deadline& deadline);
  [[nodiscard]] Result<void> settle(const Deadline& deadline, bool in_memory);  // writer only
  [[nodiscard]] Failure identify(bool& is_new);
  [[nodiscard]] Failure enter_wal();
  // Runs one statement of ours; the first column of its first row goes to `number` or `text`.
  [[nodiscard]] int run(const std::string& sql, std::int64_t* number = nullptr,
                        std::string* text = nullptr) const;
  [[nodiscard]] Cursor* prepare_new(const Statement& statement, Failure& failure);
  [[nodiscard]] Failure step_once(const Prepared& prepared, std::string_view name) const;
  [[nodiscard]] Failure execute_named(std::string_view verb, std::string_view name);

  static int on_progress(void* self);
  static int on_commit(void* self, sqlite3* database, const char* schema, int pages);

  const Options* options_;
  sqlite3* database_;
  bool has_seams_ = false;
  std::int64_t page_bytes_ = 4096;
  std::unordered_map<const Statement*, std::unique_ptr<SqliteCursor>> cursors_;
  int cursors_in_use_ = 0;
  Prepared begin_read_, begin_write_, commit_, rollback_;
  Monotonic::time_point interrupt_at_ = Monotonic::time_point::max();
  Monotonic::time_point last_busy_ = Monotonic::time_point::min();
  std::int64_t writes_ = 0;
  std::atomic<std::int64_t> statements_{0}, busy_waits_{0}, wal_bytes_{0};
};

}  // namespace kameng::sql::sqlite
