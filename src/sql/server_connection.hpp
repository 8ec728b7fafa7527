// server_connection.hpp - what a connection to a database server is asked besides its statements.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "sql/driver.hpp"

namespace kameng::sql {

class ServerConnection : public Connection {
 public:
  // False once the connection is lost: it is closed and not given to anybody else.
  [[nodiscard]] virtual bool is_sound() const = 0;
  // Asked once, of a transaction that writes and has failed: false when the server dropped what it
  // had done in the middle of it, without a word, so that whatever failed afterwards is no wonder.
  [[nodiscard]] virtual bool is_whole() { return true; }
  // A statement that waits or runs past this point is given up with Fault::interrupted.
  virtual void give_up_at(const Deadline& deadline) = 0;
  // Statements sent since the connection was opened.
  [[nodiscard]] virtual std::int64_t statements() const noexcept = 0;
  // Name and SQL of what is prepared, as the server knows it.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> prepared() const = 0;
  // How the server would run it, one line for each step that reads a table.
  [[nodiscard]] virtual Result<std::vector<std::string>> explain(std::string_view sql) = 0;
};

}  // namespace kameng::sql
