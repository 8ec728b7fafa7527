// statement.cpp - the table prefix, and the words of a lock.
#include "sql/statement.hpp"

#include <algorithm>

namespace kameng::sql {

std::string_view lock_words(Lock lock) noexcept {
  switch (lock) {
    case Lock::none:
      break;
    case Lock::rows:
      return " FOR UPDATE";
    case Lock::free_rows:
      return " FOR UPDATE SKIP LOCKED";
  }
  return {};
}

std::string with_prefix(std::string_view text, std::string_view table_prefix) {
  constexpr std::string_view mark = "{p}";
  std::string sql;
  sql.reserve(text.size() + 64);
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, mark.size()) == mark) {
      sql += table_prefix;
      at += mark.size();
    } else {
      sql += text[at++];
    }
  }
  return sql;
}

bool is_table_prefix(std::string_view prefix) noexcept {
  return prefix.size() <= 32 && std::all_of(prefix.begin(), prefix.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace kameng::sql
