// storage.cpp - see storage.hpp.
#include "engine/storage.hpp"

#include <utility>

#include "sql/host/host.hpp"
#include "sql/server_database.hpp"

#ifdef KAMENG_WITH_MARIADB
#include "sql/mariadb/mariadb.hpp"
#endif
#ifdef KAMENG_WITH_POSTGRES
#include "sql/postgres/postgres.hpp"
#endif
#include "sql/sqlite/sqlite.hpp"

namespace kameng::engine {
namespace {

// The names of the drivers that were compiled in.
constexpr std::string_view drivers =
    "sqlite"
#ifdef KAMENG_WITH_POSTGRES
    ", postgres"
#endif
#ifdef KAMENG_WITH_MARIADB
    ", mariadb"
#endif
    ;

Result<std::unique_ptr<sql::Database>> open_sqlite(const StorageConfig& config, const Seams& seams,
                                                   std::shared_ptr<sql::StatementTimes> times) {
  sql::sqlite::Options options;
  options.times = std::move(times);
  options.path = config.path;
  options.table_prefix = config.table_prefix;
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  options.vfs = seams.vfs;
  options.durable = seams.durable;
  return sql::sqlite::open(options);
}

using OpenServer = Result<std::unique_ptr<sql::Database>> (*)(const sql::ServerOptions&);

// Null for a driver that was not compiled in.
OpenServer server_named([[maybe_unused]] std::string_view driver) {
#ifdef KAMENG_WITH_POSTGRES
  if (driver == "postgres") {
    return sql::postgres::open;
  }
#endif
#ifdef KAMENG_WITH_MARIADB
  if (driver == "mariadb") {
    return sql::mariadb::open;
  }
#endif
  return nullptr;
}

Result<std::unique_ptr<sql::Database>> open_server(const StorageConfig& config, const Seams& seams,
                                                   std::shared_ptr<sql::StatementTimes> times,
                                                   OpenServer open) {
  if (!config.dsn) {
    return Error{Status::invalid_argument, "storage.dsn_missing",
                 "A database server needs its address."}
        .at("storage.dsn");
  }
  sql::ServerOptions options;
  options.dsn = *config.dsn;
  options.table_prefix = config.table_prefix;
  options.connections_max = static_cast<int>(config.pool_size);
  options.times = std::move(times);
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  return open(options);
}

Result<std::unique_ptr<sql::Database>> open_host(std::shared_ptr<sql::host::Driver> driver,
                                                 const StorageConfig& config, const Seams& seams,
                                                 std::shared_ptr<sql::StatementTimes> times) {
  sql::host::Options options;
  options.table_prefix = config.table_prefix;
  options.times = std::move(times);
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  return sql::host::open(std::move(driver), options);
}

}  // namespace

Result<void> check_prefix(std::string_view prefix) {
  if (sql::is_table_prefix(prefix) && prefix.front() >= 'a' && prefix.front() <= 'z') {
    return {};
  }
  return Error{Status::invalid_argument, "storage.table_prefix",
               "A table prefix is a letter, then at most 31 lower-case letters, digits and _."}
      .at("storage.table_prefix");
}

bool is_server(std::string_view driver) {
  return server_named(driver) != nullptr;
}

Result<std::unique_ptr<sql::Database>> open_database(const StorageConfig& config,
                                                     const Seams& seams,
                                                     std::shared_ptr<sql::StatementTimes> times) {
  KAMENG_CHECK(check_prefix(config.table_prefix));
  if (config.driver == "sqlite") {
    return open_sqlite(config, seams, std::move(times));
  }
  if (const OpenServer open = server_named(config.driver)) {
    return open_server(config, seams, std::move(times), open);
  }
  if (auto driver = sql::host::find_driver(config.driver)) {
    return open_host(std::move(driver), config, seams, std::move(times));
  }
  return Error{Status::incompatible, "storage.driver_missing",
               "This library has no storage driver named `" + config.driver.substr(0, 32) +
                   "`; it has " + std::string(drivers) + "."}
      .at("storage.driver");
}

}  // namespace kameng::engine
