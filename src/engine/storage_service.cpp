#include "engine/storage_service.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include "engine/migrations.hpp"
#include "engine/storage.hpp"

namespace kameng::engine {
namespace {

std::string_view state_name(sql::PlannedStep::State state) {
  switch (state) {
    case sql::PlannedStep::State::missing:
      return "missing";
    case sql::PlannedStep::State::started:
      return "started";
    case sql::PlannedStep::State::done:
      break;
  }
  return "done";
}

// Opening it would make it.
bool is_nothing_yet(const StorageConfig& config) {
  if (config.driver != "sqlite") {
    return false;
  }
  std::error_code failed;
  const std::uintmax_t bytes = std::filesystem::file_size(config.path, failed);
  return config.path == ":memory:" || failed == std::errc::no_such_file_or_directory || bytes == 0;
}

Result<std::vector<sql::PlannedStep>> steps_of(command::Command& command,
                                               const std::optional<StorageConfig>& config) {
  if (!config) {
    return sql::plan(command.environment().database, migrations(), command.deadline());
  }
  KAMENG_CHECK(check_prefix(config->table_prefix));
  if (is_nothing_yet(*config)) {
    return sql::plan_from_nothing(migrations(), sql::Dialect::sqlite, config->table_prefix);
  }
  KAMENG_TRY(const std::unique_ptr<sql::Database> database, open_database(*config, {}, nullptr));
  return sql::plan(*database, migrations(), command.deadline());
}

}  // namespace

Result<storage::SchemaPlan> StorageService::plan(command::Command& command,
                                                 const storage::PlanSchema& request) {
  command.repeatable();
  KAMENG_TRY(std::vector<sql::PlannedStep> steps, steps_of(command, request.storage));
  storage::SchemaPlan plan;
  for (sql::PlannedStep& step : steps) {
    plan.steps.push_back({.number = step.migration->number,
                          .name = std::string(step.migration->name),
                          .state = std::string(state_name(step.state)),
                          .breaking = step.migration->breaking,
                          .sql = std::move(step.sql)});
  }
  return plan;
}

}  // namespace kameng::engine
