// provoked_backup.hpp - the reasons of backups that are damaged, of another shop, or being worked
// on.
#pragma once

#include <vector>

#include "ops/provoked.hpp"

namespace kameng::test {

[[nodiscard]] const std::vector<Provoked>& provoked_backups();

}  // namespace kameng::test
