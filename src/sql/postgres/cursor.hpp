// cursor.hpp - one prepared statement of a PostgreSQL connection, and its rows while it runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/postgres/session.hpp"
#include "sql/postgres/sql_text.hpp"

namespace kameng::sql::postgres {

class PostgresConnection;

// What the server knows a statement as. Types are those of the values that came first; a null has
// none, and leaves its parameter's to the server.
struct Prepared {
  std::string server_name;  // "k7"; empty: it is not prepared
  std::vector<Oid> types;
};

class PostgresCursor final : public Cursor {
 public:
  // `lock` is none where nothing is to be locked, whatever the statement says.
  PostgresCursor(PostgresConnection& connection, const Statement& source, Lock lock,
                 std::string_view table_prefix);
  PostgresCursor(const PostgresCursor&) = delete;
  PostgresCursor& operator=(const PostgresCursor&) = delete;

  // A Statement's address may be used again by another one, so its text is compared too.
  [[nodiscard]] bool is_for(const Statement& statement) const noexcept {
    return source_ == statement.text_for(Dialect::postgres) && name_ == statement.name;
  }
  [[nodiscard]] bool in_use() const noexcept { return state_ != State::free; }
  void take() noexcept { state_ = State::taken; }

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] const SqlText& server_text() const noexcept { return text_; }
  [[nodiscard]] bool streams() const noexcept { return streams_; }
  [[nodiscard]] Prepared& prepared() noexcept { return prepared_; }
  [[nodiscard]] const Prepared& prepared() const noexcept { return prepared_; }
  void set_result(ResultPtr result) noexcept { result_ = std::move(result); }

  [[nodiscard]] bool writes() const override { return text_.writes; }
  // Sends the statement, or keeps it back to be sent with those that follow.
  [[nodiscard]] bool bind(std::span<const Value> values, Binding binding,
                          Failure& failure) override;
  [[nodiscard]] bool step(Failure& failure) override;
  void reset(Failure& failure) override;
  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t int64(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] ByteView blob(int column) const override;

 private:
  enum class State { free, taken, sent, read };

  // The bytes of a column that is there and not null.
  [[nodiscard]] std::optional<std::string_view> bytes(int column) const;
  [[nodiscard]] Failure misread() const;

  PostgresConnection* connection_;
  std::string name_;
  std::string source_;
  SqlText text_;
  bool streams_;
  Prepared prepared_;
  State state_ = State::free;
  ResultPtr result_;              // all rows, or the one that a stream is at
  int row_ = -1;                  // of the result
  mutable bool misread_ = false;  // a column was read as another kind than it holds
};

}  // namespace kameng::sql::postgres
