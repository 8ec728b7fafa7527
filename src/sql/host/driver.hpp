// driver.hpp - a host's own connections, as src/sql sees them, and the names they are known by in
// this process. The C interface makes a Driver of a kameng_sql_driver.
//
// Every function is called on the thread of the caller whose work it serves, and never calls the
// engine. Connections and statements are the host's; we only hold them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "sql/driver.hpp"

namespace kameng::sql::host {

enum class Kind { null, int64, real, text, blob };

// A connection that the host lends for one transaction.
struct Loan {
  void* connection = nullptr;
  bool joined = false;  // the host's own transaction is open on it
};

class Driver {
 public:
  virtual ~Driver() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  [[nodiscard]] virtual Fault acquire(std::int64_t timeout_ms, Loan& loan) = 0;
  virtual void release(void* connection) = 0;
  [[nodiscard]] virtual bool in_transaction(void* connection) = 0;
  [[nodiscard]] virtual Fault execute(void* connection, std::string_view sql) = 0;
  [[nodiscard]] virtual std::int64_t changes(void* connection) = 0;
  [[nodiscard]] virtual std::string constraint(void* connection) = 0;
  [[nodiscard]] virtual Fault prepare(void* connection, std::string_view sql, void*& statement) = 0;
  [[nodiscard]] virtual Fault bind(void* statement, int index, const Value& value) = 0;
  [[nodiscard]] virtual Fault step(void* statement, bool& is_row) = 0;
  [[nodiscard]] virtual Kind kind(void* statement, int column) = 0;
  [[nodiscard]] virtual std::int64_t int64(void* statement, int column) = 0;
  [[nodiscard]] virtual ByteView bytes(void* statement, int column) = 0;
  [[nodiscard]] virtual Fault reset(void* statement) = 0;
  virtual void finalize(void* statement) = 0;
};

// The names of this process. A driver that is in use lives on after its name was given up.
// ALREADY_EXISTS sql_driver.exists, also for the names that are built in; INVALID_ARGUMENT
// sql_driver.name: it is 1 to 32 lower-case letters, digits and _, beginning with a letter.
[[nodiscard]] Result<void> add_driver(std::string_view name, std::shared_ptr<Driver> driver);
// NOT_FOUND sql_driver.not_found.
[[nodiscard]] Result<void> remove_driver(std::string_view name);
[[nodiscard]] std::shared_ptr<Driver> find_driver(std::string_view name);  // or null

}  // namespace kameng::sql::host
