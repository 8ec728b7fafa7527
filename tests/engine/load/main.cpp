// main.cpp - the tests; or, told a role, one of their other processes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <string_view>

#include <doctest/doctest.h>

#include "roles.hpp"

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--role") {
    return kameng::test::play(argv[2]);
  }
  doctest::Context context(argc, argv);
  return context.run();
}
