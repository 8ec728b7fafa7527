// client.hpp - a session of the client library that never waits past a deadline.
//
// The library's timeouts are whole seconds and belong to a connection, so every call goes through
// its non-blocking form: where it would wait, this file waits, with poll. What is still unanswered
// at the deadline ends the session, since nobody knows what the server has done by then.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <mysql.h>

#include "base/clock.hpp"
#include "sql/driver.hpp"
#include "sql/mariadb/dsn.hpp"

namespace kameng::sql::mariadb {

class Client {
 public:
  Client();  // throws std::bad_alloc
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();
  // Statements that are prepared on it can only be closed afterwards, which then asks nobody.
  void close() noexcept;

  // 0, or the error's number.
  [[nodiscard]] unsigned int connect(const Address& address);
  // One or more statements; whatever rows they give are passed over, but for the last column of
  // the last one, which goes to `text`.
  [[nodiscard]] unsigned int query(std::string_view sql, std::string* text = nullptr);

  // What is waited for from now on is given up then.
  void give_up_at(Deadline::Monotonic::time_point at) noexcept { give_up_at_ = at; }
  [[nodiscard]] Deadline::Monotonic::time_point gives_up_at() const noexcept { return give_up_at_; }
  // The session has ended, here or there.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }
  // It ended because nothing was heard until the deadline.
  [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }
  // Remembers whether an error ended the session. Gives it back.
  unsigned int note(unsigned int code) noexcept;
  [[nodiscard]] Failure failure(unsigned int code, const char* message, std::string_view statement,
                                std::string_view table_prefix) const;
  [[nodiscard]] MYSQL* handle() noexcept { return handle_; }
  [[nodiscard]] const char* message() { return mysql_error(handle_); }

  // Runs a call to its end: `start` and `go_on` are the library's, with everything bound but the
  // status. Both give what is to be waited for, 0 at the end.
  template <class Start, class GoOn>
  void run(Start&& start, GoOn&& go_on) {
    for (int status = start(); status != 0;) {
      status = go_on(wait(status));
    }
  }

 private:
  [[nodiscard]] int wait(int status);
  void set_options(const Address& address);

  MYSQL* handle_;
  Deadline::Monotonic::time_point give_up_at_ = Deadline::Monotonic::time_point::max();
  bool is_over_ = false;
  bool gave_up_ = false;
};

}  // namespace kameng::sql::mariadb
