// migration.hpp - how a schema grows: numbered steps, forward only, each recorded with a checksum
// of its text.
//
// On SQLite all missing steps are one transaction, so there is never half a schema, and of two
// processes that start at once the second finds the work done.
//
// MariaDB commits at each DDL, so a step is recorded as started, run, and recorded as done. The
// process that started it has it on a lease of some seconds; when that has run out, because the
// process died or the step takes long, the next one runs the step again from its beginning, maybe
// while the first is still at it. So a script for MariaDB bears to be run twice, and at once:
// CREATE TABLE IF NOT EXISTS, CREATE INDEX IF NOT EXISTS, CREATE OR REPLACE TRIGGER, INSERT IGNORE,
// an UPDATE that finds nothing left to do. The server splits a script into its statements itself,
// so a trigger may have a body with semicolons. A script without DDL is committed with the record
// that the step is done.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.hpp"

namespace kameng::sql {

struct Migration {
  int number = 0;               // from 1, rising
  std::string_view name;        // "order.tables"
  std::vector<Script> scripts;  // with `{p}`; a script without a database's text does nothing there
  bool breaking = false;        // a library that does not know this step must not use the database
};

// Of the name and the database's scripts as written, so that it is the same for every table prefix.
[[nodiscard]] std::string checksum(const Migration& migration, Dialect dialect);

// What migrate() would do with one step, without doing it.
struct PlannedStep {
  enum class State { missing, started, done };
  const Migration* migration = nullptr;
  State state = State::missing;
  std::string sql;  // as it would be run, the table of steps before the first; none when it is done
};

// Reads only. A database that does not even have the table of steps lacks all of them. Reasons:
// those of read(), and migrate()'s own.
[[nodiscard]] Result<std::vector<PlannedStep>> plan(Database& database,
                                                    std::span<const Migration> migrations,
                                                    const Deadline& deadline);
// Of a database that does not exist.
[[nodiscard]] std::vector<PlannedStep> plan_from_nothing(std::span<const Migration> migrations,
                                                         Dialect dialect,
                                                         std::string_view table_prefix);

// Database::migrate() gives these reasons besides write()'s: storage.migration_changed (a step that
// was applied has another text now) and storage.schema_newer (a breaking step was applied that this
// library does not know), both INCOMPATIBLE; storage.migration_order (INTERNAL).

}  // namespace kameng::sql
