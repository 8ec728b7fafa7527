// provoked.hpp - reasons that no caller can bring about by words alone: they need damage, a race or
// very much stock.
#pragma once

#include <string>
#include <vector>

#include "support/shop.hpp"

namespace kameng::test {

struct Provoked {
  std::string operation;
  std::string reason;
  // The outcome of the call that must end with the reason; null where no test can bring it about.
  Outcome (*provoke)() = nullptr;
};

[[nodiscard]] const std::vector<Provoked>& provoked();

}  // namespace kameng::test
