// cursor.hpp - one prepared statement of a SQLite connection.
#pragma once

#include <string>

#include <sqlite3.h>

#include "sql/driver.hpp"

namespace kameng::sql::sqlite {

class SqliteConnection;

class SqliteCursor final : public Cursor {
 public:
  // Takes over the prepared statement.
  SqliteCursor(SqliteConnection& connection, sqlite3_stmt* prepared, const Statement& source);
  SqliteCursor(const SqliteCursor&) = delete;
  SqliteCursor& operator=(const SqliteCursor&) = delete;
  ~SqliteCursor() override;

  // A Statement's address may be used again by another one, so its text is compared too.
  [[nodiscard]] bool is_for(const Statement& statement) const noexcept {
    return source_ == statement.text;
  }
  [[nodiscard]] bool in_use() const noexcept { return in_use_; }
  void take() noexcept { in_use_ = true; }

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view sql() const { return sqlite3_sql(prepared_); }
  [[nodiscard]] bool writes() const override { return writes_; }
  [[nodiscard]] bool bind(std::span<const Value> values, Binding binding,
                          Failure& failure) override;
  [[nodiscard]] bool step(Failure& failure) override;
  void reset(Failure& failure) override;
  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t int64(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] ByteView blob(int column) const override;

 private:
  // True when the column holds `kind`; remembers when it holds another one that is not null.
  [[nodiscard]] bool holds(int column, int kind) const;
  [[nodiscard]] int bind_one(int index, const Value& value, Binding binding);
  [[nodiscard]] Failure misread() const;

  SqliteConnection* connection_;
  sqlite3_stmt* prepared_;
  std::string name_;
  std::string source_;
  int parameters_;
  bool writes_;
  bool in_use_ = false;
  bool counted_ = false;          // this run is counted as a write
  mutable bool misread_ = false;  // a column was read as another kind than it holds
};

}  // namespace kameng::sql::sqlite
