// marks.hpp - statements as a server takes them that only knows `?` and no empty statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kameng::sql::mariadb {

struct Marked {
  std::string sql;         // every parameter a plain `?`
  std::vector<int> order;  // for each `?`, which value it stands for, from 0
  int values = 0;          // how many the statement takes
};

// A plain `?` stands for the value after the greatest so far, as in SQLite. Marks in quotes and
// comments are text.
[[nodiscard]] Marked with_plain_marks(std::string_view text);

// The script without statements that hold blanks and comments alone, such as what stands behind the
// last semicolon: the server refuses them, and what follows them would not run.
[[nodiscard]] std::string without_empty_statements(std::string_view script);

}  // namespace kameng::sql::mariadb
