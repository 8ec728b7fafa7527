// migration_steps.hpp - the table of steps, as migrate() and plan() read it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "sql/migration.hpp"

namespace kameng::sql {

extern const Script table_of_steps;  // makes it where it is missing

struct AppliedStep {
  std::string checksum;
  bool breaking = false;
  bool done = false;
  bool leased = false;
};

[[nodiscard]] std::map<std::int64_t, AppliedStep> read_applied(Transaction& transaction);
// storage.migration_order.
[[nodiscard]] Result<void> check_order(std::span<const Migration> migrations);
// storage.schema_newer, storage.migration_changed.
[[nodiscard]] Result<void> check_known(const std::map<std::int64_t, AppliedStep>& applied,
                                       std::span<const Migration> migrations, Dialect dialect);

}  // namespace kameng::sql
