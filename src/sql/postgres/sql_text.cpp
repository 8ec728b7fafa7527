// sql_text.cpp - marks of parameters, the words of a lock, and whether a statement writes.
#include "sql/postgres/sql_text.hpp"

#include <algorithm>

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

std::string_view words_for(Lock lock) {
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

}  // namespace

SqlText sql_text(std::string_view text, Lock lock, std::string_view table_prefix) {
  const std::string source = with_prefix(text, table_prefix);
  const std::string_view sql = source;
  SqlText made;
  Words words;
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t end = at + 1;
    if (sql[at] == '?') {
      end = end_of(sql, at + 1, is_digit);
      const int number =
          end == at + 1 ? made.parameters + 1 : std::stoi(std::string(sql.substr(at + 1, 4)));
      made.parameters = std::max(made.parameters, number);
      made.sql += "$" + std::to_string(number);
      at = end;
      continue;
    }
    if (sql[at] == '\'' || sql[at] == '"') {
      end = end_of_quoted(sql, at);
    } else if (is_word(sql[at])) {
      end = end_of(sql, at, is_word);
      words.add(sql.substr(at, end - at));
    }
    made.sql += sql.substr(at, end - at);
    at = end;
  }
  made.sql += words_for(lock);
  made.writes = words.writes();
  return made;
}

}  // namespace kameng::sql::postgres
