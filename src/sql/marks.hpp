// marks.hpp - texts as a database takes them: with the marks of parameters that it knows, and
// without empty statements.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.hpp"

namespace kameng::sql {

struct Marked {
  std::string sql;
  std::vector<int> order;  // for each parameter of `sql`, which value it takes, from 0
  int values = 0;          // how many the statement takes
};

// SQLite and PostgreSQL get a numbered mark for each value, `?1` or `$1`; MariaDB, which has none,
// gets a `?` wherever one stands. A plain `?` in the text stands for the value after the greatest
// so far. Marks in quotes and comments are text.
[[nodiscard]] Marked with_marks(std::string_view text, Dialect dialect);

// The script without statements that hold blanks and comments alone, such as what stands behind the
// last semicolon: MariaDB refuses them, and what follows them would not run.
[[nodiscard]] std::string without_empty_statements(std::string_view script);

}  // namespace kameng::sql
