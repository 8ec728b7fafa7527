// cursor.cpp - binding, stepping and reading. Kinds are exact: nothing is converted.
#include "sql/sqlite/cursor.hpp"

#include "sql/sqlite/connection.hpp"

namespace kameng::sql::sqlite {

SqliteCursor::SqliteCursor(SqliteConnection& connection, sqlite3_stmt* prepared,
                           const Statement& source)
    : connection_(&connection),
      prepared_(prepared),
      name_(source.name),
      source_(source.text),
      parameters_(sqlite3_bind_parameter_count(prepared)),
      writes_(sqlite3_stmt_readonly(prepared) == 0) {}

SqliteCursor::~SqliteCursor() {
  sqlite3_finalize(prepared_);
}

bool SqliteCursor::bind(std::span<const Value> values, Binding binding, Failure& failure) {
  if (static_cast<std::size_t>(parameters_) != values.size()) {
    failure.fault = Fault::misuse;
    failure.statement = name_;
    failure.hint = "Wrong number of parameters.";
    return false;
  }
  if (connection_->has_seams()) {
    const Fault fault = connection_->announce(name_, sql(), values);
    if (fault != Fault::none) {
      failure.fault = fault;
      failure.statement = name_;
      return false;
    }
  }
  int index = 0;
  for (const Value& value : values) {
    const int code = bind_one(++index, value, binding);
    if (code != SQLITE_OK) {
      failure = connection_->failure(code, name_);
      return false;
    }
  }
  return true;
}

int SqliteCursor::bind_one(int index, const Value& value, Binding binding) {
  // SQLITE_TRANSIENT is a cast in C's old style, so it is spelled out here.
  const auto lifetime = binding == Binding::borrowed
                            ? SQLITE_STATIC
                            : reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(prepared_, index, *number);
  }
  if (const auto* blob = std::get_if<ByteView>(&value)) {
    // An empty view may have no address, and SQLite would take that for null.
    return blob->empty()
               ? sqlite3_bind_zeroblob(prepared_, index, 0)
               : sqlite3_bind_blob64(prepared_, index, blob->data(), blob->size(), lifetime);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return sqlite3_bind_text64(prepared_, index, text->empty() ? "" : text->data(), text->size(),
                               lifetime, SQLITE_UTF8);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return sqlite3_bind_double(prepared_, index, *real);
  }
  return sqlite3_bind_null(prepared_, index);
}

bool SqliteCursor::step(Failure& failure) {
  if (misread_) {
    failure = misread();
    return false;
  }
  const int code = sqlite3_step(prepared_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    failure = connection_->failure(code, name_);
    return false;
  }
  if (writes_ && !counted_) {
    counted_ = true;
    connection_->count_write();
  }
  return code == SQLITE_ROW;
}

void SqliteCursor::reset(Failure& failure) {
  sqlite3_reset(prepared_);
  if (misread_ && !failure) {
    failure = misread();
  }
  misread_ = false;
  counted_ = false;
  if (in_use_) {
    in_use_ = false;
    connection_->give_back();
  }
}

bool SqliteCursor::is_null(int column) const {
  return sqlite3_column_type(prepared_, column) == SQLITE_NULL;
}

std::int64_t SqliteCursor::int64(int column) const {
  return holds(column, SQLITE_INTEGER) ? sqlite3_column_int64(prepared_, column) : 0;
}

std::string_view SqliteCursor::text(int column) const {
  if (!holds(column, SQLITE_TEXT)) {
    return {};
  }
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

ByteView SqliteCursor::blob(int column) const {
  if (!holds(column, SQLITE_BLOB)) {
    return {};
  }
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

bool SqliteCursor::holds(int column, int kind) const {
  const int found = sqlite3_column_type(prepared_, column);
  if (found != kind && found != SQLITE_NULL) {
    misread_ = true;
  }
  return found == kind;
}

Failure SqliteCursor::misread() const {
  Failure failure;
  failure.fault = Fault::corrupt;
  failure.statement = name_;
  return failure;
}

}  // namespace kameng::sql::sqlite
