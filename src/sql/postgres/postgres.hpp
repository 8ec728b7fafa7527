// postgres.hpp - opens a database of a PostgreSQL server, version 13 or newer.
#pragma once

#include <memory>

#include "sql/server_database.hpp"

namespace kameng::sql::postgres {

// `options.dsn` is a connection string or URI as libpq reads it. It names the host (or a socket's
// folder) and the user; the database is named as the user unless it says otherwise. What it leaves
// out has a value of its own here and is not looked for in the environment or in files of the home
// folder. Three names cannot be kept from libpq, which heeds them where the dsn is silent:
// PGHOSTADDR, PGREQUIREPEER and PGSERVICE. A host's name is looked up by the system in its own
// time, whatever the deadline.
//
// Reasons besides those of Database: storage.dsn, storage.table_prefix (INVALID_ARGUMENT);
// storage.unreachable, storage.busy (UNAVAILABLE); storage.access_denied, storage.no_database
// (FAILED_PRECONDITION); storage.server_too_old, storage.encoding (INCOMPATIBLE).
[[nodiscard]] Result<std::unique_ptr<Database>> open(const ServerOptions& options);

}  // namespace kameng::sql::postgres
