// main.cpp - kameng_sql_conformance DRIVER [CASE]: every storage behaviour against one driver.
//
//   DRIVER   sqlite (in memory), sqlite-file, host (a host's own connections to a file),
//            postgres, mariadb
//   CASE     the beginning of a case's name; all of them without it
//
// KAMENG_TEST_SERVER_TOOL is tests/servers, where no other test uses the server: then cases may end
// it and start it anew (see restart).
//
// A server is reached as support/server_dsn.hpp says. Ends with 77 where the driver was not
// compiled in or there is no server: skipped, which is not passed.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "conformance.hpp"
#include "engine/storage.hpp"
#include "sql/sqlite/sqlite.hpp"
#include "support/host_driver.hpp"
#include "support/server_dsn.hpp"
#include "support/temp_folder.hpp"

namespace {

using kameng::conformance::Driver;
using kameng::conformance::Setup;
namespace sql = kameng::sql;

constexpr int skipped = 77;

Driver sqlite_driver(std::string name, const std::string& path) {
  Driver driver;
  driver.name = std::move(name);
  driver.is_shared = path != ":memory:";
  if (driver.is_shared) {
    driver.child_arguments = {driver.name, path};
  }
  driver.open = [path](const Setup& setup) {
    sql::sqlite::Options options;
    options.path = path;
    options.table_prefix = setup.table_prefix;
    options.readers_max = setup.connections_max;
    options.before_statement = setup.before_statement;
    return sql::sqlite::open(options);
  };
  return driver;
}

// A file behind connections that are not ours.
Driver host_driver(const std::string& name, const std::string& path) {
  Driver driver;
  driver.name = name;
  driver.is_host = true;
  driver.child_arguments = {name, path};
  driver.open = [site = std::make_shared<kameng::test::HostSite>(path, "site")](
                    const Setup& setup) -> kameng::Result<std::unique_ptr<sql::Database>> {
    sql::host::Options options;
    options.table_prefix = setup.table_prefix;
    options.before_statement = setup.before_statement;
    return site->open(options);
  };
  return driver;
}

// A server's database, opened as an engine's configuration opens it.
std::optional<Driver> server_driver(const std::string& name) {
  const auto dsn = kameng::test::server_dsn(name);
  Driver driver;
  driver.name = name;
  driver.is_server = true;
  driver.child_arguments = {name};
  const char* const tool = std::getenv("KAMENG_TEST_SERVER_TOOL");
  const char* const folder = std::getenv("KAMENG_TEST_SERVERS");
  if (tool != nullptr && folder != nullptr) {
    driver.turn = [tool = std::string(tool), place = std::string(folder) + "/" + name](bool on) {
      const std::string command = "'" + tool + (on ? "' resume '" : "' halt '") + place + "'";
      return std::system(command.c_str()) == 0;
    };
  }
  driver.open = [dsn = dsn.value_or("none"), name](const Setup& setup) {
    kameng::engine::StorageConfig config;
    config.driver = name;
    config.dsn = dsn;
    config.table_prefix = setup.table_prefix;
    config.pool_size = setup.connections_max;
    kameng::engine::Seams seams;
    seams.before_statement = setup.before_statement;
    return kameng::engine::open_database(config, seams, nullptr);
  };
  const auto tried = driver.open({.table_prefix = "kameng_", .connections_max = 1});
  if (!tried && tried.error().reason == "storage.driver_missing") {
    std::printf("%s: skipped, the driver was not compiled in\n", name.c_str());
    return std::nullopt;
  }
  if (!dsn) {
    std::printf("%s: skipped, there is no server\n", name.c_str());
    return std::nullopt;
  }
  return driver;
}

std::optional<Driver> find_driver(const std::string& name, const std::string& path) {
  if (name == "sqlite") {
    return sqlite_driver(name, ":memory:");
  }
  if (name == "sqlite-file") {
    return sqlite_driver(name, path);
  }
  if (name == "host") {
    return host_driver(name, path);
  }
  if (name == "postgres" || name == "mariadb") {
    return server_driver(name);
  }
  return std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  // --migrate MANNER PREFIX DRIVER [PATH]: what a case starts this program again for.
  if (words.size() >= 4 && words[0] == "--migrate") {
    const auto driver = find_driver(words[3], words.size() > 4 ? words[4] : "");
    return driver ? kameng::conformance::migrate_in_child(*driver, words[2], words[1]) : 2;
  }
  if (words.empty()) {
    for (const auto& one : kameng::conformance::all_cases()) {
      std::printf("%s\n", std::string(one.name).c_str());
    }
    return 2;
  }
  const kameng::test::TempFolder folder;
  const auto driver = find_driver(words[0], folder.file("a.db"));
  if (!driver) {
    return skipped;
  }
  return kameng::conformance::run(*driver, words.size() > 1 ? words[1] : "");
}
