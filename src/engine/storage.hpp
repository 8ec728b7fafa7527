// storage.hpp - from the configuration to an open database: which driver, and what it is told.
#pragma once

#include <memory>
#include <string_view>

#include "engine/config.hpp"
#include "engine/seams.hpp"
#include "sql/database.hpp"

namespace kameng::engine {

// INVALID_ARGUMENT storage.table_prefix.
[[nodiscard]] Result<void> check_prefix(std::string_view table_prefix);

// Of the drivers that were compiled in, those that speak to a database server.
[[nodiscard]] bool is_server(std::string_view driver);

// Reasons besides the driver's own: storage.driver_missing (INCOMPATIBLE: it was not compiled in,
// or nobody knows it), storage.dsn_missing, storage.table_prefix (INVALID_ARGUMENT).
// Statements' times are noted in `times`; null: nowhere.
[[nodiscard]] Result<std::unique_ptr<sql::Database>> open_database(
    const StorageConfig& config, const Seams& seams, std::shared_ptr<sql::StatementTimes> times);

}  // namespace kameng::engine
