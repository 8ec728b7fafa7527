// conformance.hpp - what every SQL driver has to do, as cases that run against any of them.
//
// A case is a function that gets a Bench: an empty database of its own, reached as the engine
// reaches it, through sql::Database, and the means to say what it found. Cases know no driver; what
// one cannot have (a second process in a database in memory) its case skips, and says why.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.hpp"

namespace kameng::conformance {

// How a case wants its database.
struct Setup {
  std::string table_prefix;
  int connections_max = 8;  // of a server's pool, or of a file's readers
  std::function<sql::Fault(std::string_view name)> before_statement = {};
};

struct Driver {
  std::string name;
  // Each call opens the same database anew, unless the driver keeps it in memory.
  std::function<Result<std::unique_ptr<sql::Database>>(const Setup&)> open;
  bool is_server = false;  // connections can be lost, and callers write at the same time
  bool is_host = false;    // the connections are a host's, and so is what can be said of them
  bool is_shared = true;   // what one open() stored, another finds, in other processes too
  std::function<bool(bool on)> turn = {};         // starts and ends a server that nobody else uses
  std::vector<std::string> child_arguments = {};  // open the same one in a process of this program
};

// Thrown by a case that this driver cannot run.
struct Skip {
  std::string why;
};
// Thrown where a case cannot go on; the reason has been noted.
struct Stop {};

class Bench {
 public:
  Bench(const Driver& driver, std::string table_prefix)
      : driver_(driver), table_prefix_(std::move(table_prefix)) {}

  [[nodiscard]] const Driver& driver() const { return driver_; }
  [[nodiscard]] const std::string& table_prefix() const { return table_prefix_; }
  [[nodiscard]] Setup setup() const {
    Setup setup;
    setup.table_prefix = table_prefix_;
    return setup;
  }
  // Opens it; with the tables of schema.hpp unless it has them already.
  [[nodiscard]] std::unique_ptr<sql::Database> open(const Setup& setup);
  [[nodiscard]] std::unique_ptr<sql::Database> open() { return open(setup()); }
  [[nodiscard]] std::unique_ptr<sql::Database> open_with_tables(int connections_max = 8);

  // Any thread.
  void check(bool holds, std::string_view what,
             const std::string& instead = {});  // notes `what` unless it holds
  void equal(std::int64_t is, std::int64_t expected, std::string_view what);
  void equal(std::string_view is, std::string_view expected, std::string_view what);
  // The reason that a call ended with: "ok" or an error's.
  void reason(const Result<void>& outcome, std::string_view expected, std::string_view what);
  void must(const Result<void>& outcome, std::string_view what);  // and the case ends

  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

 private:
  const Driver& driver_;
  const std::string table_prefix_;
  std::mutex mutex_;
  std::vector<std::string> findings_;
};

struct Case {
  std::string_view name;  // "values.null"
  void (*run)(Bench&);
};

[[nodiscard]] std::vector<Case> value_cases();
[[nodiscard]] std::vector<Case> statement_cases();
[[nodiscard]] std::vector<Case> transaction_cases();
[[nodiscard]] std::vector<Case> race_cases();
[[nodiscard]] std::vector<Case> connection_cases();
[[nodiscard]] std::vector<Case> migration_cases();
[[nodiscard]] std::vector<Case> all_cases();

// Runs the cases whose names begin with `only` and prints one line for each, and a closing table.
// What main() has to return: 0 when none failed.
[[nodiscard]] int run(const Driver& driver, std::string_view only = {});

// What a child process of a migration case does: migrates, or is killed half-way. As main().
[[nodiscard]] int migrate_in_child(const Driver& driver, const std::string& table_prefix,
                                   std::string_view manner);

[[nodiscard]] inline Deadline soon() {
  return Deadline::after_ms(20'000);
}

}  // namespace kameng::conformance
