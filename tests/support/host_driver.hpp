// host_driver.hpp - a database behind a host's own connections to a SQLite file, through the C
// interface: what a host has that copied examples/c/sqlite_driver.c. Programs that use it compile
// that file too, and link libkameng.a or its objects.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <kameng.h>

#include "examples/c/sqlite_driver.h"
#include "sql/host/host.hpp"

namespace kameng::test {

// The site and its name, for as long as databases are open on it.
class HostSite {
 public:
  HostSite(const std::string& path, std::string name)
      : site_(site_open(path.c_str())), name_(std::move(name)) {
    const kameng_sql_driver driver = site_driver(site_);
    registered_ = kameng_register_sql_driver(name_.c_str(), &driver, nullptr) == KAMENG_OK;
  }
  HostSite(const HostSite&) = delete;
  HostSite& operator=(const HostSite&) = delete;
  ~HostSite() {
    if (registered_) {
      kameng_register_sql_driver(name_.c_str(), nullptr, nullptr);
    }
    site_close(site_);
  }

  // Before ~HostSite every database is closed again.
  [[nodiscard]] Result<std::unique_ptr<sql::Database>> open(const sql::host::Options& options) {
    auto driver = sql::host::find_driver(name_);
    if (!driver) {
      return Error{Status::already_exists, "sql_driver.exists", "The name was taken."};
    }
    return sql::host::open(std::move(driver), options);
  }
  [[nodiscard]] site_database* site() const noexcept { return site_; }

 private:
  site_database* site_;
  std::string name_;
  bool registered_ = false;
};

}  // namespace kameng::test
