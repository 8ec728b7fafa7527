// fault.cpp - classes of result codes, and the constraint's name out of SQLite's message.
#include "sql/sqlite/fault.hpp"

#include <sqlite3.h>

namespace kameng::sql::sqlite {

namespace {

Fault constraint_fault(int code) noexcept {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Fault::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Fault::foreign_key;
    default:
      return Fault::check;  // CHECK, NOT NULL, a STRICT column's kind, a trigger's RAISE
  }
}

Fault io_fault(int code) noexcept {
  switch (code) {
    case SQLITE_IOERR_NOMEM:
      return Fault::out_of_memory;
    case SQLITE_IOERR_CORRUPTFS:
      return Fault::corrupt;
    default:
      return Fault::io;
  }
}

// "UNIQUE constraint failed: kameng_order.number" gives "order.number"; a CHECK gives its name or
// expression. A trigger's message is the whole text.
std::string constraint_name(std::string_view message, std::string_view prefix) {
  constexpr std::string_view mark = "constraint failed: ";
  const std::size_t found = message.find(mark);
  if (found != std::string_view::npos) {
    message.remove_prefix(found + mark.size());
  } else if (message.find("constraint failed") != std::string_view::npos) {
    return {};  // FOREIGN KEY: SQLite does not say which
  }
  std::string name;
  while (!message.empty()) {
    if (!prefix.empty() && message.substr(0, prefix.size()) == prefix) {
      message.remove_prefix(prefix.size());
      continue;
    }
    name.push_back(message.front());
    message.remove_prefix(1);
  }
  return name;
}

}  // namespace

Fault fault_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return Fault::none;
    case SQLITE_BUSY:  // BUSY_RECOVERY, BUSY_SNAPSHOT and BUSY_TIMEOUT too
    case SQLITE_PROTOCOL:
      return Fault::busy;
    case SQLITE_LOCKED:
    case SQLITE_SCHEMA:
      return Fault::conflict;
    case SQLITE_CONSTRAINT:
      return constraint_fault(code);
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return Fault::check;
    case SQLITE_FULL:
    case SQLITE_NOLFS:
      return Fault::full;
    case SQLITE_READONLY:
      return Fault::read_only;
    case SQLITE_CORRUPT:
      return Fault::corrupt;
    case SQLITE_NOTADB:
      return Fault::not_a_database;
    case SQLITE_IOERR:
      return io_fault(code);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Fault::cannot_open;
    case SQLITE_NOMEM:
      return Fault::out_of_memory;
    case SQLITE_INTERRUPT:
      return Fault::interrupted;
    default:
      return Fault::misuse;
  }
}

Failure failure_of(sqlite3* database, int code, std::string_view statement,
                   std::string_view table_prefix) {
  Failure failure;
  failure.fault = fault_of(code);
  failure.statement = statement;
  failure.native_code = code;
  // A SQLITE_MISMATCH and the like have messages of other forms, which may print values.
  if ((code & 0xff) == SQLITE_CONSTRAINT && code != SQLITE_CONSTRAINT_DATATYPE) {
    failure.constraint = constraint_name(sqlite3_errmsg(database), table_prefix);
  }
  return failure;
}

}  // namespace kameng::sql::sqlite
