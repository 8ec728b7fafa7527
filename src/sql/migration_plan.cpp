// migration_plan.cpp - what a database lacks, read and not changed.
#include <utility>

#include "sql/migration.hpp"
#include "sql/migration_steps.hpp"

namespace kameng::sql {

namespace {

constexpr Statement has_table{
    "migration.has_table",
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '{p}migration'", Lock::none,
    "SELECT CASE WHEN to_regclass('{p}migration') IS NULL THEN 0 ELSE 1 END",
    "SELECT COUNT(*) FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = '{p}migration'"};

template <class Text>  // std::string(std::string_view script)
std::vector<PlannedStep> plan_steps(std::span<const Migration> migrations, Dialect dialect,
                                    const std::map<std::int64_t, AppliedStep>& applied,
                                    bool has_table_of_steps, const Text& text) {
  std::vector<PlannedStep> steps;
  for (const Migration& migration : migrations) {
    PlannedStep step{.migration = &migration};
    if (const auto found = applied.find(migration.number); found != applied.end()) {
      step.state = found->second.done ? PlannedStep::State::done : PlannedStep::State::started;
    }
    if (steps.empty() && !has_table_of_steps) {
      step.sql = text(table_of_steps.text_for(dialect)) + ";\n";
    }
    if (step.state != PlannedStep::State::done) {
      for (const Script& script : migration.scripts) {
        step.sql += text(script.text_for(dialect));
      }
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace

Result<std::vector<PlannedStep>> plan(Database& database, std::span<const Migration> migrations,
                                      const Deadline& deadline) {
  KAMENG_CHECK(check_order(migrations));
  std::vector<PlannedStep> steps;
  const Result<void> read = database.read(deadline, [&](Transaction& transaction) -> Result<void> {
    steps.clear();
    bool is_there = false;
    {
      Rows rows = transaction.query(has_table);
      is_there = rows.next() && rows.int64(0) != 0;
    }
    std::map<std::int64_t, AppliedStep> applied;
    if (is_there) {
      applied = read_applied(transaction);
      KAMENG_CHECK(check_known(applied, migrations, transaction.dialect()));
    }
    steps = plan_steps(
        migrations, transaction.dialect(), applied, is_there,
        [&](std::string_view script) { return transaction.connection().script_text(script); });
    return {};
  });
  KAMENG_CHECK(read);
  return steps;
}

std::vector<PlannedStep> plan_from_nothing(std::span<const Migration> migrations, Dialect dialect,
                                           std::string_view table_prefix) {
  return plan_steps(migrations, dialect, {}, false,
                    [&](std::string_view script) { return with_prefix(script, table_prefix); });
}

}  // namespace kameng::sql
