// fault.hpp - what a SQLite result code means to the engine.
#pragma once

#include <string>
#include <string_view>

#include "sql/driver.hpp"

struct sqlite3;

namespace kameng::sql::sqlite {

// From an extended result code.
[[nodiscard]] Fault fault_of(int code) noexcept;

// The failure of the statement that ended with `code` just now. Only the part of SQLite's message
// that names a constraint is taken over; the table prefix is left out of it.
[[nodiscard]] Failure failure_of(sqlite3* database, int code, std::string_view statement,
                                 std::string_view table_prefix);

}  // namespace kameng::sql::sqlite
