// provoked_people.hpp - damage and races around contacts, identities and the directory.
#pragma once

#include <vector>

#include "ops/provoked.hpp"

namespace kameng::test {

[[nodiscard]] const std::vector<Provoked>& provoked_people();

}  // namespace kameng::test
