// connection.cpp - writing, for drivers that send each statement when it is given.
#include "sql/driver.hpp"

namespace kameng::sql {

bool Connection::write(const Statement& statement, std::span<const Value> values,
                       std::int64_t expected, Failure& failure) {
  const std::int64_t changed = write_now(statement, values, failure);
  if (!failure && expected != any_count && changed != expected) {
    failure.fault = Fault::conflict;
    failure.statement = statement.name;
  }
  return !failure;
}

std::int64_t Connection::write_now(const Statement& statement, std::span<const Value> values,
                                   Failure& failure) {
  Cursor* cursor = prepare(statement, failure);
  if (cursor == nullptr) {
    return 0;
  }
  if (cursor->bind(values, Binding::borrowed, failure)) {
    while (cursor->step(failure)) {
      // Rows that a RETURNING gives are passed over.
    }
  }
  const std::int64_t changed = !failure && cursor->writes() ? changes() : 0;
  cursor->reset(failure);
  return failure ? 0 : changed;
}

}  // namespace kameng::sql
