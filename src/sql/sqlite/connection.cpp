// connection.cpp - statements and transactions of one connection. How it is opened is in
// connect.cpp.
#include "sql/sqlite/connection.hpp"

#include <algorithm>
#include <thread>

#include "sql/sqlite/fault.hpp"

namespace kameng::sql::sqlite {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr microseconds busy_sleep_min{200};
constexpr microseconds busy_sleep_max{2000};
constexpr milliseconds contention_memory{100};

// 0.2 to 2 ms. Two processes that wait for each other must not wake in step; the clock's low digits
// are enough of a die.
microseconds jitter() {
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto mixed = static_cast<std::uint64_t>(ticks) * 0x9E3779B97F4A7C15u;
  const auto range = static_cast<std::uint64_t>((busy_sleep_max - busy_sleep_min).count());
  return busy_sleep_min + microseconds(static_cast<std::int64_t>((mixed >> 32) % range));
}

}  // namespace

SqliteConnection::~SqliteConnection() {
  cursors_.clear();
  begin_read_.reset();
  begin_write_.reset();
  commit_.reset();
  rollback_.reset();
  sqlite3_close_v2(database_);
}

Failure SqliteConnection::failure(int code, std::string_view statement) const {
  return failure_of(database_, code, statement, options_->table_prefix);
}

Fault SqliteConnection::announce(std::string_view name, std::string_view text,
                                 std::span<const Value> values) const {
  if (options_->trace) {
    options_->trace(name, text, values);
  }
  return options_->before_statement ? options_->before_statement(name) : Fault::none;
}

Cursor* SqliteConnection::prepare(const Statement& statement, Failure& failure) {
  const auto found = cursors_.find(&statement);
  if (found == cursors_.end()) {
    return prepare_new(statement, failure);
  }
  SqliteCursor& cursor = *found->second;
  if (cursor.in_use()) {
    failure = misuse_of(statement.name, "It is open already.");
    return nullptr;
  }
  if (!cursor.is_for(statement)) {
    cursors_.erase(found);
    return prepare_new(statement, failure);
  }
  cursor.take();
  ++cursors_in_use_;
  statements_.store(statements() + 1, std::memory_order_relaxed);
  return &cursor;
}

Cursor* SqliteConnection::prepare_new(const Statement& statement, Failure& failure) {
  const std::string sql = with_prefix(statement.text, options_->table_prefix);
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.c_str(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, &tail);
  if (code != SQLITE_OK || prepared == nullptr) {
    failure = this->failure(code, statement.name);
    if (failure.fault == Fault::misuse || !failure) {
      failure = misuse_of(statement.name, sqlite3_errmsg(database_));
    }
    return nullptr;
  }
  auto cursor = std::make_unique<SqliteCursor>(*this, prepared, statement);
  if (tail != nullptr && std::string_view(tail).find_first_not_of(" \n;") != std::string::npos) {
    failure = misuse_of(statement.name, "It is more than one statement.");
    return nullptr;
  }
  SqliteCursor& kept = *cursor;
  cursors_.emplace(&statement, std::move(cursor));
  kept.take();
  ++cursors_in_use_;
  statements_.store(statements() + 1, std::memory_order_relaxed);
  return &kept;
}

void SqliteConnection::close_cursors() {
  if (cursors_in_use_ == 0) {
    return;
  }
  Failure ignored;
  for (auto& [statement, cursor] : cursors_) {
    if (cursor->in_use()) {
      cursor->reset(ignored);
    }
  }
}

std::string SqliteConnection::script_text(std::string_view script) const {
  return with_prefix(script, options_->table_prefix);
}

Failure SqliteConnection::execute(std::string_view script) {
  const std::string sql = script_text(script);
  const char* next = sql.c_str();
  while (*next != '\0') {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(database_, next, -1, &raw, &next);
    const Prepared prepared(raw);
    if (code != SQLITE_OK) {
      Failure failed = failure(code, "script");
      if (failed.fault == Fault::misuse) {
        failed.hint = sqlite3_errmsg(database_);
      }
      return failed;
    }
    if (!prepared) {
      continue;  // a comment or white space
    }
    if (Failure failed = step_once(prepared, "script")) {
      return failed;
    }
    count_write();
  }
  return {};
}

