// baseline.hpp - lifecycle_*.c, the hand-written minimum, run as a child process.
#pragma once

#include <string>

#include "meter.hpp"

namespace kameng::bench {

// Its schema and codes in a new file; in memory it makes its own on each run.
void load_baseline(const std::string& path, int codes);

// `trades` lifecycles. `batch` 1: two transactions a lifecycle, as our one caller makes; otherwise
// one transaction for `batch` of them. Wall time and CPU of them all, without its loading.
[[nodiscard]] Spent run_baseline(const std::string& path, int batch, int codes, long trades);

// What a program that lies beside this one prints; ends this one when it fails.
[[nodiscard]] std::string output_of(const std::string& name, const std::string& arguments);
// The number that follows `name` in such a text.
[[nodiscard]] double number_after(const std::string& text, const std::string& name);

}  // namespace kameng::bench
