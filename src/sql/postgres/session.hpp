// session.hpp - one session with the server: how it is opened, and how it is waited for no longer
// than a deadline says.
//
// It is always in libpq's pipeline mode and never blocks in a system call but poll(), so neither a
// full socket nor a server that says nothing holds it for ever.
#pragma once

#include <memory>

#include <libpq-fe.h>

#include "base/clock.hpp"
#include "sql/postgres/settings.hpp"

namespace kameng::sql::postgres {

struct FreeResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, FreeResult>;

class Session {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(const Settings& settings,
                                                             const Deadline& deadline);
  Session(const Settings& settings, PGconn* connection)
      : settings_(&settings), connection_(connection) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { PQfinish(connection_); }

  [[nodiscard]] PGconn* raw() const noexcept { return connection_; }
  [[nodiscard]] bool is_sound() const noexcept {
    return !broken_ && PQstatus(connection_) == CONNECTION_OK;
  }
  // After what cannot be mended: nothing is sent or read any more.
  void give_up() noexcept { broken_ = true; }

  // When next() stops to wait. Past it the server is asked to stop what it runs, which it answers
  // within a grace, or the session is given up.
  void give_up_at(const Deadline& deadline) noexcept {
    until_ = deadline.at();
    asked_to_stop_ = false;
  }
  // As much time as it takes to tidy up, however late it is.
  void allow_grace() noexcept;

  // The next result of the oldest command that was sent; null after its last one. False: the
  // session is lost.
  [[nodiscard]] bool next(ResultPtr& result);
  // Sends what is in the buffer, as far as the socket takes it at once.
  void flush() noexcept { static_cast<void>(PQflush(connection_)); }

 private:
  [[nodiscard]] Result<void> greet(const Deadline& deadline);
  [[nodiscard]] bool await_input();
  [[nodiscard]] bool ask_to_stop();

  const Settings* settings_;
  PGconn* connection_;
  Deadline::Monotonic::time_point until_ = Deadline::Monotonic::time_point::max();
  bool asked_to_stop_ = false;
  bool broken_ = false;
};

}  // namespace kameng::sql::postgres
