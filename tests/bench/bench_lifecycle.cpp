// bench_lifecycle.cpp - kameng's main trade next to two baselines in plain C on SQLite.
//
//   bench_lifecycle [--smoke] [--rounds N] [--trades N] [--codes N] [--setting NAME]
//                   [--dir FOLDER] [--statements]
//   bench_lifecycle --driver postgres|mariadb [--callers N] [--connections N] [--ageing SALES]
//                   [--smoke] [--rounds N] [--trades N] [--dir FOLDER]
//
// With --driver it runs on the server that tests/servers started (tests/support/server_dsn.hpp says
// where it looks), which KAMENG_SERVER_DURABLE=1 has to have started for figures; ends with 77
// where there is none. Prints a table for people and one line of JSON; with --statements, instead,
// what each statement takes when it is replayed. docs/BENCHMARKS.md says how it is measured.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"
#include "parts.hpp"
#include "report.hpp"
#include "server_setting.hpp"
#include "setting.hpp"
#include "shop.hpp"
#include "support/server_dsn.hpp"

namespace {

using namespace kameng::bench;  // NOLINT(google-build-using-namespace): a program of its own

struct Options {
  bool smoke = false, statements = false;
  int rounds = 0, trades = 0, codes = 0;  // 0: as the setting says
  std::string setting;                    // empty: all
  std::string folder = ".";
  std::string driver = "sqlite";
  int callers = 8, connections = 0, ageing = 0;  // of servers
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
    } else if (name == "--codes") {
      options.codes = std::atoi(arguments[i]);
    } else if (name == "--driver") {
      options.driver = arguments[i];
    } else if (name == "--callers") {
      options.callers = std::atoi(arguments[i]);
    } else if (name == "--connections") {
      options.connections = std::atoi(arguments[i]);
    } else if (name == "--ageing") {
      options.ageing = std::atoi(arguments[i]);
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
    setting.codes = options.codes > 0 ? options.codes : setting.codes;
    setting.profiles = options.statements;
    if (options.setting.empty() || options.setting == setting.name) {
      chosen.push_back(setting);
    }
  }
  return chosen;
}

int run_on_server(const Options& options) {
  const auto dsn = kameng::test::server_dsn(options.driver);
  if (!dsn) {
    std::fprintf(stderr, "no %s to run on\n", options.driver.c_str());
    return 77;
  }
  ServerSetting setting{.driver = options.driver,
                        .dsn = *dsn,
                        .callers = options.callers,
                        .connections = options.connections,
                        .ageing = options.ageing};
  if (options.smoke) {
    setting.trades = 64;
    setting.rounds = 1;
    setting.codes_of_sku = 100;
    setting.minimal_s = 0.2;
  }
  setting.rounds = options.rounds > 0 ? options.rounds : setting.rounds;
  setting.trades = options.trades > 0 ? options.trades : setting.trades;
  const Folder folder(std::filesystem::absolute(options.folder).string());
  run_server_setting(setting, folder.path());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = read_options(count, arguments);
  if (options.driver != "sqlite") {
    return run_on_server(options);
  }
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
