// server_database.hpp - a database behind a server: a pool of connections, a transaction for each
// work, and running again what lost a race or its connection.
//
// Unlike SQLite's combiner, works of different callers run at the same time, so what a work decides
// on it locks (Statement::lock) or guards with a count (Transaction::run_exactly). Every work runs
// at READ COMMITTED, or reads from one snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sql/database.hpp"
#include "sql/pool.hpp"
#include "sql/server_connection.hpp"

namespace kameng::sql {

struct ServerOptions {
  std::string dsn;  // how the driver's client library or its own header says
  std::string table_prefix = "kameng_";
  int connections_max = 8;
  std::int64_t open_timeout_ms = 10'000;  // of one connection

  // Where statements' times are noted; null: nowhere.
  std::shared_ptr<StatementTimes> times = {};

  // Seams, as those of sqlite::Options.
  std::function<Fault(std::string_view name)> before_statement = {};
  std::function<void(std::string_view name, std::string_view text, std::span<const Value> values)>
      trace = {};
};

// Reasons besides those of Database: whatever `open` gives. The first connection is opened here, so
// that a wrong address or password is heard of at once.
[[nodiscard]] Result<std::unique_ptr<Database>> open_server(Dialect dialect, int connections_max,
                                                            std::int64_t open_timeout_ms,
                                                            Pool<ServerConnection>::Open open);

}  // namespace kameng::sql
