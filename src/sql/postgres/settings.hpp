// settings.hpp - what every connection of one database is opened with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/server_database.hpp"

namespace kameng::sql::postgres {

struct Settings {
  ServerOptions options;
  // Names and values for libpq, as many of each.
  std::vector<std::string> keywords;
  std::vector<std::string> values;
};

// INVALID_ARGUMENT storage.dsn, which never tells what stands in it: it holds a password.
[[nodiscard]] Result<Settings> read_settings(const ServerOptions& options);

}  // namespace kameng::sql::postgres
