// names.cpp - the drivers that hosts registered, by name.
#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "sql/host/driver.hpp"

namespace kameng::sql::host {
namespace {

struct Names {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Driver>, std::less<>> drivers;
};

// Never destroyed: at the end of the process a host's own objects may be gone already.
Names& names() {
  static Names* const the_names = new Names;
  return *the_names;
}

bool is_built_in(std::string_view name) {
  return name == "sqlite" || name == "postgres" || name == "mariadb";
}

}  // namespace

Result<void> add_driver(std::string_view name, std::shared_ptr<Driver> driver) {
  if (name.empty() || !is_table_prefix(name) || name.front() < 'a' || name.front() > 'z') {
    return Error{Status::invalid_argument, "sql_driver.name",
                 "A driver's name is a letter, then at most 31 lower-case letters, digits and _."};
  }
  const std::lock_guard lock(names().mutex);
  if (is_built_in(name) || !names().drivers.emplace(std::string(name), std::move(driver)).second) {
    return Error{Status::already_exists, "sql_driver.exists",
                 "There is a driver with this name already."};
  }
  return {};
}

Result<void> remove_driver(std::string_view name) {
  // Outlives the lock: the last owner calls the host.
  std::shared_ptr<Driver> removed;
  const std::lock_guard lock(names().mutex);
  const auto found = names().drivers.find(name);
  if (found == names().drivers.end()) {
    return Error{Status::not_found, "sql_driver.not_found", "No driver of a host has this name."};
  }
  removed = std::move(found->second);
  names().drivers.erase(found);
  return {};
}

std::shared_ptr<Driver> find_driver(std::string_view name) {
  const std::lock_guard lock(names().mutex);
  const auto found = names().drivers.find(name);
  return found == names().drivers.end() ? nullptr : found->second;
}

}  // namespace kameng::sql::host
