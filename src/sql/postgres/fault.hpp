// fault.hpp - what an answer of the server means to the engine.
#pragma once

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "sql/driver.hpp"

namespace kameng::sql::postgres {

// From the five characters of a SQLSTATE; none, when the answer was made by libpq itself, means
// that the connection is gone.
[[nodiscard]] Fault fault_of(std::string_view sqlstate) noexcept;

// A message of the server prints values, so of it only the constraint's name is taken over, without
// the table prefix. While a statement is compiled nothing is bound yet, and it may say why.
enum class Saying { nothing, why };
[[nodiscard]] Failure failure_of(const PGresult* result, std::string_view statement,
                                 std::string_view table_prefix, Saying saying);

// The Error of a connection that could not be made, from libpq's message in its shortest form,
// which ends with the SQLSTATE when the server has answered.
[[nodiscard]] Error connect_error(std::string_view message);
[[nodiscard]] Error unreachable();

}  // namespace kameng::sql::postgres
