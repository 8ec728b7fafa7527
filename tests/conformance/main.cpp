// main.cpp - kameng_sql_conformance DRIVER [CASE]: every storage behaviour against one driver.
//
//   DRIVER   sqlite (in memory), sqlite-file, postgres, mariadb
//   CASE     the beginning of a case's name; all of them without it
//
// A server is reached as support/server_dsn.hpp says. Ends with 77 where the driver was not
// compiled in or there is no server: skipped, which is not passed.
#include <cstdio>
#include <cstring>
#include <optional>

#include "conformance.hpp"
#include "sql/sqlite/sqlite.hpp"
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

#if defined(KAMENG_WITH_POSTGRES) || defined(KAMENG_WITH_MARIADB)
using OpenServer = kameng::Result<std::unique_ptr<sql::Database>> (*)(const sql::ServerOptions&);

std::optional<Driver> server_driver(const std::string& name, OpenServer open) {
  const auto dsn = kameng::test::server_dsn(name);
  if (!dsn) {
    std::printf("%s: skipped, there is no server\n", name.c_str());
    return std::nullopt;
  }
  Driver driver;
  driver.name = name;
  driver.is_server = true;
  driver.child_arguments = {name};
  driver.open = [dsn = *dsn, open](const Setup& setup) {
    sql::ServerOptions options;
    options.dsn = dsn;
    options.table_prefix = setup.table_prefix;
    options.connections_max = setup.connections_max;
    options.before_statement = setup.before_statement;
    return open(options);
  };
  return driver;
}
#endif

std::optional<Driver> find_driver(const std::string& name, const std::string& path) {
  if (name == "sqlite") {
    return sqlite_driver(name, ":memory:");
  }
  if (name == "sqlite-file") {
    return sqlite_driver(name, path);
  }
#ifdef KAMENG_WITH_POSTGRES
  if (name == "postgres") {
    return server_driver(name, sql::postgres::open);
  }
#endif
#ifdef KAMENG_WITH_MARIADB
  if (name == "mariadb") {
    return server_driver(name, sql::mariadb::open);
  }
#endif
  if (name == "postgres" || name == "mariadb") {
    std::printf("%s: skipped, the driver was not compiled in\n", name.c_str());
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
