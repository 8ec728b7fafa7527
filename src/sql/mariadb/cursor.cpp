// cursor.cpp - binding, stepping and reading. Kinds are exact: nothing is converted, but for sums,
// which the server gives as decimals.
#include "sql/mariadb/cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "sql/mariadb/connection.hpp"

namespace kameng::sql::mariadb {
namespace {

constexpr unsigned int binary_charset = 63;
constexpr std::size_t column_bytes_min = 64;

bool is_writing(std::string_view sql) {
  constexpr std::array<std::string_view, 4> verbs{"INSERT", "UPDATE", "DELETE", "REPLACE"};
  return std::any_of(verbs.begin(), verbs.end(),
                     [sql](std::string_view verb) { return sql.substr(0, verb.size()) == verb; });
}

// "-12" and "-12.000" are -12; "1.5" is no integer.
std::optional<std::int64_t> integer_of(std::string_view decimal) {
  std::int64_t number = 0;
  const auto [end, fault] =
      std::from_chars(decimal.data(), decimal.data() + decimal.size(), number);
  decimal.remove_prefix(static_cast<std::size_t>(end - decimal.data()));
  const bool is_integral =
      decimal.empty() || decimal.find_first_not_of('0', 1) == std::string_view::npos;
  if (fault != std::errc() || !is_integral || (!decimal.empty() && decimal.front() != '.')) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

MariadbCursor::MariadbCursor(MariadbConnection& connection, MYSQL_STMT* prepared,
                             const Statement& source, Marked marked)
    : connection_(&connection),
      prepared_(prepared),
      name_(source.name),
      source_(source.text_for(Dialect::mariadb)),
      marked_(std::move(marked)),
      writes_(is_writing(marked_.sql)),
      streams_(source.streams),
      parameters_(marked_.order.size()),
      numbers_(marked_.order.size()),
      reals_(marked_.order.size()),
      copies_(marked_.order.size()) {}

MariadbCursor::~MariadbCursor() {
  mysql_stmt_close(prepared_);
}

bool MariadbCursor::bind(std::span<const Value> values, Binding binding, Failure& failure) {
  if (static_cast<std::size_t>(marked_.values) != values.size()) {
    failure.fault = Fault::misuse;
    failure.statement = name_;
    failure.hint = "Wrong number of parameters.";
    return false;
  }
  if (connection_->refuses(name_, sql(), values, failure)) {
    return false;
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    MYSQL_BIND& parameter = parameters_[i];
    parameter = MYSQL_BIND{};
    const Value& value = values[static_cast<std::size_t>(marked_.order[i])];
    std::string_view bytes;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      numbers_[i] = *number;
      parameter.buffer_type = MYSQL_TYPE_LONGLONG;
      parameter.buffer = &numbers_[i];
    } else if (const auto* real = std::get_if<double>(&value)) {
      reals_[i] = *real;
      parameter.buffer_type = MYSQL_TYPE_DOUBLE;
      parameter.buffer = &reals_[i];
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      parameter.buffer_type = MYSQL_TYPE_STRING;
      bytes = *text;
    } else if (const auto* blob = std::get_if<ByteView>(&value)) {
      parameter.buffer_type = MYSQL_TYPE_BLOB;
      bytes = {reinterpret_cast<const char*>(blob->data()), blob->size()};
    } else {
      parameter.buffer_type = MYSQL_TYPE_NULL;
    }
    if (parameter.buffer == nullptr && parameter.buffer_type != MYSQL_TYPE_NULL) {
      if (binding == Binding::copied) {
        copies_[i].assign(bytes);
        bytes = copies_[i];
      }
      // The library only reads it; an empty view may have no address.
      parameter.buffer = bytes.empty() ? copies_[i].data() : const_cast<char*>(bytes.data());
      parameter.buffer_length = bytes.size();
    }
  }
  if (!parameters_.empty() && mysql_stmt_bind_param(prepared_, parameters_.data()) != 0) {
    fail(failure);
    return false;
  }
  state_ = State::bound;
  return true;
}

bool MariadbCursor::step(Failure& failure) {
  if (misread_) {
    failure = misread();
    return false;
  }
  if (state_ == State::bound && !execute(failure)) {
    state_ = State::done;
    return false;
  }
  if (state_ != State::at_rows || fetch(failure)) {
    return state_ == State::at_rows;
  }
  state_ = State::done;
  return false;
}

bool MariadbCursor::execute(Failure& failure) {
  connection_->touch();
  Client& client = connection_->client();
  int failed = 0;
  client.run([&] { return mysql_stmt_execute_start(&failed, prepared_); },
             [&](int status) { return mysql_stmt_execute_cont(&failed, prepared_, status); });
  if (failed != 0) {
    fail(failure);
    return false;
  }
  if (mysql_stmt_field_count(prepared_) == 0) {
    connection_->count_changes(static_cast<std::int64_t>(mysql_stmt_affected_rows(prepared_)));
    state_ = State::done;
    return true;
  }
  has_rows_ = true;
  connection_->count_changes(0);
  if (!describe_columns() || !bind_columns()) {
    fail(failure);
    return false;
  }
  if (!streams_) {
    client.run(
        [&] { return mysql_stmt_store_result_start(&failed, prepared_); },
        [&](int status) { return mysql_stmt_store_result_cont(&failed, prepared_, status); });
    if (failed != 0) {
      cut_off(failure);
      return false;
    }
    if (writes_) {  // RETURNING: a row for each that was changed
      connection_->count_changes(static_cast<std::int64_t>(mysql_stmt_num_rows(prepared_)));
    }
  }
  state_ = State::at_rows;
  return true;
}

// What the server says of them may differ from one run to the next: a table may have been altered,
// and a parameter among the columns is of the kind that was bound.
bool MariadbCursor::describe_columns() {
  MYSQL_RES* const described = mysql_stmt_result_metadata(prepared_);
  if (described == nullptr) {
    return false;
  }
  columns_.resize(mysql_num_fields(described));
  const MYSQL_FIELD* const fields = mysql_fetch_fields(described);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].kind = kind_of(fields[i]);
    columns_[i].is_unsigned = (fields[i].flags & UNSIGNED_FLAG) != 0;
    if (columns_[i].kind != Kind::integer && columns_[i].bytes.empty()) {
      columns_[i].bytes.resize(column_bytes_min);
    }
  }
  mysql_free_result(described);
  return true;
}

