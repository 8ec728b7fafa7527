// storage.hpp - what an operator says and hears about where a shop lives: what a library still has
// to change in a database, and the way from SQLite to a server. docs/MOVING.md shows the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/system.hpp>

namespace kameng::storage {

// A database and how it is reached; the configuration's `storage` too.
struct Config {
  std::string driver = "sqlite";
  std::string path = ":memory:";
  std::optional<std::string> dsn;
  std::int64_t pool_size = 8;
  std::string table_prefix = "kameng_";
  std::optional<std::int64_t> slow_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("driver", &Config::driver,
               "sqlite, postgres, mariadb, or the name that the host registered a driver under.")
        .length(1, 32);
    f.optional("path", &Config::path, "Of sqlite: a file, or :memory:.").length(1, 4096);
    f.optional("dsn", &Config::dsn,
               "Of a server: postgresql://user:password@host/database (or any libpq connection "
               "string), mariadb://user:password@host:3306/database?socket=/path.")
        .length(1, 4096);
    f.optional("pool_size", &Config::pool_size,
               "Of a server: how many connections are open at most; a call waits for a free one "
               "until its deadline.")
        .range(1, 256);
    f.optional("table_prefix", &Config::table_prefix,
               "Begins the name of every table, so that they can live in a database of yours: a "
               "letter, then lower-case letters, digits and _.")
        .length(1, 32);
    f.optional(
         "slow_ms", &Config::slow_ms,
         "Statements that take so long are told of in a storage.slow event, and system.metrics "
         "tells what each took; absent: nothing is timed.")
        .range(1, 600'000);
  }
};

// A step of the schema.
struct Step {
  std::int64_t number = 0;
  std::string name;
  std::string state;
  bool breaking = false;
  std::string sql;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("number", &Step::number, "From 1, rising; they are done in this order.");
    f.required("name", &Step::name, "What it is about.");
    f.required("state", &Step::state,
               "missing: opening an engine runs it; started: it was interrupted, and opening runs "
               "it again; done.")
        .one_of({"missing", "started", "done"});
    f.required("breaking", &Step::breaking,
               "True when libraries that do not know this step refuse the database afterwards.");
    f.required("sql", &Step::sql, "What opening would run; empty for a step that is done.");
  }
};

struct SchemaPlan {
  std::vector<Step> steps;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("steps", &SchemaPlan::steps, "Every step that this library knows.");
  }
};

struct PlanSchema {
  static constexpr std::string_view operation = "schema.plan";
  using Answer = SchemaPlan;
  std::optional<Config> storage;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("storage", &PlanSchema::storage,
               "Which database; absent: the engine's own. A file that is not there stays so.");
  }
};

}  // namespace kameng::storage
