// connection.cpp - statements: what is sent, and how its answers are taken.
#include "sql/postgres/connection.hpp"

#include <charconv>
#include <cstring>

#include "sql/postgres/fault.hpp"
#include "sql/postgres/parameters.hpp"

namespace kameng::sql::postgres {
namespace {

// Beyond these what was kept back is sent, so that neither side's memory grows with a bulk import.
constexpr std::size_t kept_max = 64;
constexpr std::size_t kept_bytes_max = 256 * 1024;

std::int64_t rows_of(PGresult* result) {
  const char* const text = PQcmdTuples(result);
  std::int64_t rows = 0;
  static_cast<void>(std::from_chars(text, text + std::strlen(text), rows));
  return rows;
}

bool is_good(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

// Whether the types that a statement was prepared with are those of these values.
bool fit(const std::vector<Oid>& types, std::span<const Value> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Oid type = type_of(values[i]);
    if (type != 0 && type != types[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

Failure PostgresConnection::announce(std::string_view name, std::string_view text,
                                     std::span<const Value> values) const {
  const ServerOptions& options = settings_->options;
  if (options.trace) {
    options.trace(name, text, values);
  }
  Failure failure;
  if (options.before_statement) {
    failure.fault = options.before_statement(name);
  }
  if (failure) {
    failure.statement = name;
  }
  return failure;
}

bool PostgresConnection::lose(Failure& failure, std::string_view name) {
  session_->give_up();
  if (!failure) {
    failure.fault = Fault::lost;
    failure.statement = name;
  }
  return false;
}

Failure PostgresConnection::flush() {
  Failure failure;
  if (stream_ == nullptr) {
    static_cast<void>(settle(failure));
  }
  return failure;
}

PostgresCursor* PostgresConnection::find(const Statement& statement, Failure& failure) {
  const Lock lock = mode_ == Mode::writing ? statement.lock : Lock::none;
  const Key key{&statement, lock != Lock::none};
  const auto found = cursors_.find(key);
  if (found != cursors_.end() && found->second->is_for(statement)) {
    return found->second.get();
  }
  if (found != cursors_.end()) {
    // Answers that are due name the old cursor.
    if (found->second->in_use() || !settle(failure)) {
      failure = failure ? failure : misuse_of(statement.name, "Its address is in use.");
      return nullptr;
    }
    const std::string& server_name = found->second->prepared().server_name;
    if (!server_name.empty() && !send_control("deallocate", "DEALLOCATE " + server_name)) {
      static_cast<void>(lose(failure, statement.name));
      return nullptr;
    }
    cursors_.erase(found);
  }
  auto made =
      std::make_unique<PostgresCursor>(*this, statement, lock, settings_->options.table_prefix);
  return cursors_.emplace(key, std::move(made)).first->second.get();
}

Cursor* PostgresConnection::prepare(const Statement& statement, Failure& failure) {
  PostgresCursor* const cursor = find(statement, failure);
  if (cursor != nullptr && cursor->in_use()) {
    failure = misuse_of(statement.name, "It is open already.");
    return nullptr;
  }
  if (cursor != nullptr) {
    cursor->take();
  }
  return cursor;
}

bool PostgresConnection::write(const Statement& statement, std::span<const Value> values,
                               std::int64_t expected, Failure& failure) {
  PostgresCursor* const cursor = find(statement, failure);
  return cursor != nullptr &&
         send(*cursor, values, {Kind::write, cursor->name(), expected, cursor}, failure);
}

bool PostgresConnection::send_query(PostgresCursor& cursor, std::span<const Value> values,
                                    Failure& failure) {
  if (!send(cursor, values, {Kind::query, cursor.name(), any_count, &cursor}, failure)) {
    return false;
  }
  if (cursor.streams()) {
    stream_ = &cursor;
    return send_sync() || lose(failure, cursor.name());
  }
  return true;
}

bool PostgresConnection::send(PostgresCursor& cursor, std::span<const Value> values, Sent sent,
                              Failure& failure) {
  if (static_cast<std::size_t>(cursor.server_text().parameters) != values.size()) {
    failure = misuse_of(cursor.name(), "Wrong number of parameters.");
    return false;
  }
  if (stream_ != nullptr) {
    failure = misuse_of(cursor.name(), "Another statement's rows are still being read.");
    return false;
  }
  if (cursor.writes() && mode_ == Mode::reading) {
    failure = misuse_of(cursor.name(), "Its transaction only reads.");
    return false;
  }
  failure = announce(cursor.name(), cursor.server_text().sql, values);
  if (!failure && has_nul(values)) {
    failure.fault = Fault::check;
    failure.statement = cursor.name();
    failure.constraint = "text.nul";
  }
  if (failure) {
    return false;
  }
  if ((sent_.size() >= kept_max || bytes_kept_ >= kept_bytes_max) && !settle(failure)) {
    return false;
  }
  const Parameters parameters(values);
  if (!send_begin() || !send_preparation(cursor, values)) {
    return lose(failure, cursor.name());
  }
  sent_.push_back(sent);
  bytes_kept_ += parameters.bytes();
  ++statements_;
  return PQsendQueryPrepared(session_->raw(), cursor.prepared().server_name.c_str(),
                             parameters.count(), parameters.pointers(), parameters.sizes(),
                             parameters.formats(), 1) == 1 ||
         lose(failure, cursor.name());
}

// Types are told rather than left to the server: it would take `coalesce(?, 0)` for an int4. Where
// a parameter was null until now, the statement is prepared anew with what is known by then.
bool PostgresConnection::send_preparation(PostgresCursor& cursor, std::span<const Value> values) {
  Prepared& prepared = cursor.prepared();
  if (!prepared.server_name.empty() && fit(prepared.types, values)) {
    return true;
  }
  if (!prepared.server_name.empty() &&
      !send_control("deallocate", "DEALLOCATE " + prepared.server_name)) {
    return false;
  }
  prepared.types.resize(values.size(), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Oid type = type_of(values[i]);
    prepared.types[i] = type != 0 ? type : prepared.types[i];
  }
  prepared.server_name = "k" + std::to_string(++names_given_);
  sent_.push_back({Kind::preparation, cursor.name(), any_count, &cursor});
  return PQsendPrepare(session_->raw(), prepared.server_name.c_str(),
                       cursor.server_text().sql.c_str(), static_cast<int>(values.size()),
                       prepared.types.data()) == 1;
}

bool PostgresConnection::send_control(std::string_view name, const std::string& sql) {
  if (!send_begin()) {
    return false;
  }
  sent_.push_back({Kind::control, name});
  return PQsendQueryParams(session_->raw(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                           1) == 1;
}

bool PostgresConnection::send_begin() {
  if (!begin_is_due_) {
    return is_sound();
  }
  begin_is_due_ = false;
  return send_control("begin", mode_ == Mode::writing
                                   ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                                   : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

bool PostgresConnection::send_sync() {
  sent_.push_back({Kind::sync, "sync"});
  bytes_kept_ = 0;
  return PQpipelineSync(session_->raw()) == 1;
}

bool PostgresConnection::settle(Failure& failure) {
  if (!sent_.empty() && sent_.back().kind != Kind::sync && !send_sync()) {
    static_cast<void>(lose(failure, sent_.front().name));
  }
  while (!sent_.empty() && !is_streaming(sent_.front())) {
    receive(failure);
  }
  return !failure;
}

// The whole answer to the oldest of what was sent.
void PostgresConnection::receive(Failure& failure) {
  const Sent sent = sent_.front();
  ResultPtr answer;
  bool here = session_->next(answer);
  // Nothing follows a sync; a null ends the answer to anything else.
  if (here && sent.kind != Kind::sync) {
    here = skip_rest();
  }
  if (!here) {
    static_cast<void>(lose(failure, sent.name));
    sent_.clear();
    stream_ = nullptr;
    return;
  }
  sent_.pop_front();
  take_answer(sent, std::move(answer), failure);
}

bool PostgresConnection::skip_rest() {
  ResultPtr rest;
  while (session_->next(rest)) {
    if (!rest) {
      return true;
    }
  }
  return false;
}

void PostgresConnection::take_answer(const Sent& sent, ResultPtr result, Failure& failure) {
  if (!result) {
    static_cast<void>(lose(failure, sent.name));
    return;
  }
  if (!is_good(result.get())) {
    if (sent.kind == Kind::preparation) {
      sent.cursor->prepared().server_name.clear();
    }
    // What was passed over is not at fault.
    if (PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED && !failure) {
      failure = failure_of(result.get(), sent.name, settings_->options.table_prefix,
                           sent.kind == Kind::preparation ? Saying::why : Saying::nothing);
      if (failure.fault == Fault::lost) {
        session_->give_up();
      } else if (failure.fault == Fault::read_only && mode_ == Mode::reading) {
        failure.fault = Fault::misuse;  // a work that only reads has tried to write
      }
    }
    return;
  }
  if (sent.kind == Kind::control && sent.name == "commit" &&
      std::string_view(PQcmdStatus(result.get())) != "COMMIT" && !failure) {
    // Whoever went on after a failure: done again it would fail again.
    failure = misuse_of(sent.name, "A statement before it has failed.");
    return;
  }
  if (sent.cursor == nullptr || sent.kind == Kind::preparation) {
    return;
  }
  changes_ = rows_of(result.get());
  if (sent.kind == Kind::query) {
    sent.cursor->set_result(std::move(result));
  } else if (sent.expected != any_count && changes_ != sent.expected && !failure) {
    failure.fault = Fault::conflict;
    failure.statement = sent.name;
  }
}

bool PostgresConnection::next_row(PostgresCursor& cursor, Failure& failure) {
  cursor.set_result(nullptr);
  if (stream_ != &cursor) {
    return false;  // the last row has been read
  }
  if (!stream_begun_) {
    while (!failure && !is_streaming(sent_.front())) {
      receive(failure);
    }
    if (failure || PQsetSingleRowMode(session_->raw()) != 1) {
      stream_ = nullptr;
      static_cast<void>(settle(failure));
      return false;
    }
    stream_begun_ = true;
  }
  ResultPtr row;
  if (session_->next(row) && row && PQresultStatus(row.get()) == PGRES_SINGLE_TUPLE) {
    cursor.set_result(std::move(row));
    return true;
  }
  // The end, or what went wrong.
  if (row) {
    take_answer({Kind::control, cursor.name()}, std::move(row), failure);
  }
  end_stream(failure);
  return false;
}

void PostgresConnection::end_stream(Failure& failure) {
  const std::string_view name = stream_->name();
  stream_ = nullptr;
  if (std::exchange(stream_begun_, false)) {
    if (!skip_rest()) {
      static_cast<void>(lose(failure, name));
      sent_.clear();
      return;
    }
    sent_.pop_front();
  }
  static_cast<void>(settle(failure));
}

void PostgresConnection::forget(PostgresCursor& cursor, Failure& failure) {
  for (Sent& sent : sent_) {
    if (sent.cursor == &cursor && sent.kind == Kind::query) {
      sent.cursor = nullptr;
    }
  }
  if (stream_ == &cursor) {
    Failure ignored;
    end_stream(failure ? ignored : failure);
  }
}

}  // namespace kameng::sql::postgres