MariadbCursor::Kind MariadbCursor::kind_of(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
      return Kind::integer;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return Kind::decimal;
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
      return field.charsetnr == binary_charset ? Kind::blob : Kind::text;
    default:
      return Kind::other;
  }
}

MYSQL_BIND MariadbCursor::bind_for(Column& column) {
  MYSQL_BIND bind{};
  bind.is_null = &column.is_null;
  bind.length = &column.length;
  if (column.kind == Kind::integer) {
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.buffer = &column.number;
    bind.is_unsigned = column.is_unsigned ? 1 : 0;
  } else {
    bind.buffer_type = column.kind == Kind::blob ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
    bind.buffer = column.bytes.data();
    bind.buffer_length = column.bytes.size();
  }
  return bind;
}

bool MariadbCursor::bind_columns() {
  std::vector<MYSQL_BIND> binds;
  binds.reserve(columns_.size());
  for (Column& column : columns_) {
    binds.push_back(bind_for(column));
  }
  must_bind_ = false;
  return mysql_stmt_bind_result(prepared_, binds.data()) == 0;
}

bool MariadbCursor::fetch(Failure& failure) {
  if (must_bind_ && !bind_columns()) {
    fail(failure);
    return false;
  }
  int answer = 0;
  connection_->client().run(
      [&] { return mysql_stmt_fetch_start(&answer, prepared_); },
      [&](int status) { return mysql_stmt_fetch_cont(&answer, prepared_, status); });
  if (answer == MYSQL_NO_DATA) {
    return false;
  }
  if (answer == 1 || !fetch_the_rest()) {
    cut_off(failure);
    return false;
  }
  return true;
}

// Columns that were longer than their place get a larger one.
bool MariadbCursor::fetch_the_rest() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    if (column.kind == Kind::integer || column.is_null != 0 ||
        column.length <= column.bytes.size()) {
      continue;
    }
    must_bind_ = true;
    column.bytes.resize(std::max<std::size_t>(column.length, column.bytes.size() * 2));
    MYSQL_BIND bind = bind_for(column);
    if (mysql_stmt_fetch_column(prepared_, &bind, static_cast<unsigned int>(i), 0) != 0) {
      return false;
    }
  }
  return true;
}

void MariadbCursor::reset(Failure& failure) {
  if (has_rows_) {
    my_bool failed = 0;
    connection_->client().run(
        [&] { return mysql_stmt_free_result_start(&failed, prepared_); },
        [&](int status) { return mysql_stmt_free_result_cont(&failed, prepared_, status); });
    if (failed != 0 && !failure) {
      fail(failure);
    }
  }
  if (misread_ && !failure) {
    failure = misread();
  }
  has_rows_ = false;
  misread_ = false;
  state_ = State::idle;
  if (std::exchange(in_use_, false)) {
    connection_->give_back();
  }
}

bool MariadbCursor::is_null(int column) const {
  const auto index = static_cast<std::size_t>(column);
  return state_ != State::at_rows || index >= columns_.size() || columns_[index].is_null != 0;
}

std::int64_t MariadbCursor::int64(int column) const {
  const Column* const found = holding(column, Kind::integer, Kind::decimal);
  if (found == nullptr) {
    return 0;
  }
  std::optional<std::int64_t> number = found->number;
  if (found->kind == Kind::decimal) {
    number = integer_of({found->bytes.data(), found->length});
  } else if (found->is_unsigned && found->number < 0) {
    number = std::nullopt;
  }
  misread_ = misread_ || !number;
  return number.value_or(0);
}

std::string_view MariadbCursor::text(int column) const {
  const Column* const found = holding(column, Kind::text, Kind::text);
  return found != nullptr ? std::string_view(found->bytes.data(), found->length)
                          : std::string_view();
}

ByteView MariadbCursor::blob(int column) const {
  const Column* const found = holding(column, Kind::blob, Kind::blob);
  return found != nullptr
             ? ByteView(reinterpret_cast<const std::uint8_t*>(found->bytes.data()), found->length)
             : ByteView();
}

const MariadbCursor::Column* MariadbCursor::holding(int column, Kind kind, Kind or_kind) const {
  if (is_null(column)) {
    return nullptr;
  }
  const Column& found = columns_[static_cast<std::size_t>(column)];
  if (found.kind != kind && found.kind != or_kind) {
    misread_ = true;
    return nullptr;
  }
  return &found;
}

// The server ended the rows with an error: a deadlock. The library then takes the answer to a later
// statement for more of these rows, and waits for their end, so that the session is used no more.
void MariadbCursor::cut_off(Failure& failure) const {
  fail(failure);
  connection_->give_up();
}

void MariadbCursor::fail(Failure& failure) const {
  failure =
      connection_->failure_of(mysql_stmt_errno(prepared_), mysql_stmt_error(prepared_), name_);
}

Failure MariadbCursor::misread() const {
  Failure failure;
  failure.fault = Fault::corrupt;
  failure.statement = name_;
  return failure;
}

}  // namespace kameng::sql::mariadb
