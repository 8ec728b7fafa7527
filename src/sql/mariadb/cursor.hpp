// cursor.hpp - one prepared statement of a connection.
#pragma once

#include <string>
#include <vector>

#include <mysql.h>

#include "sql/driver.hpp"
#include "sql/marks.hpp"

namespace kameng::sql::mariadb {

class MariadbConnection;

class MariadbCursor final : public Cursor {
 public:
  // Takes over the prepared statement.
  MariadbCursor(MariadbConnection& connection, MYSQL_STMT* prepared, const Statement& source,
                Marked marked);
  MariadbCursor(const MariadbCursor&) = delete;
  MariadbCursor& operator=(const MariadbCursor&) = delete;
  ~MariadbCursor() override;

  // A Statement's address may be used again by another one, so its text is compared too.
  [[nodiscard]] bool is_for(const Statement& statement) const noexcept {
    return source_ == statement.text_for(Dialect::mariadb);
  }
  [[nodiscard]] bool in_use() const noexcept { return in_use_; }
  void take() noexcept { in_use_ = true; }
  [[nodiscard]] const std::string& sql() const noexcept { return marked_.sql; }
  [[nodiscard]] int values() const noexcept { return marked_.values; }

  [[nodiscard]] std::string_view name() const override { return name_; }
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
  enum class Kind { integer, decimal, text, blob, other };
  enum class State { idle, bound, at_rows, done };

  // One column of the row that was fetched last. The library writes into it.
  struct Column {
    Kind kind = Kind::other;
    std::int64_t number = 0;
    std::vector<char> bytes;
    unsigned long length = 0;
    my_bool is_null = 0;
    bool is_unsigned = false;
  };

  [[nodiscard]] static Kind kind_of(const MYSQL_FIELD& field);
  [[nodiscard]] static MYSQL_BIND bind_for(Column& column);
  [[nodiscard]] bool execute(Failure& failure);
  [[nodiscard]] bool describe_columns();
  [[nodiscard]] bool bind_columns();
  [[nodiscard]] bool fetch(Failure& failure);
  [[nodiscard]] bool fetch_the_rest();
  // The column when it holds something of one of the kinds; else null, and it is remembered that it
  // was read as another kind than it holds.
  [[nodiscard]] const Column* holding(int column, Kind kind, Kind or_kind) const;
  void cut_off(Failure& failure) const;
  void fail(Failure& failure) const;
  [[nodiscard]] Failure misread() const;

  MariadbConnection* connection_;
  MYSQL_STMT* prepared_;
  std::string name_;
  std::string source_;
  Marked marked_;
  bool writes_;
  bool streams_;
  State state_ = State::idle;
  bool in_use_ = false;
  bool has_rows_ = false;         // to be freed
  bool must_bind_ = false;        // a column has moved
  mutable bool misread_ = false;  // a column was read as another kind than it holds
  std::vector<MYSQL_BIND> parameters_;
  std::vector<std::int64_t> numbers_;
  std::vector<double> reals_;
  std::vector<std::string> copies_;
  std::vector<Column> columns_;
};

}  // namespace kameng::sql::mariadb
