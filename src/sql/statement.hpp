// statement.hpp - SQL as data: every statement has a name and lives beside the aggregate it serves.
//
// Portable SQL is written once. Where databases differ, the statement is a named fragment per
// dialect, chosen when it is prepared; text is never rewritten, except that `{p}` becomes the table
// prefix.
#pragma once

#include <string_view>

namespace kameng::sql {

enum class Dialect { sqlite };

struct Statement {
  std::string_view name;  // "order.insert"
  std::string_view text;  // with `?` parameters
};

}  // namespace kameng::sql
