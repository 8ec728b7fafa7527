// connection.cpp - see connection.hpp.
#include "sql/host/connection.hpp"

#include <utility>

#include "sql/marks.hpp"

namespace kameng::sql::host {
namespace {

constexpr std::string_view joined_begin = "SAVEPOINT kameng";
constexpr std::string_view joined_end = "RELEASE SAVEPOINT kameng";
constexpr std::string_view joined_undo = "ROLLBACK TO SAVEPOINT kameng";
constexpr std::string_view isolation = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

std::string_view own_begin(Dialect dialect, bool reading) {
  switch (dialect) {
    case Dialect::sqlite:
      return reading ? "BEGIN" : "BEGIN IMMEDIATE";
    case Dialect::postgres:
      return reading ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                     : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    case Dialect::mariadb:
      return reading ? "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
                     : "START TRANSACTION READ WRITE";
  }
  return "BEGIN";
}

std::string with_collation(std::string sql) {
  constexpr std::string_view mark = "{collation}";
  for (std::size_t at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) {
    sql.replace(at, mark.size(), "utf8mb4_nopad_bin");
  }
  return sql;
}

}  // namespace

HostConnection::~HostConnection() {
  if (begun_) {
    rollback();  // an exception came between
  }
  cursors_.clear();
  if (lent_) {
    driver_->release(loan_.connection);
  }
}

Failure HostConnection::acquire(const Deadline& deadline) {
  const Fault fault = driver_->acquire(deadline.left_ms(), loan_);
  lent_ = fault == Fault::none;
  return failure(fault, "acquire");
}

Failure HostConnection::failure(Fault fault, std::string_view statement) const {
  Failure failure;
  failure.fault = fault;
  if (fault == Fault::none) {
    return failure;
  }
  failure.statement = statement;
  if (lent_ && (fault == Fault::unique || fault == Fault::check || fault == Fault::foreign_key)) {
    std::string name = driver_->constraint(loan_.connection);
    const std::string& prefix = options_->table_prefix;
    for (std::size_t at = name.find(prefix); !prefix.empty() && at != std::string::npos;
         at = name.find(prefix, at)) {
      name.erase(at, prefix.size());
    }
    failure.constraint = std::move(name);
  }
  return failure;
}

Fault HostConnection::announce(std::string_view name, std::string_view text,
                               std::span<const Value> values) const {
  if (options_->trace) {
    options_->trace(name, text, values);
  }
  return options_->before_statement ? options_->before_statement(name) : Fault::none;
}

std::string HostConnection::text_of(const Statement& statement) const {
  std::string text = with_prefix(statement.text_for(dialect()), options_->table_prefix);
  if (dialect() != Dialect::sqlite && !reading_) {
    text += lock_words(statement.lock);
  }
  return text;
}

Cursor* HostConnection::prepare(const Statement& statement, Failure& failure) {
  std::unique_ptr<HostCursor>& kept = cursors_[&statement];
  const bool writes = !statement.text_for(dialect()).starts_with("SELECT");
  if ((kept && kept->in_use()) || (writes && reading_)) {
    failure = this->failure(Fault::misuse, statement.name);
    failure.hint = reading_ ? "It writes, in a transaction that reads." : "It is open already.";
    return nullptr;
  }
  if (!kept) {
    auto made = std::make_unique<HostCursor>(*this, statement, writes);
    if (!made->prepare(text_of(statement), failure)) {
      return nullptr;
    }
    kept = std::move(made);
  }
  kept->take();
  ++statements_;
  return kept.get();
}

Failure HostConnection::command(std::string_view name, std::string_view sql) {
  Fault fault = announce(name, sql, {});
  if (fault == Fault::none) {
    fault = driver_->execute(loan_.connection, sql);
  }
  return failure(fault, name);
}

std::string HostConnection::script_text(std::string_view script) const {
  std::string sql = with_prefix(script, options_->table_prefix);
  return dialect() == Dialect::mariadb ? with_collation(std::move(sql)) : sql;
}

Failure HostConnection::execute(std::string_view script) {
  return command("script", script_text(script));
}

Failure HostConnection::begin(std::string_view own) {
  Failure failed = command("begin", is_joined() ? joined_begin : own);
  begun_ = !failed;
  return failed;
}

Failure HostConnection::begin_read() {
  reading_ = true;
  return begin(own_begin(dialect(), true));
}

Failure HostConnection::begin_write(const Deadline&) {
  if (dialect() == Dialect::mariadb && !is_joined()) {
    if (Failure failed = command("begin", isolation)) {
      return failed;
    }
  }
  return begin(own_begin(dialect(), false));
}

Failure HostConnection::commit() {
  // Without the host's transaction there is nothing that could be released, and SQLite would have
  // made the savepoint a transaction of its own.
  if (is_joined() && !in_transaction()) {
    transaction_lost_ = true;
    return failure(Fault::lost, "commit");
  }
  Failure failed = command("commit", is_joined() ? joined_end : "COMMIT");
  begun_ = static_cast<bool>(failed);
  return failed;
}

void HostConnection::rollback() {
  Failure ignored;
  for (auto& [statement, cursor] : cursors_) {
    if (cursor && cursor->in_use()) {
      cursor->reset(ignored);
    }
  }
  if (is_joined()) {
    transaction_lost_ = transaction_lost_ || !in_transaction();
    if (begun_ && !transaction_lost_) {
      transaction_lost_ = driver_->execute(loan_.connection, joined_undo) != Fault::none ||
                          driver_->execute(loan_.connection, joined_end) != Fault::none ||
                          !in_transaction();
    }
  } else if (in_transaction()) {
    // Whether it worked is asked of in_transaction(); there is nothing else to be done about it.
    static_cast<void>(driver_->execute(loan_.connection, "ROLLBACK"));
  }
  begun_ = false;
}

Failure HostConnection::savepoint(std::string_view name) {
  return command("savepoint", "SAVEPOINT " + std::string(name));
}
Failure HostConnection::release(std::string_view name) {
  return command("savepoint", "RELEASE SAVEPOINT " + std::string(name));
}
Failure HostConnection::rollback_to(std::string_view name) {
  return command("savepoint", "ROLLBACK TO SAVEPOINT " + std::string(name));
}

HostCursor::HostCursor(HostConnection& connection, const Statement& source, bool writes)
    : connection_(&connection), name_(source.name), writes_(writes) {}

HostCursor::~HostCursor() {
  if (statement_ != nullptr) {
    connection_->driver().finalize(statement_);
  }
}

Failure HostCursor::fail(Fault fault) const {
  return connection_->failure(fault, name_);
}

bool HostCursor::prepare(std::string_view text, Failure& failure) {
  Marked marked = with_marks(text, connection_->dialect());
  sql_ = std::move(marked.sql);
  order_ = std::move(marked.order);
  values_ = static_cast<std::size_t>(marked.values);
  const Fault fault = connection_->driver().prepare(connection_->handle(), sql_, statement_);
  if (fault != Fault::none) {
    failure = fail(fault);
  }
  return fault == Fault::none;
}

bool HostCursor::bind(std::span<const Value> values, Binding, Failure& failure) {
  if (values.size() != values_) {
    failure = fail(Fault::misuse);
    failure.hint = "Wrong number of parameters.";
    return false;
  }
  Fault fault = connection_->announce(name_, sql_, values);
  for (std::size_t at = 0; at < order_.size() && fault == Fault::none; ++at) {
    fault = connection_->driver().bind(statement_, static_cast<int>(at + 1),
                                       values[static_cast<std::size_t>(order_[at])]);
  }
  if (fault != Fault::none) {
    failure = fail(fault);
  }
  return fault == Fault::none;
}

bool HostCursor::step(Failure& failure) {
  has_row_ = false;
  if (misread_) {
    failure = fail(Fault::corrupt);
    return false;
  }
  bool is_row = false;
  const Fault fault = connection_->driver().step(statement_, is_row);
  if (fault != Fault::none) {
    failure = fail(fault);
    return false;
  }
  has_row_ = is_row;
  return is_row;
}

void HostCursor::reset(Failure& failure) {
  const Fault fault = connection_->driver().reset(statement_);
  if (!failure && (misread_ || fault != Fault::none)) {
    failure = fail(misread_ ? Fault::corrupt : fault);
  }
  misread_ = false;
  has_row_ = false;
  in_use_ = false;
}

bool HostCursor::holds(int column, Kind kind) const {
  if (!has_row_) {
    return false;
  }
  const Kind found = connection_->driver().kind(statement_, column);
  misread_ = misread_ || (found != kind && found != Kind::null);
  return found == kind;
}

bool HostCursor::is_null(int column) const {
  return !has_row_ || connection_->driver().kind(statement_, column) == Kind::null;
}

std::int64_t HostCursor::int64(int column) const {
  return holds(column, Kind::int64) ? connection_->driver().int64(statement_, column) : 0;
}

std::string_view HostCursor::text(int column) const {
  if (!holds(column, Kind::text)) {
    return {};
  }
  const ByteView bytes = connection_->driver().bytes(statement_, column);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView HostCursor::blob(int column) const {
  return holds(column, Kind::blob) ? connection_->driver().bytes(statement_, column) : ByteView();
}

}  // namespace kameng::sql::host