// Steps to the end; rows are passed over.
Failure SqliteConnection::step_once(const Prepared& prepared, std::string_view name) const {
  if (has_seams_) {
    if (const Fault fault = announce(name, sqlite3_sql(prepared.get()), {}); fault != Fault::none) {
      Failure failed;
      failed.fault = fault;
      failed.statement = name;
      return failed;
    }
  }
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) {
    code = sqlite3_step(prepared.get());
  }
  Failure failed;
  if (code != SQLITE_DONE) {
    failed = failure(code, name);
  }
  sqlite3_reset(prepared.get());
  return failed;
}

Failure SqliteConnection::begin_read() {
  return step_once(begin_read_, "begin");
}

Failure SqliteConnection::begin_write(const Deadline& deadline) {
  for (;;) {
    Failure failed = step_once(begin_write_, "begin");
    if (failed.fault != Fault::busy) {
      return failed;
    }
    last_busy_ = Monotonic::now();
    busy_waits_.store(busy_waits() + 1, std::memory_order_relaxed);
    if (last_busy_ >= deadline.at()) {
      return failed;
    }
    const auto left = std::chrono::duration_cast<microseconds>(deadline.at() - last_busy_);
    std::this_thread::sleep_for(std::min(jitter(), left + microseconds(1)));
  }
}

Failure SqliteConnection::commit() {
  const Timed timed(times(), "commit");
  return step_once(commit_, "commit");
}

void SqliteConnection::rollback() {
  close_cursors();
  if (in_transaction()) {
    // Whether it worked is asked of in_transaction(); there is nothing else to be done about it.
    sqlite3_step(rollback_.get());
    sqlite3_reset(rollback_.get());
  }
}

Failure SqliteConnection::execute_named(std::string_view verb, std::string_view name) {
  if (Failure bad = check_savepoint(name)) {
    return bad;
  }
  return failure(run(std::string(verb) + std::string(name)), "savepoint");
}

Failure SqliteConnection::savepoint(std::string_view name) {
  return execute_named("SAVEPOINT ", name);
}
Failure SqliteConnection::release(std::string_view name) {
  return execute_named("RELEASE ", name);
}
Failure SqliteConnection::rollback_to(std::string_view name) {
  return execute_named("ROLLBACK TO ", name);
}

bool SqliteConnection::contended() const {
  return last_busy_ != Monotonic::time_point::min() &&
         Monotonic::now() - last_busy_ < contention_memory;
}

Failure SqliteConnection::checkpoint(int mode) {
  int frames = 0, moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_, "main", mode, &frames, &moved);
  return code == SQLITE_OK ? Failure{} : failure(code, "checkpoint");
}

Result<std::vector<std::string>> SqliteConnection::explain(std::string_view sql) {
  const std::string text = "EXPLAIN QUERY PLAN " + std::string(sql);
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(database_, text.c_str(), -1, &raw, nullptr);
  const Prepared prepared(raw);
  std::vector<std::string> lines;
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(prepared.get());
    if (code == SQLITE_ROW) {
      lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(prepared.get(), 3)));
    }
  }
  if (code != SQLITE_DONE) {
    return to_error(failure(code, "explain"));
  }
  return lines;
}

std::vector<std::pair<std::string, std::string>> SqliteConnection::prepared() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [statement, cursor] : cursors_) {
    all.emplace_back(cursor->name(), cursor->sql());
  }
  return all;
}

int SqliteConnection::run(const std::string& sql, std::int64_t* number, std::string* text) const {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(database_, sql.c_str(), -1, &raw, nullptr);
  const Prepared prepared(raw);
  if (code != SQLITE_OK) {
    return code;
  }
  code = sqlite3_step(prepared.get());
  if (code == SQLITE_ROW && number != nullptr) {
    *number = sqlite3_column_int64(prepared.get(), 0);
  }
  if (code == SQLITE_ROW && text != nullptr) {
    const auto* found = reinterpret_cast<const char*>(sqlite3_column_text(prepared.get(), 0));
    *text = found != nullptr ? found : "";
  }
  while (code == SQLITE_ROW) {
    code = sqlite3_step(prepared.get());
  }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

int SqliteConnection::on_progress(void* self) {
  const auto* connection = static_cast<const SqliteConnection*>(self);
  // Without a deadline the clock is not even asked.
  return connection->interrupt_at_ != Monotonic::time_point::max() &&
                 Monotonic::now() >= connection->interrupt_at_
             ? 1
             : 0;
}

int SqliteConnection::on_commit(void* self, sqlite3*, const char*, int pages) {
  auto* connection = static_cast<SqliteConnection*>(self);
  connection->wal_bytes_.store(pages * (connection->page_bytes_ + 24), std::memory_order_relaxed);
  return SQLITE_OK;
}

}  // namespace kameng::sql::sqlite
