// readiness_sql.hpp - what time the database has.
#pragma once

#include "sql/statement.hpp"

namespace kameng::engine {

// Milliseconds since 1970. SQLite asks the machine that the engine runs on.
inline constexpr sql::Statement database_now{
    "readiness.database_now",
    "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)", sql::Lock::none,
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
    "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"};

}  // namespace kameng::engine
