// bench_lifecycle.cpp - kameng's main trade next to two baselines in plain C on SQLite.
//
//   bench_lifecycle [--smoke] [--rounds N] [--trades N] [--setting NAME] [--dir FOLDER]
//   bench_lifecycle --statements [--rounds N] [--trades N] [--setting NAME] [--dir FOLDER]
//
// Prints a table for people and one line of JSON; with --statements, instead, what each statement
// takes when it is replayed. docs/BENCHMARKS.md says how it is measured.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>

#include "parts.hpp"
#include "report.hpp"
#include "setting.hpp"
#include "shop.hpp"

namespace {

using namespace kameng::bench;  // NOLINT(google-build-using-namespace): a program of its own

struct Options {
  bool smoke = false, statements = false;
  int rounds = 0, trades = 0;  // 0: as the setting says
  std::string setting;         // empty: all
  std::string folder = ".";
};

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--smoke") {
      options.smoke = true;
      continue;
    }
    if (name == "--statements") {
      options.statements = true;
      continue;
    }
    if (++i == count) {
      fail(name, "not an option, or its value is missing");
    }
    if (name == "--rounds") {
      options.rounds = std::atoi(arguments[i]);
    } else if (name == "--trades") {
      options.trades = std::atoi(arguments[i]);
    } else if (name == "--setting") {
      options.setting = arguments[i];
    } else if (name == "--dir") {
      options.folder = arguments[i];
    } else {
      fail(name, "not an option");
    }
  }
  return options;
}

std::vector<Setting> settings(const Options& options) {
  std::vector<Setting> all{
      {.name = "memory", .in_memory = true, .callers = 1, .trades = 5'000},
      {.name = "disk_1", .in_memory = false, .callers = 1, .trades = 2'000},
      {.name = "disk_64", .in_memory = false, .callers = 64, .trades = 6'400, .customers = 1'600}};
  std::vector<Setting> chosen;
  for (Setting& setting : all) {
    if (options.smoke) {
      setting.trades = 2 * setting.callers;
      setting.customers = setting.callers;
      setting.rounds = 1;
      setting.goods = 4;
      setting.codes = 2'000;
    }
    setting.rounds = options.rounds > 0 ? options.rounds : setting.rounds;
    setting.trades = options.trades > 0 ? options.trades : setting.trades;
    setting.profiles = options.statements;
    if (options.setting.empty() || options.setting == setting.name) {
      chosen.push_back(setting);
    }
  }
  return chosen;
}

// A folder below `parent` that is gone at the end.
class Folder {
 public:
  explicit Folder(const std::string& parent) {
    path_ = parent + "/kameng-bench-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) {
      fail(parent, "cannot hold a folder");
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

int main(int count, char** arguments) {
  const Options options = read_options(count, arguments);
  const Parts parts = measure_parts(options.smoke ? 100 : 20'000);
  Report report(std::filesystem::absolute(options.folder).string(), parts);
  for (const Setting& setting : settings(options)) {
    const Folder folder(std::filesystem::absolute(options.folder).string());
    const Measured measured = run_setting(setting, folder.path());
    if (!options.statements) {
      report.add(setting, measured);
    }
  }
  if (!options.statements) {
    report.print();
  }
  return 0;
}
