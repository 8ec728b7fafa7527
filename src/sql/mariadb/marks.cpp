// marks.cpp - see marks.hpp.
#include "sql/mariadb/marks.hpp"

#include <algorithm>

namespace kameng::sql::mariadb {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// How long the quoted text or comment is that begins here; 0 when none does. A doubled quote is two
// quoted texts in a row, which comes to the same.
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
  return text.substr(0, 2) == "/*" ? through("*/", 2) : 0;
}

}  // namespace

Marked with_plain_marks(std::string_view text) {
  Marked marked;
  marked.sql.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(passage(text), 1);
    const char c = text.front();
    marked.sql += text.substr(0, length);
    text.remove_prefix(length);
    if (c != '?') {
      continue;
    }
    int number = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
      number = std::min(number, 100'000) * 10 + (text.front() - '0');
    }
    if (number == 0) {
      number = marked.values + 1;
    }
    marked.values = std::max(marked.values, number);
    marked.order.push_back(number - 1);
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
      const bool is_comment = passed > 0 && (rest.front() == '-' || rest.front() == '/');
      const bool is_blank = rest.find_first_of(" \t\r\n") == 0;
      is_empty = is_empty && (is_comment || is_blank);
      length += std::max<std::size_t>(passed, 1);
    }
    if (!is_empty) {
      kept += kept.empty() ? "" : ";";
      kept += script.substr(0, length);
    }
    script.remove_prefix(std::min(length + 1, script.size()));
  }
  return kept;
}

}  // namespace kameng::sql::mariadb
