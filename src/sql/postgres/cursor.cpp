// cursor.cpp - sending, stepping and reading. Kinds are exact: nothing is converted.
#include "sql/postgres/cursor.hpp"

#include <utility>

#include "sql/postgres/connection.hpp"
#include "sql/postgres/types.hpp"

namespace kameng::sql::postgres {

PostgresCursor::PostgresCursor(PostgresConnection& connection, const Statement& source, Lock lock,
                               std::string_view table_prefix)
    : connection_(&connection),
      name_(source.name),
      source_(source.text_for(Dialect::postgres)),
      text_(sql_text(source_, lock, table_prefix)),
      streams_(source.streams) {}

bool PostgresCursor::bind(std::span<const Value> values, Binding, Failure& failure) {
  if (!connection_->send_query(*this, values, failure)) {
    return false;
  }
  state_ = State::sent;
  return true;
}

bool PostgresCursor::step(Failure& failure) {
  if (misread_) {
    failure = misread();
    return false;
  }
  if (streams_) {
    row_ = 0;
    state_ = State::read;
    return connection_->next_row(*this, failure);
  }
  if (state_ == State::sent) {
    state_ = State::read;
    if (!connection_->settle(failure)) {
      return false;
    }
  }
  if (!result_ || row_ + 1 >= PQntuples(result_.get())) {
    result_.reset();
    return false;
  }
  ++row_;
  return true;
}

void PostgresCursor::reset(Failure& failure) {
  if (state_ == State::sent || (state_ == State::read && streams_)) {
    connection_->forget(*this, failure);
  }
  if (misread_ && !failure) {
    failure = misread();
  }
  misread_ = false;
  result_.reset();
  row_ = -1;
  state_ = State::free;
}

std::optional<std::string_view> PostgresCursor::bytes(int column) const {
  const PGresult* const result = result_.get();
  if (result == nullptr || row_ < 0 || row_ >= PQntuples(result) || column < 0 ||
      column >= PQnfields(result) || PQgetisnull(result, row_, column) != 0) {
    return std::nullopt;
  }
  return std::string_view(PQgetvalue(result, row_, column),
                          static_cast<std::size_t>(PQgetlength(result, row_, column)));
}

bool PostgresCursor::is_null(int column) const {
  return !bytes(column);
}

std::int64_t PostgresCursor::int64(int column) const {
  const auto found = bytes(column);
  if (!found) {
    return 0;
  }
  const auto number = integer_of(PQftype(result_.get(), column), *found);
  misread_ = misread_ || !number;
  return number.value_or(0);
}

std::string_view PostgresCursor::text(int column) const {
  const auto found = bytes(column);
  if (found && !is_text(PQftype(result_.get(), column))) {
    misread_ = true;
    return {};
  }
  return found.value_or(std::string_view());
}

ByteView PostgresCursor::blob(int column) const {
  const auto found = bytes(column);
  if (found && PQftype(result_.get(), column) != type_bytea) {
    misread_ = true;
    return {};
  }
  return as_bytes(found.value_or(std::string_view()));
}

Failure PostgresCursor::misread() const {
  Failure failure;
  failure.fault = Fault::corrupt;
  failure.statement = name_;
  return failure;
}

}  // namespace kameng::sql::postgres
