// dsn.hpp - takes an address of a database apart. Its form is told in mariadb.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kameng::sql::mariadb {

struct Address {
  std::string user, password, host, database;
  int port = 3306;
  std::string socket;  // empty: TCP
  bool encrypted = false;
  bool verified = true;  // the server's certificate, when encrypted
  std::string authorities, certificate, private_key;
};

// Nothing when the text is malformed, says something twice, or has a parameter that nobody knows.
[[nodiscard]] std::optional<Address> parse_dsn(std::string_view text);

}  // namespace kameng::sql::mariadb
