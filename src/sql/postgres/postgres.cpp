// postgres.cpp - a pool of connections to one PostgreSQL database.
#include "sql/postgres/postgres.hpp"

#include <algorithm>
#include <utility>

#include "sql/postgres/connection.hpp"

namespace kameng::sql::postgres {

Result<std::unique_ptr<Database>> open(const ServerOptions& options) {
  if (!is_table_prefix(options.table_prefix)) {
    return Error{Status::invalid_argument, "storage.table_prefix",
                 "A table prefix has at most 32 lower-case letters, digits and _."};
  }
  KAMENG_TRY(Settings read, read_settings(options));
  const auto settings = std::make_shared<const Settings>(std::move(read));
  const auto connect =
      [settings](const Deadline& deadline) -> Result<std::unique_ptr<ServerConnection>> {
    const Deadline own = Deadline::after_ms(settings->options.open_timeout_ms);
    KAMENG_TRY(std::unique_ptr<Session> session,
               Session::open(*settings, own.at() < deadline.at() ? own : deadline));
    return std::unique_ptr<ServerConnection>(
        std::make_unique<PostgresConnection>(settings, std::move(session)));
  };
  return open_server(Dialect::postgres, options.connections_max, options.open_timeout_ms, connect);
}

}  // namespace kameng::sql::postgres
