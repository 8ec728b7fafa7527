// main.cpp - the tests; or, told a role, one of their other processes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>
#include <string_view>

#include <doctest/doctest.h>

#include "roles.hpp"
#include "support/clean_database.hpp"

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--role") {
    return kameng::test::play(argv[2]);
  }
  constexpr int skipped = 77;
  if (const std::string missing = kameng::test::storage_missing(); !missing.empty()) {
    std::printf("skipped: %s\n", missing.c_str());
    return skipped;
  }
  doctest::Context context(argc, argv);
  return context.run();
}
