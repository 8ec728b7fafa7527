// host.hpp - a database behind the host's own connections.
//
// For each transaction the host lends a connection, on the caller's thread; works are not combined.
// Without a transaction of the host's on it we begin and commit our own, and run again what lost a
// race. With one (joined) we set a savepoint, and what the work wrote is the host's to commit:
// nothing is committed and nothing is run again here.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sql/database.hpp"
#include "sql/host/driver.hpp"

namespace kameng::sql::host {

struct Options {
  std::string table_prefix = "kameng_";
  std::int64_t open_timeout_ms = 10'000;
  // Where statements' times are noted; null: nowhere.
  std::shared_ptr<StatementTimes> times = {};

  // Seams, as those of sqlite::Options.
  std::function<Fault(std::string_view name)> before_statement = {};
  std::function<void(std::string_view name, std::string_view text, std::span<const Value> values)>
      trace = {};
};

// Reasons besides those of Database: storage.joined_transaction (FAILED_PRECONDITION: the host's
// transaction is open, and opening changes the schema), storage.foreign_keys_off (INCOMPATIBLE:
// SQLite's connection does not enforce them). Calls give besides: storage.transaction_lost
// (ABORTED) and storage.transaction_open (MISUSE).
[[nodiscard]] Result<std::unique_ptr<Database>> open(std::shared_ptr<Driver> driver,
                                                     const Options& options);

}  // namespace kameng::sql::host
