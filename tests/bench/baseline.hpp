// baseline.hpp - lifecycle_sqlite.c, the hand-written minimum, run as a child process.
#pragma once

#include <string>

#include "meter.hpp"

namespace kameng::bench {

// Its schema and codes in a new file; in memory it makes its own on each run.
void load_baseline(const std::string& path, int codes);

// `trades` lifecycles. `batch` 1: two transactions a lifecycle, as our one caller makes; otherwise
// one transaction for `batch` of them. Wall time and CPU of them all, without its loading.
[[nodiscard]] Spent run_baseline(const std::string& path, int batch, int codes, long trades);

}  // namespace kameng::bench
