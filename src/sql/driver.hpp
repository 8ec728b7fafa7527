// driver.hpp - the boundary to a database client library. A driver knows nothing of the shop.
//
// Thread rule: a Connection and its Cursors are used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "sql/statement.hpp"
#include "sql/statement_times.hpp"
#include "sql/value.hpp"

namespace kameng::sql {

// What went wrong, as far as the engine acts on it. Server messages print values, so they never
// travel further than here.
enum class Fault {
  none,
  busy,      // another process holds the writer: wait, then run again
  conflict,  // deadlock, serialization: run the whole phase again
  unique,    // a unique index refused; `constraint` names it
  check,     // a CHECK or NOT NULL refused
  foreign_key,
  full,  // no space left
  read_only,
  corrupt,
  not_a_database,
  cannot_open,  // no such folder, no permission
  io,           // at COMMIT: outcome unknown
  lost,         // connection gone; at COMMIT: outcome unknown
  interrupted,  // the deadline passed while the statement ran
  out_of_memory,
  misuse,
};

struct Failure {
  Fault fault = Fault::none;
  std::string statement = {};   // its name
  std::string constraint = {};  // "order.total" or the index's name, where the database tells
  // Why a statement does not compile; never a value, because nothing is bound by then.
  std::string hint = {};
  int native_code = 0;

  explicit operator bool() const noexcept { return fault != Fault::none; }
};

// For drivers: a statement was used as it cannot be.
[[nodiscard]] Failure misuse_of(std::string_view statement, std::string_view hint);
// Misuse unless it is lower-case letters, digits and _: drivers write a savepoint's name into SQL.
[[nodiscard]] Failure check_savepoint(std::string_view name);

// The Error that a caller sees: a declared reason ("storage.busy", "storage.full", ...), never a
// server message.
[[nodiscard]] Error to_error(const Failure& failure);

// Connection::write() does not look at how many rows were changed.
inline constexpr std::int64_t any_count = -1;

// Whether a statement's text and blobs outlive the call that binds them.
enum class Binding { borrowed, copied };

// A prepared statement while it runs. Columns are borrowed until the next step or reset. Null reads
// as 0 or nothing; reading a column as another kind than it holds gives 0 or nothing too, and
// reset() or step() reports it as a corrupt row.
class Cursor {
 public:
  virtual ~Cursor() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual bool writes() const = 0;  // it can change the database
  // All parameters at once; false with `failure` set when their number is wrong.
  [[nodiscard]] virtual bool bind(std::span<const Value> values, Binding binding,
                                  Failure& failure) = 0;
  [[nodiscard]] virtual bool step(
      Failure& failure) = 0;                 // true: a row; false: done, or failure is set
  virtual void reset(Failure& failure) = 0;  // gives it back; an earlier failure is kept
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t int64(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual ByteView blob(int column) const = 0;
};

// Which of the nodes of a cluster that take writes side by side, and of how many.
struct Node {
  int number = 0;
  int count = 1;
};

class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  // Nodes see each other's locks only when they commit.
  [[nodiscard]] virtual Node node() const { return {}; }
  // The statement prepared on this connection, kept for the connection's life; null with `failure`
  // set. It is in use until its reset(): a second prepare() before that is misuse.
  [[nodiscard]] virtual Cursor* prepare(const Statement& statement, Failure& failure) = 0;
  // Runs a statement that answers nothing. A driver may keep it back and send it with those that
  // follow, at the latest with the next prepare(), write_now() or commit(), which then report its
  // failure under its name; without `failure` set it is taken to have run. A count of changed rows
  // other than `expected` is a conflict.
  [[nodiscard]] virtual bool write(const Statement& statement, std::span<const Value> values,
                                   std::int64_t expected, Failure& failure);
  // Sends what was kept back and tells its failure.
  [[nodiscard]] virtual Failure flush() { return {}; }
  // Runs it at once; the rows that it changed.
  [[nodiscard]] virtual std::int64_t write_now(const Statement& statement,
                                               std::span<const Value> values, Failure& failure);
  [[nodiscard]] virtual std::int64_t changes()
      const = 0;  // rows changed by the last finished statement
  [[nodiscard]] virtual Failure execute(
      std::string_view script) = 0;  // several statements, no parameters: migrations
  // The script as execute() would send it.
  [[nodiscard]] virtual std::string script_text(std::string_view script) const = 0;
  // In a transaction that writes: of several processes that bring the schema up to date at once,
  // one goes on and the others wait until it has committed. Nothing, where writers wait anyway.
  [[nodiscard]] virtual Failure lock_schema() { return {}; }
  [[nodiscard]] virtual Failure begin_read() = 0;
  [[nodiscard]] virtual Failure begin_write(
      const Deadline& deadline) = 0;  // waits for the writer until then
  [[nodiscard]] virtual Failure commit() = 0;
  virtual void rollback() = 0;
  [[nodiscard]] virtual Failure savepoint(std::string_view name) = 0;
  [[nodiscard]] virtual Failure release(std::string_view name) = 0;
  [[nodiscard]] virtual Failure rollback_to(std::string_view name) = 0;
  [[nodiscard]] virtual bool in_transaction() const = 0;

  // What statements take is noted there; null: nowhere. Outlives the connection.
  void time_with(StatementTimes* times) noexcept { times_ = times; }
  [[nodiscard]] StatementTimes* times() const noexcept { return times_; }

 private:
  StatementTimes* times_ = nullptr;
};

// Notes what a stretch of a statement's work took, where the connection wants to know.
class Timed {
 public:
  Timed(StatementTimes* times, std::string_view name)
      : times_(times), name_(name), from_(times ? Clock::now() : Clock::time_point()) {}
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() {
    if (times_ != nullptr) {
      times_->note(name_, Clock::now() - from_);
    }
  }

 private:
  using Clock = std::chrono::steady_clock;
  StatementTimes* times_;
  std::string_view name_;
  Clock::time_point from_;
};

}  // namespace kameng::sql
