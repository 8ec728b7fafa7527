// fault.cpp - classes of SQLSTATE, and the constraint's name out of the server's answer.
#include "sql/postgres/fault.hpp"

#include <algorithm>
#include <array>

namespace kameng::sql::postgres {
namespace {

// The first beginning that fits, so a state stands before its class.
struct Meaning {
  std::string_view begins;
  Fault fault;
};
constexpr std::array meanings{
    Meaning{"08", Fault::lost},
    Meaning{"0A000", Fault::lost},  // a prepared statement's tables have changed under it
    Meaning{"22", Fault::check},    // out of range, too long, not a text
    Meaning{"23503", Fault::foreign_key},
    Meaning{"23505", Fault::unique},
    Meaning{"23", Fault::check},
    Meaning{"25006", Fault::read_only},
    Meaning{"25P03", Fault::lost},  // it was idle in a transaction for too long
    Meaning{"26000", Fault::lost},  // somebody took away the prepared statements
    Meaning{"40002", Fault::check},
    Meaning{"40003", Fault::lost},
    Meaning{"40", Fault::conflict},
    Meaning{"42501", Fault::cannot_open},  // no right to the table
    Meaning{"44", Fault::check},
    Meaning{"53100", Fault::full},
    Meaning{"53200", Fault::out_of_memory},
    Meaning{"53", Fault::busy},
    Meaning{"54", Fault::check},
    Meaning{"55006", Fault::busy},
    Meaning{"55P03", Fault::busy},
    Meaning{"57014", Fault::interrupted},
    Meaning{"57", Fault::lost},
    Meaning{"58", Fault::io},
    Meaning{"F0", Fault::io},
    Meaning{"P0001", Fault::check},  // a trigger's RAISE
    Meaning{"XX001", Fault::corrupt},
    Meaning{"XX002", Fault::corrupt},
};

std::string_view field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

std::string_view without_prefix(std::string_view name, std::string_view prefix) {
  return name.substr(0, prefix.size()) == prefix ? name.substr(prefix.size()) : name;
}

// A NOT NULL has no name; its column has one.
std::string constraint_of(const PGresult* result, std::string_view prefix) {
  const std::string_view constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  if (!constraint.empty()) {
    return std::string(without_prefix(constraint, prefix));
  }
  const std::string_view column = field(result, PG_DIAG_COLUMN_NAME);
  if (column.empty()) {
    return {};
  }
  const std::string_view table = without_prefix(field(result, PG_DIAG_TABLE_NAME), prefix);
  return std::string(table) + "." + std::string(column);
}

bool is_state_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Fault fault_of(std::string_view sqlstate) noexcept {
  if (sqlstate.empty()) {
    return Fault::lost;
  }
  const auto found = std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& meaning) {
    return sqlstate.substr(0, meaning.begins.size()) == meaning.begins;
  });
  return found == meanings.end() ? Fault::misuse : found->fault;
}

Failure failure_of(const PGresult* result, std::string_view statement,
                   std::string_view table_prefix, Saying saying) {
  Failure failure;
  failure.fault = fault_of(field(result, PG_DIAG_SQLSTATE));
  failure.statement = statement;
  if (failure.fault == Fault::unique || failure.fault == Fault::check ||
      failure.fault == Fault::foreign_key) {
    failure.constraint = constraint_of(result, table_prefix);
  }
  if (saying == Saying::why) {
    // While a statement is compiled, what the server lacks is not a table that changed.
    failure.fault = failure.fault == Fault::lost && !field(result, PG_DIAG_SQLSTATE).empty() &&
                            field(result, PG_DIAG_SQLSTATE) == "0A000"
                        ? Fault::misuse
                        : failure.fault;
    if (failure.fault == Fault::misuse) {
      failure.hint = field(result, PG_DIAG_MESSAGE_PRIMARY);
    }
  }
  return failure;
}

Error unreachable() {
  return Error{Status::unavailable, "storage.unreachable", "The database server does not answer."}
      .with(Retry::same);
}

Error connect_error(std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) {
    message.remove_suffix(1);
  }
  constexpr std::size_t state_size = 5;
  const std::string_view state =
      message.substr(message.size() - std::min(state_size, message.size()));
  if (state.size() != state_size || !std::all_of(state.begin(), state.end(), is_state_character)) {
    return unreachable();
  }
  if (state.substr(0, 2) == "28" || state == "42501") {
    return {Status::failed_precondition, "storage.access_denied",
            "The database server refuses this user or password."};
  }
  if (state == "3D000") {
    return {Status::failed_precondition, "storage.no_database",
            "The database server has no database of this name."};
  }
  if (state.substr(0, 2) == "53") {
    Failure failure;
    failure.fault = Fault::busy;
    return to_error(failure);
  }
  return unreachable();
}

}  // namespace kameng::sql::postgres
