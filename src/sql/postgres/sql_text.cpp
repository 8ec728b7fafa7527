// sql_text.cpp - marks of parameters, the words of a lock, and whether a statement writes.
#include "sql/postgres/sql_text.hpp"

#include <algorithm>
#include <utility>

#include "sql/marks.hpp"

namespace kameng::sql::postgres {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

// The words of a statement, each outside of quotes, as far as they tell whether it writes: FOR
// UPDATE locks rows and changes none.
class Words {
 public:
  void add(std::string_view word) {
    if (word.empty()) {
      return;
    }
    writes_ = writes_ || word == "INSERT" || word == "DELETE" ||
              (word == "UPDATE" && !(last_ == "FOR" || last_ == "DO" || last_ == "KEY"));
    last_ = word;
  }
  [[nodiscard]] bool writes() const { return writes_; }

 private:
  std::string_view last_;
  bool writes_ = false;
};

std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
  const std::size_t end = sql.find(sql[at], at + 1);
  return end == std::string_view::npos ? sql.size() : end + 1;
}

std::size_t end_of(std::string_view sql, std::size_t at, bool (*belongs)(char)) {
  while (at < sql.size() && belongs(sql[at])) {
    ++at;
  }
  return at;
}

}  // namespace

SqlText sql_text(std::string_view text, Lock lock, std::string_view table_prefix) {
  Marked marked = with_marks(with_prefix(text, table_prefix), Dialect::postgres);
  Words words;
  const std::string_view sql = marked.sql;
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '\'' || sql[at] == '"') {
      at = end_of_quoted(sql, at);
      continue;
    }
    const std::size_t end = end_of(sql, at, is_word);
    words.add(sql.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  const bool writes = words.writes();
  marked.sql += lock_words(lock);
  return {std::move(marked.sql), marked.values, writes};
}

}  // namespace kameng::sql::postgres
