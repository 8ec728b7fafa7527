// open.cpp - from an address to a session with our settings, and to a pool of them.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "sql/mariadb/connection.hpp"
#include "sql/mariadb/fault.hpp"
#include "sql/mariadb/mariadb.hpp"

namespace kameng::sql::mariadb {
namespace {

Error refuse(Status status, std::string_view reason, std::string_view message) {
  return {status, std::string(reason), std::string(message)};
}

Error unreachable() {
  Error error = refuse(Status::unavailable, "storage.unreachable",
                       "The database server could not be reached, or not securely.");
  error.retry = Retry::same;
  return error;
}

// Why a session could not be had. The server's own message names the user and the host.
Error connect_error(unsigned int code) {
  constexpr std::array<unsigned int, 6> denials{1044, 1045, 1130, 1251, 1698, 2059};
  constexpr unsigned int no_database = 1049;
  if (std::find(denials.begin(), denials.end(), code) != denials.end()) {
    return refuse(Status::failed_precondition, "storage.access_denied",
                  "The database server does not let this user in.");
  }
  if (code == no_database) {
    return refuse(Status::failed_precondition, "storage.no_database",
                  "The database server has no such database.");
  }
  const Failure failure = failure_of(code, "", "connect", "");
  return failure.fault == Fault::busy || failure.fault == Fault::out_of_memory ? to_error(failure)
                                                                               : unreachable();
}

}  // namespace

Result<std::unique_ptr<MariadbConnection>> MariadbConnection::open(const ServerOptions& options,
                                                                   const Address& address,
                                                                   const Deadline& deadline) {
  auto connection = std::make_unique<MariadbConnection>(options);
  connection->time_with(options.times.get());
  connection->client_.give_up_at(
      std::min(deadline.at(), Deadline::after_ms(options.open_timeout_ms).at()));
  if (const unsigned int code = connection->client_.connect(address); code != 0) {
    return connect_error(code);
  }
  KAMENG_CHECK(connection->set_up());
  return connection;
}

// One trip. Text in statements is plain text, as in SQL's standard and our other databases: a
// backslash is a letter, and || joins.
Result<void> MariadbConnection::set_up() {
  MYSQL* const handle = client_.handle();
  is_mariadb_ = std::strstr(mysql_get_server_info(handle), "MariaDB") != nullptr;
  constexpr unsigned long mariadb_min = 10'06'00;
  constexpr unsigned long mysql_min = 8'00'16;
  if (mysql_get_server_version(handle) < (is_mariadb_ ? mariadb_min : mysql_min)) {
    return refuse(Status::incompatible, "storage.server_too_old",
                  "MariaDB 10.6 or MySQL 8.0.16 is needed, or newer.");
  }
  std::string clustered;
  const unsigned int code = client_.query(
      "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
      "SET autocommit = 0, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,"
      "NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT';"
      "SHOW VARIABLES LIKE 'wsrep_on'",
      &clustered);
  if (code != 0) {
    return connect_error(code);
  }
  is_clustered_ = clustered == "ON";
  return is_clustered_ ? set_up_node() : Result<void>();
}

// The cluster numbers its nodes for ids that never meet. From the second query on, each transaction
// first waits until the node has all that was committed on the others before: a customer who
// registers on one of them logs in on the next. A session is opened without: such a wait fails at
// once while the nodes are agreeing on who is left, and a call that found no session would end with
// that, where one in a transaction runs again.
Result<void> MariadbConnection::set_up_node() {
  std::string number_and_count;
  unsigned int code =
      client_.query("SELECT CONCAT(@@auto_increment_offset - 1, '/', @@auto_increment_increment)",
                    &number_and_count);
  if (code == 0) {
    code = client_.query("SET SESSION wsrep_sync_wait = 7");
  }
  if (code != 0) {
    return connect_error(code);
  }
  Node node;
  const char* const end = number_and_count.data() + number_and_count.size();
  const auto number = std::from_chars(number_and_count.data(), end, node.number);
  if (number.ptr != end) {
    std::from_chars(number.ptr + 1, end, node.count);
  }
  node_ = node.number < node.count ? node : Node{};
  return {};
}

Result<std::unique_ptr<Database>> open(const ServerOptions& options) {
  if (!is_table_prefix(options.table_prefix)) {
    return refuse(Status::invalid_argument, "storage.table_prefix",
                  "A table prefix has at most 32 lower-case letters, digits and _.");
  }
  std::optional<Address> address = parse_dsn(options.dsn);
  if (!address) {
    return refuse(Status::invalid_argument, "storage.dsn",
                  "It is not mariadb://user:password@host:port/database?name=value.")
        .at("storage.dsn");
  }
  const auto kept = std::make_shared<const ServerOptions>(options);
  return open_server(Dialect::mariadb, options.connections_max, options.open_timeout_ms,
                     [kept, address = std::move(*address)](
                         const Deadline& deadline) -> Result<std::unique_ptr<ServerConnection>> {
                       KAMENG_TRY(std::unique_ptr<MariadbConnection> connection,
                                  MariadbConnection::open(*kept, address, deadline));
                       return std::unique_ptr<ServerConnection>(std::move(connection));
                     });
}

}  // namespace kameng::sql::mariadb
