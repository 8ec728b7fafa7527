// system_state.hpp - what the engine shares with its own operations.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "limit/limiter.hpp"
#include "sql/statement_times.hpp"

namespace kameng::engine {

struct SystemState {
  ManualClock* manual_clock = nullptr;
  bool sandbox = false;
  std::string driver;
  sql::StatementTimes* times = nullptr;  // null: nothing is timed
  std::string origin;
  limit::Limiter* limiter = nullptr;
};

}  // namespace kameng::engine
