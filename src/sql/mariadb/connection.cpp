// connection.cpp - statements and transactions of one session. How it is opened is in open.cpp.
#include "sql/mariadb/connection.hpp"

#include <algorithm>
#include <chrono>
#include <new>

#include "sql/mariadb/fault.hpp"

namespace kameng::sql::mariadb {
namespace {

using Monotonic = Deadline::Monotonic;

// How much longer than its deadline a call may take to end a transaction: giving up on a commit
// would leave its outcome unknown.
constexpr std::chrono::milliseconds grace{1000};
constexpr std::int64_t lock_wait_max_s = 1 << 16;
constexpr unsigned int too_many_prepared = 1461;
constexpr unsigned int read_only_transaction = 1792;

// Of two collations that compare bytes and mind trailing spaces, each server knows one.
std::string with_collation(std::string sql, bool is_mariadb) {
  constexpr std::string_view mark = "{collation}";
  for (std::size_t at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) {
    sql.replace(at, mark.size(), is_mariadb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
  }
  return sql;
}

}  // namespace

MariadbConnection::~MariadbConnection() {
  // The server forgets the statements with the session, so that there is no message for each.
  client_.close();
}

Failure MariadbConnection::failure_of(unsigned int code, const char* message,
                                      std::string_view statement) {
  Failure failure = client_.failure(client_.note(code), message, statement, options_->table_prefix);
  if (code == read_only_transaction && !is_writing_) {
    return misuse_of(statement, "It writes while reading.");
  }
  return failure;
}

bool MariadbConnection::refuses(std::string_view name, std::string_view sql,
                                std::span<const Value> values, Failure& failure) const {
  if (options_->trace) {
    options_->trace(name, sql, values);
  }
  const Fault fault = options_->before_statement ? options_->before_statement(name) : Fault::none;
  if (fault != Fault::none) {
    failure.fault = fault;
    failure.statement = name;
  }
  return fault != Fault::none;
}

Cursor* MariadbConnection::prepare(const Statement& statement, Failure& failure) {
  const bool locks = is_writing_ && statement.lock != Lock::none;
  std::unique_ptr<MariadbCursor>& kept = cursors_[&statement][locks ? 1 : 0];
  if (kept && kept->in_use()) {
    failure = misuse_of(statement.name, "It is open already.");
    return nullptr;
  }
  if (!kept || !kept->is_for(statement)) {
    kept.reset();
    std::string sql = with_prefix(statement.text_for(Dialect::mariadb), options_->table_prefix);
    if (locks) {
      sql += lock_words(statement.lock);
    }
    std::unique_ptr<MariadbCursor> made = prepare_new(statement, std::move(sql), failure);
    if (!made) {
      return nullptr;
    }
    kept = std::move(made);
  }
  kept->take();
  ++cursors_in_use_;
  ++statements_;
  return kept.get();
}

std::unique_ptr<MariadbCursor> MariadbConnection::prepare_new(const Statement& statement,
                                                              std::string sql, Failure& failure) {
  Marked marked = with_marks(sql, Dialect::mariadb);
  for (bool again = false;; again = true) {
    MYSQL_STMT* const prepared = mysql_stmt_init(client_.handle());
    if (prepared == nullptr) {
      throw std::bad_alloc();
    }
    int failed = 0;
    client_.run(
        [&] {
          return mysql_stmt_prepare_start(&failed, prepared, marked.sql.data(), marked.sql.size());
        },
        [&](int status) { return mysql_stmt_prepare_cont(&failed, prepared, status); });
    if (failed == 0) {
      return std::make_unique<MariadbCursor>(*this, prepared, statement, std::move(marked));
    }
    const unsigned int code = mysql_stmt_errno(prepared);
    failure = failure_of(code, mysql_stmt_error(prepared), statement.name);
    if (failure.fault == Fault::misuse) {
      failure.hint = mysql_stmt_error(prepared);  // nothing is bound
    }
    mysql_stmt_close(prepared);
    if (code != too_many_prepared || again) {
      return nullptr;
    }
    // The server keeps so many for all its sessions together; ours make room.
    failure = {};
    drop_idle_cursors();
  }
}

void MariadbConnection::drop_idle_cursors() {
  for (auto& [statement, both] : cursors_) {
    for (std::unique_ptr<MariadbCursor>& cursor : both) {
      if (cursor && !cursor->in_use()) {
        cursor.reset();
      }
    }
  }
}

void MariadbConnection::close_cursors() {
  if (cursors_in_use_ == 0) {
    return;
  }
  Failure ignored;
  for (auto& [statement, both] : cursors_) {
    for (const std::unique_ptr<MariadbCursor>& cursor : both) {
      if (cursor && cursor->in_use()) {
        cursor->reset(ignored);
      }
    }
  }
}

std::string MariadbConnection::script_text(std::string_view script) const {
  return with_collation(with_prefix(script, options_->table_prefix), is_mariadb_);
}

Failure MariadbConnection::execute(std::string_view script) {
  is_touched_ = true;
  is_marked_ = false;  // it commits by itself where it changes the schema
  return run("script", without_empty_statements(script_text(script)));
}

Failure MariadbConnection::run(std::string_view name, const std::string& sql) {
  Failure failure;
  if (refuses(name, sql, {}, failure)) {
    return failure;
  }
  if (sql.empty()) {
    return {};
  }
  ++statements_;
  const unsigned int code = client_.query(sql);
  return code == 0 ? Failure{} : failure_of(code, client_.message(), name);
}

void MariadbConnection::give_up_at(const Deadline& deadline) {
  client_.give_up_at(deadline.at());
}

// A wait for a lock ends in the server, and the session goes on, when the power of two below what
// is left of the deadline has passed. A statement that still runs after more than the deadline is
// ended for a session that has given up on it. Powers of two, because most calls then find what
// they need already set.
std::string MariadbConnection::limits() {
  using std::chrono::seconds;
  const auto left = client_.gives_up_at() - Monotonic::now();
  const std::int64_t left_s = std::chrono::duration_cast<seconds>(left).count();
  std::int64_t lock_wait_s = 1;
  while (lock_wait_s * 2 <= std::min(left_s, lock_wait_max_s)) {
    lock_wait_s *= 2;
  }
  if (lock_wait_s == lock_wait_s_) {
    return {};
  }
  lock_wait_s_ = lock_wait_s;
  return "SET SESSION innodb_lock_wait_timeout = " + std::to_string(lock_wait_s) +
         (is_mariadb_ ? ", max_statement_time = " + std::to_string(lock_wait_s * 2)
                      : ", max_execution_time = " + std::to_string(lock_wait_s * 2000)) +
         ";";
}

Failure MariadbConnection::begin_read() {
  Failure failure = run("begin", limits() +
                                     "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                                     "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  in_transaction_ = true;
  is_touched_ = true;
  is_writing_ = false;
  lock_wait_s_ = failure ? 0 : lock_wait_s_;
  return failure;
}

// A cluster's node rolls a transaction back between two of its statements when another node has
// committed against it, and has been seen to run the next one as if nothing had happened: with
// neither the locks nor the writes of those before (MariaDB 10.11, once in some thousand
// transactions while nodes come and go). A savepoint from the beginning is gone then, and without
// it there is no COMMIT.
Failure MariadbConnection::begin_write(const Deadline&) {
  in_transaction_ = true;
  is_touched_ = is_marked_ = is_clustered_;
  is_writing_ = true;
  std::string sql = limits();
  if (is_clustered_) {
    sql += "START TRANSACTION;SAVEPOINT kameng_whole";
  }
  Failure failure;
  if (sql.empty()) {
    static_cast<void>(refuses("begin", sql, {}, failure));
  } else {
    failure = run("begin", sql);
  }
  lock_wait_s_ = failure ? 0 : lock_wait_s_;
  return failure;
}

bool MariadbConnection::is_whole() {
  return !is_marked_ || !is_sound() ||
         fault_of(client_.query("RELEASE SAVEPOINT kameng_whole")) != Fault::conflict;
}

Failure MariadbConnection::commit() {
  Failure failure;
  if (is_touched_) {
    const auto deadline = client_.gives_up_at();
    client_.give_up_at(deadline < Monotonic::time_point::max() - grace ? deadline + grace
                                                                       : deadline);
    failure = run("commit", is_marked_ ? "RELEASE SAVEPOINT kameng_whole;COMMIT" : "COMMIT");
    client_.give_up_at(deadline);
  } else if (refuses("commit", "", {}, failure)) {
    return failure;
  }
  in_transaction_ = in_transaction_ && failure;
  return failure;
}

void MariadbConnection::rollback() {
  close_cursors();
  if (std::exchange(in_transaction_, false) && is_touched_ && is_sound()) {
    client_.give_up_at(Monotonic::now() + grace);
    is_broken_ = client_.query("ROLLBACK") != 0;
  }
  is_writing_ = false;
}

Failure MariadbConnection::run_named(std::string_view verb, std::string_view name) {
  if (Failure bad = check_savepoint(name)) {
    return bad;
  }
  is_touched_ = true;
  return run("savepoint", std::string(verb) + "`" + std::string(name) + "`");
}

Failure MariadbConnection::savepoint(std::string_view name) {
  return run_named("SAVEPOINT ", name);
}
Failure MariadbConnection::release(std::string_view name) {
  return run_named("RELEASE SAVEPOINT ", name);
}
Failure MariadbConnection::rollback_to(std::string_view name) {
  return run_named("ROLLBACK TO SAVEPOINT ", name);
}

std::vector<std::pair<std::string, std::string>> MariadbConnection::prepared() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [statement, both] : cursors_) {
    for (const std::unique_ptr<MariadbCursor>& cursor : both) {
      if (cursor) {
        all.emplace_back(cursor->name(), cursor->sql());
      }
    }
  }
  return all;
}

// "ref on kameng_code using code_pool". Values stand in for the parameters, and they are text,
// which every kind of column can be looked up by; a unique index without such a row is told as
// "Impossible WHERE ...", which reads nothing.
Result<std::vector<std::string>> MariadbConnection::explain(std::string_view sql) {
  const int shift = is_mariadb_ ? 0 : 1;  // MySQL tells partitions too
  Failure failure;
  std::vector<std::string> lines;
  const std::unique_ptr<MariadbCursor> cursor =
      prepare_new({"explain", ""}, "EXPLAIN " + std::string(sql), failure);
  if (!cursor) {
    return to_error(failure);
  }
  const std::vector<Value> values(static_cast<std::size_t>(cursor->values()),
                                  Value(std::string_view("1")));
  if (cursor->bind(values, Binding::borrowed, failure)) {
    while (cursor->step(failure)) {
      if (cursor->is_null(2)) {
        lines.emplace_back(cursor->text(9 + 2 * shift));
        continue;
      }
      std::string line(cursor->text(3 + shift));
      line += " on " + std::string(cursor->text(2));
      if (!cursor->is_null(5 + shift)) {
        line += " using " + std::string(cursor->text(5 + shift));
      }
      lines.push_back(std::move(line));
    }
  }
  cursor->reset(failure);
  in_transaction_ = is_touched_ = true;
  rollback();
  if (failure) {
    return to_error(failure);
  }
  return lines;
}

}  // namespace kameng::sql::mariadb
