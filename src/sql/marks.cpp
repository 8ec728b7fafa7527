// marks.cpp - see marks.hpp.
#include "sql/marks.hpp"

#include <algorithm>
#include <numeric>

namespace kameng::sql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// How much of the text, from its first character on, is copied as it is: what is quoted, and a
// comment, whole. A doubled quote is two quoted passages in a row, which comes to the same.
std::size_t passage(std::string_view text) {
  const auto through = [text](std::string_view end, std::size_t from) {
    const std::size_t at = text.find(end, from);
    return at == std::string_view::npos ? text.size() : at + end.size();
  };
  if (text.front() == '\'' || text.front() == '"' || text.front() == '`') {
    return through(text.substr(0, 1), 1);
  }
  if (text.substr(0, 3) == "-- ") {
    return through("\n", 3);
  }
  return text.substr(0, 2) == "/*" ? through("*/", 2) : 1;
}

}  // namespace

Marked with_marks(std::string_view text, Dialect dialect) {
  Marked marked;
  marked.sql.reserve(text.size() + 16);
  while (!text.empty()) {
    if (text.front() != '?') {
      const std::size_t length = passage(text);
      marked.sql += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    text.remove_prefix(1);
    int number = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
      number = std::min(number, 10'000) * 10 + (text.front() - '0');
    }
    number = number == 0 ? marked.values + 1 : number;
    marked.values = std::max(marked.values, number);
    if (dialect == Dialect::mariadb) {
      marked.sql += '?';
      marked.order.push_back(number - 1);
    } else {
      marked.sql += (dialect == Dialect::postgres ? "$" : "?") + std::to_string(number);
    }
  }
  if (dialect != Dialect::mariadb) {
    marked.order.resize(static_cast<std::size_t>(marked.values));
    std::iota(marked.order.begin(), marked.order.end(), 0);
  }
  return marked;
}

std::string without_empty_statements(std::string_view script) {
  std::string kept;
  while (!script.empty()) {
    std::size_t length = 0;
    bool is_empty = true;
    while (length < script.size() && script[length] != ';') {
      const std::string_view rest = script.substr(length);
      const std::size_t passed = passage(rest);
      const bool is_comment = passed > 1 && (rest.front() == '-' || rest.front() == '/');
      const bool is_blank = rest.find_first_of(" \t\r\n") == 0;
      is_empty = is_empty && (is_comment || is_blank);
      length += passed;
    }
    if (!is_empty) {
      kept += kept.empty() ? "" : ";";
      kept += script.substr(0, length);
    }
    script.remove_prefix(std::min(length + 1, script.size()));
  }
  return kept;
}

}  // namespace kameng::sql
