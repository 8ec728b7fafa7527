// migrations.hpp - the whole schema of an engine, step by step.
#pragma once

#include <vector>

#include "sql/migration.hpp"

namespace kameng::engine {

[[nodiscard]] const std::vector<sql::Migration>& migrations();

}  // namespace kameng::engine
