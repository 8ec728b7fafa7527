// setting.hpp - one setting of the benchmark: where the database is and how many call at once, run
// in rounds next to both baselines.
#pragma once

#include <string>
#include <vector>

#include "meter.hpp"
#include "replay.hpp"

namespace kameng::bench {

struct Setting {
  std::string name;
  bool in_memory = true;
  int callers = 1;
  int trades = 4'000;  // in a round
  int rounds = 5;      // besides the first one, which only warms up
  int goods = 100;
  int codes = 100'000;
  int customers = 500;
  bool profiles = false;  // the replay of the last round prints what each statement takes
};

// One entry for each round, of all its trades.
struct Measured {
  std::vector<Spent> minimal, cpp, c;
  std::vector<Replayed> replay;
};

// `folder` is for its files.
[[nodiscard]] Measured run_setting(const Setting& setting, const std::string& folder);

}  // namespace kameng::bench
