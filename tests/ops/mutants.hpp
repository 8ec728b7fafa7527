// mutants.hpp - requests that an operation must refuse, made from one that it accepts and from what
// is declared of its fields.
#pragma once

#include <string>
#include <vector>

#include "support/contract.hpp"

namespace kameng::test {

struct Mutant {
  std::string what;  // "without", "too long", ...
  std::string pattern;
  Json request;
  std::string reason;
  std::string field;
};

// One mutant for each way in which each field, present or absent, may be wrong.
[[nodiscard]] std::vector<Mutant> mutants_of(const std::string& operation, const Json& request);

}  // namespace kameng::test
