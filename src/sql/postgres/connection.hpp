// connection.hpp - one connection to a PostgreSQL server: its transactions, its prepared
// statements, and what it has sent and not been answered yet.
//
// Everything goes out in libpq's pipeline mode. BEGIN, the preparing of statements, writes that
// answer nothing and queries whose rows nobody has looked at yet are kept back and sent together,
// when somebody needs an answer. The server passes over what follows a failure, so the first answer
// that is not good says what went wrong, and nothing after it was done.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/postgres/cursor.hpp"
#include "sql/postgres/session.hpp"
#include "sql/postgres/settings.hpp"
#include "sql/server_connection.hpp"

namespace kameng::sql::postgres {

class PostgresConnection final : public ServerConnection {
 public:
  PostgresConnection(std::shared_ptr<const Settings> settings, std::unique_ptr<Session> session)
      : settings_(std::move(settings)), session_(std::move(session)) {
    time_with(settings_->options.times.get());
  }
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  [[nodiscard]] Dialect dialect() const override { return Dialect::postgres; }
  [[nodiscard]] Cursor* prepare(const Statement& statement, Failure& failure) override;
  [[nodiscard]] bool write(const Statement& statement, std::span<const Value> values,
                           std::int64_t expected, Failure& failure) override;
  [[nodiscard]] Failure flush() override;
  [[nodiscard]] std::int64_t changes() const override { return changes_; }
  [[nodiscard]] Failure execute(std::string_view script) override;
  [[nodiscard]] std::string script_text(std::string_view script) const override;
  [[nodiscard]] Failure lock_schema() override;
  [[nodiscard]] Failure begin_read() override;
  [[nodiscard]] Failure begin_write(const Deadline& deadline) override;
  [[nodiscard]] Failure commit() override;
  void rollback() override;
  [[nodiscard]] Failure savepoint(std::string_view name) override;
  [[nodiscard]] Failure release(std::string_view name) override;
  [[nodiscard]] Failure rollback_to(std::string_view name) override;
  [[nodiscard]] bool in_transaction() const override { return mode_ != Mode::none; }

  [[nodiscard]] bool is_sound() const override { return session_->is_sound(); }
  void give_up_at(const Deadline& deadline) override { session_->give_up_at(deadline); }
  [[nodiscard]] std::int64_t statements() const noexcept override { return statements_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> prepared() const override;
  // Of what prepared() gives. Reading a table from end to end counts as dear here, so that an index
  // is used wherever one serves, however small the tables are; what it is searched by follows its
  // name, and without that it is read from end to end.
  [[nodiscard]] Result<std::vector<std::string>> explain(std::string_view sql) override;

  // For cursors. Sends a bound statement; false with `failure` set.
  [[nodiscard]] bool send_query(PostgresCursor& cursor, std::span<const Value> values,
                                Failure& failure);
  // Sends what was kept back and reads every answer, up to the rows of a stream; the first that is
  // not good is the failure.
  [[nodiscard]] bool settle(Failure& failure);
  // The next row of a statement that streams, into its cursor.
  [[nodiscard]] bool next_row(PostgresCursor& cursor, Failure& failure);
  // Its rows are not wanted any more.
  void forget(PostgresCursor& cursor, Failure& failure);

 private:
  enum class Mode { none, reading, writing };
  enum class Kind { control, preparation, write, query, sync };
  // What was sent and has not been answered.
  struct Sent {
    Kind kind;
    std::string_view name;
    std::int64_t expected = any_count;
    PostgresCursor* cursor = nullptr;
  };
  struct Key {
    const Statement* statement;
    bool locks;
    auto operator<=>(const Key&) const = default;
  };

  [[nodiscard]] bool is_streaming(const Sent& sent) const noexcept {
    return stream_ != nullptr && sent.kind == Kind::query && sent.cursor == stream_;
  }
  [[nodiscard]] PostgresCursor* find(const Statement& statement, Failure& failure);
  [[nodiscard]] bool send(PostgresCursor& cursor, std::span<const Value> values, Sent sent,
                          Failure& failure);
  [[nodiscard]] bool send_preparation(PostgresCursor& cursor, std::span<const Value> values);
  [[nodiscard]] bool send_control(std::string_view name, const std::string& sql);
  [[nodiscard]] bool send_begin();
  [[nodiscard]] bool send_sync();
  [[nodiscard]] bool lose(Failure& failure, std::string_view name);
  void receive(Failure& failure);
  [[nodiscard]] bool skip_rest();
  void end_stream(Failure& failure);
  void take_answer(const Sent& sent, ResultPtr result, Failure& failure);
  [[nodiscard]] Failure begin(Mode mode);
  [[nodiscard]] Failure control_now(std::string_view name, const std::string& sql);
  [[nodiscard]] Failure run_script(const std::string& sql, std::vector<std::string>* lines);
  [[nodiscard]] Failure announce(std::string_view name, std::string_view text,
                                 std::span<const Value> values) const;
  void close_cursors();

  std::shared_ptr<const Settings> settings_;
  std::unique_ptr<Session> session_;
  std::map<Key, std::unique_ptr<PostgresCursor>> cursors_;
  std::deque<Sent> sent_;
  std::size_t bytes_kept_ = 0;
  PostgresCursor* stream_ = nullptr;  // whose rows are fetched as they are read
  bool stream_begun_ = false;
  Mode mode_ = Mode::none;
  bool begin_is_due_ = false;  // it goes out with the first statement
  int names_given_ = 0;
  std::int64_t changes_ = 0;
  std::int64_t statements_ = 0;
};

}  // namespace kameng::sql::postgres
