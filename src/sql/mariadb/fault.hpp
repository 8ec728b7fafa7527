// fault.hpp - what an error number of the server or of its client library means to the engine.
#pragma once

#include <string>
#include <string_view>

#include "sql/driver.hpp"

namespace kameng::sql::mariadb {

[[nodiscard]] Fault fault_of(unsigned int code) noexcept;

// The failure of a statement that ended with `code` and `message`. Of the message travels only the
// name of a unique index or of a CHECK, and the whole of it where a statement does not compile:
// nothing is bound by then. The table prefix is left out of the name.
[[nodiscard]] Failure failure_of(unsigned int code, std::string_view message,
                                 std::string_view statement, std::string_view table_prefix);

}  // namespace kameng::sql::mariadb
