// finding.hpp - what a self-check found, as system.verify tells it.
#pragma once

#include <string>
#include <string_view>

namespace kameng {

struct Finding {
  std::string_view name;  // a literal: "ledger.journals_balance"
  bool ok = true;
  std::string detail = {};  // counts, positions and printed ids; never a secret
};

}  // namespace kameng
