// sql_text.hpp - a statement's text as PostgreSQL takes it.
#pragma once

#include <string>
#include <string_view>

#include "sql/statement.hpp"

namespace kameng::sql::postgres {

struct SqlText {
  std::string sql;  // with `$1`, `$2` and the table prefix
  int parameters = 0;
  bool writes = false;  // it can change the database
};

[[nodiscard]] SqlText sql_text(std::string_view text, Lock lock, std::string_view table_prefix);

}  // namespace kameng::sql::postgres
