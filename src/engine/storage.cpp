// storage.cpp - see storage.hpp.
#include "engine/storage.hpp"

#include <utility>

#ifdef KAMENG_WITH_MARIADB
#include "sql/mariadb/mariadb.hpp"
#endif
#include "sql/sqlite/sqlite.hpp"

namespace kameng::engine {
namespace {

// The names of the drivers that were compiled in.
constexpr std::string_view drivers =
    "sqlite"
#ifdef KAMENG_WITH_MARIADB
    ", mariadb"
#endif
    ;

Result<void> check_prefix(std::string_view prefix) {
  if (sql::is_table_prefix(prefix) && prefix.front() >= 'a' && prefix.front() <= 'z') {
    return {};
  }
  return Error{Status::invalid_argument, "storage.table_prefix",
               "A table prefix is a letter, then at most 31 lower-case letters, digits and _."}
      .at("storage.table_prefix");
}

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

#ifdef KAMENG_WITH_MARIADB
Result<sql::ServerOptions> server_options(const StorageConfig& config, const Seams& seams) {
  if (!config.dsn || config.dsn->empty()) {
    return Error{Status::invalid_argument, "storage.dsn_missing",
                 "A database server needs its address."}
        .at("storage.dsn");
  }
  sql::ServerOptions options;
  options.dsn = *config.dsn;
  options.table_prefix = config.table_prefix;
  options.connections_max = static_cast<int>(config.pool_size);
  options.before_statement = seams.before_statement;
  options.trace = seams.trace;
  return options;
}
#endif

}  // namespace

Result<std::unique_ptr<sql::Database>> open_database(const StorageConfig& config,
                                                     const Seams& seams,
                                                     std::shared_ptr<sql::StatementTimes> times) {
  KAMENG_CHECK(check_prefix(config.table_prefix));
  if (config.driver == "sqlite") {
    return open_sqlite(config, seams, std::move(times));
  }
#ifdef KAMENG_WITH_MARIADB
  if (config.driver == "mariadb") {
    KAMENG_TRY(const sql::ServerOptions options, server_options(config, seams));
    return sql::mariadb::open(options);
  }
#endif
  return Error{Status::incompatible, "storage.driver_missing",
               "This library has no storage driver named `" + config.driver.substr(0, 32) +
                   "`; it has " + std::string(drivers) + "."}
      .at("storage.driver");
}

}  // namespace kameng::engine
