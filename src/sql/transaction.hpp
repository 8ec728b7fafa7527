// transaction.hpp - one open transaction, as repositories see it.
//
// A transaction remembers its first failure. After it every statement does nothing, rows are empty
// and counts are 0, and whoever opened the transaction rolls back and reports the failure. So
// repositories read straight through, without a check after each line; a decision made on facts of
// a failed transaction is thrown away with it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/driver.hpp"

namespace kameng::sql {

// The rows of one query. A statement is open in one Rows at a time; next() returning false closes
// it. `while (rows.next()) { ... rows.int64(0) ... }`. Text and blobs are borrowed until next().
class Rows {
 public:
  Rows(Cursor* cursor, Failure& failure, StatementTimes* times = nullptr,
       StatementTimes::Duration spent = {})
      : cursor_(cursor), failure_(&failure), times_(times), spent_(spent) {}
  Rows(Rows&& other) noexcept
      : cursor_(other.cursor_),
        failure_(other.failure_),
        times_(other.times_),
        spent_(other.spent_) {
    other.cursor_ = nullptr;
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;
  ~Rows() { finish(); }

  [[nodiscard]] bool next();
  // Before the first row, after the last and in a failed transaction: null, 0, nothing.
  [[nodiscard]] bool is_null(int column) const { return !cursor_ || cursor_->is_null(column); }
  [[nodiscard]] std::int64_t int64(int column) const {
    return cursor_ ? cursor_->int64(column) : 0;
  }
  [[nodiscard]] std::string text(int column) const { return std::string(text_view(column)); }
  [[nodiscard]] std::string_view text_view(int column) const {
    return cursor_ ? cursor_->text(column) : std::string_view();
  }
  [[nodiscard]] Bytes blob(int column) const {
    const ByteView view = blob_view(column);
    return {view.begin(), view.end()};
  }
  [[nodiscard]] ByteView blob_view(int column) const {
    return cursor_ ? cursor_->blob(column) : ByteView();
  }
  // Null reads as nothing.
  [[nodiscard]] std::optional<std::int64_t> maybe_int64(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(int column) const;
  [[nodiscard]] std::optional<Bytes> maybe_blob(int column) const;
  // A 16-byte blob; another length is a corrupt row and fails the transaction.
  template <class IdType>
  [[nodiscard]] IdType id(int column) const {
    IdType id;
    read_id(column, id.bytes);
    return id;
  }
  template <class IdType>
  [[nodiscard]] std::optional<IdType> maybe_id(int column) const {
    return is_null(column) ? std::nullopt : std::optional<IdType>(id<IdType>(column));
  }

 private:
  void finish();
  [[nodiscard]] bool step();
  void read_id(int column, IdBytes& bytes) const;
  Cursor* cursor_;
  Failure* failure_;
  StatementTimes* times_;
  StatementTimes::Duration spent_;  // so far, by the database alone
};

// A question whose answer is read later. Those that are asked before one of them is answered go to
// the database together, where it takes several at once; a statement is asked once at a time.
template <class Answer>
class Asked {
 public:
  using Read = std::function<Answer(Rows&)>;
  Asked(Rows rows, Read read) : rows_(std::move(rows)), read_(std::move(read)) {}

  // Once.
  [[nodiscard]] Answer answer() {
    Rows rows = std::move(rows_);
    return read_(rows);
  }

 private:
  Rows rows_;
  Read read_;
};

class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Reads. Bound text and blobs are copied or used before the call returns.
  template <class... Parameters>
  [[nodiscard]] Rows query(const Statement& statement, const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{}};
    return start(statement, {values, sizeof...(parameters)});
  }

  // Writes. The statement may go out only with those that follow it: what it failed with is known
  // at the next query, run_count() or commit.
  template <class... Parameters>
  void run(const Statement& statement, const Parameters&... parameters) {
    run_exactly(any_count, statement, parameters...);
  }

  // As run(), and a count of changed rows other than `expected` fails the transaction as a
  // conflict: a row that the decision stood on has changed under it, so the phase runs again.
  template <class... Parameters>
  void run_exactly(std::int64_t expected, const Statement& statement,
                   const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{}};
    write(statement, {values, sizeof...(parameters)}, expected);
  }

  // As run_exactly(), for a statement whose number of parameters is known only when it runs.
  void run_values(std::int64_t expected, const Statement& statement,
                  std::span<const Value> values) {
    write(statement, values, expected);
  }

  // Writes at once and returns the rows changed: 0 in a failed transaction.
  template <class... Parameters>
  [[nodiscard]] std::int64_t run_count(const Statement& statement,
                                       const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{}};
    return write_now(statement, {values, sizeof...(parameters)});
  }

  // What run() has left open is known after this.
  void settle();

  [[nodiscard]] Dialect dialect() const { return connection_->dialect(); }
  [[nodiscard]] Node node() const { return connection_->node(); }
  // Nobody else writes while this transaction is open, so what it has read stays true without a
  // lock, and ids and positions become visible in their order.
  [[nodiscard]] bool is_only_writer() const { return dialect() == Dialect::sqlite; }
  [[nodiscard]] bool failed() const noexcept { return static_cast<bool>(failure_); }
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
  void fail(Failure failure);
  // Statements run that can change the database.
  [[nodiscard]] std::int64_t writes() const noexcept { return writes_; }
  [[nodiscard]] Connection& connection() noexcept { return *connection_; }

 private:
  Rows start(const Statement& statement, std::span<const Value> values);
  void write(const Statement& statement, std::span<const Value> values, std::int64_t expected);
  std::int64_t write_now(const Statement& statement, std::span<const Value> values);

  Connection* connection_;
  Failure failure_;
  std::int64_t writes_ = 0;
};

}  // namespace kameng::sql
