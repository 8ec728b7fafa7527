// storage.cpp - see storage.hpp.
#include "engine/storage.hpp"

#include <utility>

#include "sql/host/host.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::engine {
namespace {

// The names of the drivers that were compiled in.
constexpr std::string_view drivers = "sqlite";

Result<void> check_prefix(std::string_view prefix) {
  if (sql::is_table_prefix(prefix) && prefix.front() >= 'a' && prefix.front() <= 'z') {
    return {};
  }
  return Error{Status::invalid_argument, "storage.table_prefix",
               "A table prefix is a letter, then at most 31 lower-case letters, digits and _."}
      .at("storage.table_prefix");
}

Result<std::unique_ptr<sql::Database>> open_sqlite(const StorageConfig& config,
                                                   const Seams& seams) {
  sql::sqlite::Options options;
  options.path = config.path;
  options.table_prefix = config.table_prefix;
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  options.vfs = seams.vfs;
  options.durable = seams.durable;
  return sql::sqlite::open(options);
}

Result<std::unique_ptr<sql::Database>> open_host(std::shared_ptr<sql::host::Driver> driver,
                                                 const StorageConfig& config, const Seams& seams) {
  sql::host::Options options;
  options.table_prefix = config.table_prefix;
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  return sql::host::open(std::move(driver), options);
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_database(const StorageConfig& config,
                                                     const Seams& seams) {
  KAMENG_CHECK(check_prefix(config.table_prefix));
  if (config.driver == "sqlite") {
    return open_sqlite(config, seams);
  }
  if (auto driver = sql::host::find_driver(config.driver)) {
    return open_host(std::move(driver), config, seams);
  }
  return Error{Status::incompatible, "storage.driver_missing",
               "This library has no storage driver named `" + config.driver.substr(0, 32) +
                   "`; it has " + std::string(drivers) + "."}
      .at("storage.driver");
}

}  // namespace kameng::engine
