// run.cpp - runs the cases one after another and tells how they ended.
#include <cstdio>
#include <map>

#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

enum class Ending { passed, skipped, failed };

struct Tally {
  int passed = 0, skipped = 0, failed = 0;
  std::map<std::string, std::vector<std::string>> skips;  // by why
};

// What a killed earlier run left, and what this one leaves.
void drop(const Driver& driver, const std::string& table_prefix) {
  Setup setup;
  setup.table_prefix = table_prefix;
  if (auto database = driver.open(setup)) {
    static_cast<void>((*database)->write_alone(soon(), [](sql::Transaction& tx) -> Result<void> {
      if (auto failure = tx.connection().execute(drop_tables)) {
        tx.fail(std::move(failure));
      }
      return {};
    }));
  }
}

Ending run_case(const Driver& driver, const Case& one, int number, Tally& tally) {
  const std::string table_prefix = "k" + std::to_string(number) + "_";
  Bench bench(driver, table_prefix);
  drop(driver, table_prefix);
  std::string skipped;
  try {
    one.run(bench);
  } catch (const Skip& skip) {
    skipped = skip.why;
  } catch (const Stop&) {
  }
  drop(driver, table_prefix);
  const std::string name(one.name);
  if (!bench.findings().empty()) {
    std::printf("FAILED  %s\n", name.c_str());
    for (const std::string& finding : bench.findings()) {
      std::printf("          %s\n", finding.c_str());
    }
    return Ending::failed;
  }
  if (!skipped.empty()) {
    std::printf("skipped %s: %s\n", name.c_str(), skipped.c_str());
    tally.skips[skipped].push_back(name);
    return Ending::skipped;
  }
  std::printf("passed  %s\n", name.c_str());
  return Ending::passed;
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& cases : {value_cases(), statement_cases(), transaction_cases(), race_cases(),
                            connection_cases(), migration_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

int run(const Driver& driver, std::string_view only) {
  Tally tally;
  int number = 0;
  for (const Case& one : all_cases()) {
    ++number;
    if (one.name.substr(0, only.size()) != only) {
      continue;
    }
    switch (run_case(driver, one, number, tally)) {
      case Ending::passed:
        ++tally.passed;
        break;
      case Ending::skipped:
        ++tally.skipped;
        break;
      case Ending::failed:
        ++tally.failed;
        break;
    }
    std::fflush(stdout);
  }
  std::printf("\n%s: %d passed / %d skipped / %d failed\n", driver.name.c_str(), tally.passed,
              tally.skipped, tally.failed);
  for (const auto& [why, names] : tally.skips) {
    std::printf("  skipped, %s:", why.c_str());
    for (const std::string& name : names) {
      std::printf(" %s", name.c_str());
    }
    std::printf("\n");
  }
  // A name that fits nothing must not look like a success.
  return tally.failed == 0 && tally.passed + tally.skipped > 0 ? 0 : 1;
}

}  // namespace kameng::conformance
