// storage_main.cpp - the main of the tests that run on any database. It ends with 77 when they
// cannot, and says at the end which of them the database left out, and why.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>
#include <string_view>

#include <doctest/doctest.h>

#include "support/clean_database.hpp"

int main(int count, char** arguments) {
  constexpr int skipped = 77;
  using namespace kameng::test;
  if (const std::string missing = storage_missing(); !missing.empty()) {
    std::printf("skipped on %s: %s\n", storage_under_test().c_str(), missing.c_str());
    return skipped;
  }
  std::string_view suite;
  for (int i = 1; i < count; ++i) {
    constexpr std::string_view option = "--test-suite=";
    const std::string_view argument = arguments[i];
    if (argument.substr(0, option.size()) == option) {
      suite = argument.substr(option.size());
    }
  }
  doctest::Context context(count, arguments);
  const int failed = context.run();
  for (const LeftOut& test : left_out()) {
    if (suite.empty() || suite == test.suite) {
      std::printf("left out on %s: %s: \"%s\": %s\n", storage_under_test().c_str(),
                  test.suite.c_str(), test.name.c_str(), test.why.c_str());
    }
  }
  return failed;
}
