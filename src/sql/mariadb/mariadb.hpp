// mariadb.hpp - opens a database on a MariaDB server, or on one that speaks its protocol.
//
// The address is
//   mariadb://user:password@host:port/database?name=value&...      (or mysql://)
// with every part percent-encoded where it holds a reserved character. User, host or `socket`, and
// database are required; the port is 3306 unless it is said. Parameters:
//   socket=PATH      a Unix socket instead of host and port
//   ssl=1            encrypted, or no connection; any other ssl_... says the same
//   ssl_ca=FILE      whom to trust instead of the system's authorities
//   ssl_cert=FILE, ssl_key=FILE   who we are
//   ssl_verify=0     the server's certificate is taken unseen; it is verified otherwise
// Without any of them nothing is encrypted, which is for sockets and networks of one's own.
//
// Nothing else is read: no option file, no environment. MariaDB 10.6 or MySQL 8.0.16 is the oldest
// server, since older ones cannot pass over locked rows. What a statement carries fits into the
// server's max_allowed_packet (16 MiB where nobody has made it smaller; documents end at 1 MiB):
// the server cuts the connection of one that does not, which is told as storage.io.
#pragma once

#include <memory>

#include "sql/server_database.hpp"

namespace kameng::sql::mariadb {

// Reasons: storage.dsn, storage.table_prefix (INVALID_ARGUMENT); storage.access_denied,
// storage.no_database (FAILED_PRECONDITION); storage.unreachable, storage.busy (UNAVAILABLE);
// storage.server_too_old (INCOMPATIBLE).
[[nodiscard]] Result<std::unique_ptr<Database>> open(const ServerOptions& options);

}  // namespace kameng::sql::mariadb
