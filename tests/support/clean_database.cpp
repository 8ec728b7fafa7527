// clean_database.cpp - see clean_database.hpp.
#include "support/clean_database.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include <unistd.h>

#include "engine/migrations.hpp"
#include "engine/seams.hpp"
#include "engine/storage.hpp"
#include "support/server_dsn.hpp"

namespace kameng::test {

// A schema or database with the tables of one list of migrations.
struct TableSet {
  std::string key;    // of the migrations and the prefix
  std::string space;  // the schema's or database's name
  std::vector<std::string> tables;
  std::vector<std::string> filled;  // those in which the migrations left rows
  bool spoiled = false;
};

namespace {

using sql::Dialect;
using sql::Rows;
using sql::Statement;
using sql::Transaction;

Deadline soon() {
  return Deadline::after_ms(60'000);
}

const std::string& dsn() {
  static const std::string text = server_dsn(storage_under_test()).value_or("");
  return text;
}

// The address with `space` in the place of what it names.
std::string dsn_of(const std::string& space) {
  const std::size_t question = std::min(dsn().find('?'), dsn().size());
  if (storage_under_test() == "postgres") {
    return dsn() + (question == dsn().size() ? "?" : "&") + "options=-csearch_path%3D" + space;
  }
  const std::size_t slash = dsn().rfind('/', question);
  return dsn().substr(0, slash + 1) + space + dsn().substr(question);
}

engine::StorageConfig server_config(const std::string& address, const std::string& table_prefix) {
  engine::StorageConfig config;
  config.driver = storage_under_test();
  config.dsn = address;
  config.table_prefix = table_prefix;
  return config;
}

std::unique_ptr<sql::Database> open_or_fail(const engine::StorageConfig& config) {
  auto opened = engine::open_database(config, {}, nullptr);
  if (!opened) {
    FAIL("open " << config.driver << ": " << opened.error().reason << " "
                 << opened.error().message);
  }
  return std::move(*opened);
}

template <class Body>
void write_or_fail(sql::Database& database, const char* what, const Body& body) {
  std::string hint;
  const Result<void> done = database.write_alone(soon(), [&](Transaction& tx) -> Result<void> {
    body(tx);
    hint = tx.failure().hint;
    return {};
  });
  if (!done.ok()) {
    FAIL(what << ": " << done.error().reason << " " << hint);
  }
}

void execute(sql::Database& database, const std::string& script) {
  write_or_fail(database, script.substr(0, 60).c_str(), [&](Transaction& tx) {
    if (auto failure = tx.connection().execute(script)) {
      tx.fail(std::move(failure));
    }
  });
}

// Those of the tables that hold rows.
std::vector<std::string> with_rows(sql::Database& database, const TableSet& set) {
  std::string text;
  for (std::size_t i = 0; i < set.tables.size(); ++i) {
    text += (i > 0 ? " UNION ALL " : "") + ("SELECT " + std::to_string(i)) +
            " AS at WHERE EXISTS (SELECT 1 FROM " + set.space + "." + set.tables[i] + ")";
  }
  std::vector<std::string> names;
  write_or_fail(database, "which tables hold rows", [&](Transaction& tx) {
    names.clear();
    Rows rows = tx.query(Statement{"tables.with_rows", text});
    while (rows.next()) {
      names.push_back(set.tables[static_cast<std::size_t>(rows.int64(0))]);
    }
  });
  return names;
}

std::vector<std::string> names_of(sql::Database& database, const Statement& list,
                                  const std::string& space, const std::string& table = {}) {
  std::vector<std::string> names;
  write_or_fail(database, "names", [&](Transaction& tx) {
    names.clear();
    Rows rows = table.empty() ? tx.query(list, space) : tx.query(list, space, table);
    while (rows.next()) {
      names.push_back(rows.text(0));
    }
  });
  return names;
}

std::vector<std::string> table_names(sql::Database& database, const std::string& space) {
  static constexpr Statement list{"tables.list",
                                  "SELECT table_name FROM information_schema.tables"
                                  " WHERE table_schema = ? AND table_type = 'BASE TABLE'"
                                  " ORDER BY table_name"};
  return names_of(database, list, space);
}

const std::vector<std::string> no_names;

// Those that are stored: "id, amount".
std::string column_names(sql::Database& database, const std::string& space,
                         const std::string& table) {
  static constexpr Statement list{"columns.list",
                                  "SELECT column_name FROM information_schema.columns"
                                  " WHERE table_schema = ? AND table_name = ?"
                                  " AND is_generated = 'NEVER'"};
  std::string text;
  for (const std::string& name : names_of(database, list, space, table)) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::vector<std::string> sequences(sql::Database& database, const std::string& space) {
  static constexpr Statement list{"sequences.list",
                                  "SELECT CAST(sequencename AS TEXT) FROM pg_sequences"
                                  " WHERE schemaname = ?"};
  return names_of(database, list, space);
}

// Every set that nobody has, and the way in to make and empty them.
class Sets {
 public:
  // The engines' threads are gone when the process ends; so are the sets.
  static Sets& all() {
    static Sets sets;
    return sets;
  }

  TableSet take(const std::string& table_prefix, std::span<const sql::Migration> migrations) {
    const std::lock_guard lock(mutex_);
    std::string key = table_prefix;
    for (const sql::Migration& migration : migrations) {
      key += " " + sql::checksum(migration, admin().dialect());
    }
    const auto found = free_.find(key);
    if (found == free_.end()) {
      return make(key, table_prefix, migrations);
    }
    TableSet set = std::move(found->second);
    free_.erase(found);
    empty(set);
    return set;
  }

  void copy(const TableSet& from, const TableSet& to) {
    const std::lock_guard lock(mutex_);
    const bool postgres = admin().dialect() == Dialect::postgres;
    std::string script =
        postgres ? "SET LOCAL session_replication_role = replica;" : "SET foreign_key_checks = 0;";
    for (const std::string& table : to.tables) {
      const std::string into = to.space + "." + table;
      const std::string columns = column_names(admin(), to.space, table);
      script += (postgres ? "DELETE FROM " : "TRUNCATE TABLE ") + into + ";";
      script += "INSERT INTO " + into + " (" + columns + ") SELECT " + columns + " FROM " +
                from.space + "." + table + ";";
    }
    // Ids that are given from here on stand after those that came along.
    for (const std::string& sequence : postgres ? sequences(admin(), to.space) : no_names) {
      script += "SELECT setval('" + to.space + "." + sequence + "', 1000000);";
    }
    script += postgres ? "" : "SET foreign_key_checks = 1;";
    execute(admin(), script);
  }

  void give_back(TableSet set) {
    const std::lock_guard lock(mutex_);
    if (!set.spoiled) {
      std::string key = set.key;
      free_.emplace(std::move(key), std::move(set));
    }
  }

 private:
  sql::Database& admin() {
    if (!admin_) {
      engine::StorageConfig config = server_config(dsn(), "kameng_");
      config.pool_size = 1;
      admin_ = open_or_fail(config);
    }
    return *admin_;
  }

  TableSet make(const std::string& key, const std::string& table_prefix,
                std::span<const sql::Migration> migrations) {
    TableSet set;
    set.key = key;
    // ctest runs several programs on one server.
    set.space = "t" + std::to_string(::getpid()) + "_" + std::to_string(++made_);
    const bool postgres = admin().dialect() == Dialect::postgres;
    execute(admin(), (postgres ? "CREATE SCHEMA " : "CREATE DATABASE ") + set.space);
    const auto database = open_or_fail(server_config(dsn_of(set.space), table_prefix));
    const Result<void> migrated = database->migrate(migrations, 0, soon());
    if (!migrated.ok()) {
      FAIL("migrate " << storage_under_test() << ": " << migrated.error().reason << " "
                      << migrated.error().message);
    }
    set.tables = table_names(admin(), set.space);
    std::erase(set.tables, table_prefix + "migration");
    set.filled = with_rows(admin(), set);
    for (const std::string& table : set.filled) {
      execute(admin(), "CREATE TABLE " + set.space + ".kept_" + table + " AS SELECT * FROM " +
                           set.space + "." + table);
    }
    return set;
  }

  // Truncating takes no notice of triggers that protect rows.
  void empty(const TableSet& set) {
    const bool postgres = admin().dialect() == Dialect::postgres;
    std::string script = postgres ? "" : "SET foreign_key_checks = 0;";
    std::string names;
    for (const std::string& table : with_rows(admin(), set)) {
      names += (names.empty() ? "" : ", ") + set.space + "." + table;
      script += postgres ? "" : "TRUNCATE TABLE " + set.space + "." + table + ";";
    }
    if (postgres && !names.empty()) {
      script += "TRUNCATE TABLE " + names + " CASCADE;";
    }
    // Those of tables that were filled and emptied too.
    for (const std::string& sequence : postgres ? sequences(admin(), set.space) : no_names) {
      script += "SELECT setval('" + set.space + "." + sequence + "', 1, false);";
    }
    script += postgres ? "" : "SET foreign_key_checks = 1;";
    for (const std::string& table : set.filled) {
      script += "INSERT INTO " + set.space + "." + table + " SELECT * FROM " + set.space +
                ".kept_" + table + ";";
    }
    execute(admin(), script);
  }

  std::mutex mutex_;
  std::unique_ptr<sql::Database> admin_;
  std::multimap<std::string, TableSet> free_;
  int made_ = 0;
};

}  // namespace

const std::string& storage_under_test() {
  static const std::string name = [] {
    const char* given = std::getenv("KAMENG_TEST_STORAGE");
    return std::string(given == nullptr || *given == '\0' ? "sqlite" : given);
  }();
  return name;
}

bool on_server() {
  return storage_under_test() != "sqlite";
}

std::string storage_missing() {
  if (!on_server()) {
    return {};
  }
  const auto opened =
      engine::open_database(server_config(dsn().empty() ? "none" : dsn(), "kameng_"), {}, nullptr);
  if (!opened && opened.error().reason == "storage.driver_missing") {
    return "the driver is not compiled in";
  }
  return dsn().empty() ? "there is no server" : "";
}

std::vector<LeftOut>& left_out() {
  static std::vector<LeftOut> all;
  return all;
}

void sqlite_only::fill(doctest::detail::TestCase& test_case) const {
  if (on_server()) {
    test_case.m_skip = true;
    left_out().push_back({test_case.m_test_suite, test_case.m_name, why_});
  }
}

CleanDatabase::CleanDatabase(const std::string& table_prefix,
                             std::span<const sql::Migration> migrations) {
  config_.table_prefix = table_prefix;
  if (on_server()) {
    tables_ = std::make_unique<TableSet>(Sets::all().take(table_prefix, migrations));
    config_ = server_config(dsn_of(tables_->space), table_prefix);
  }
}

CleanDatabase::CleanDatabase(CleanDatabase&& other) noexcept = default;

CleanDatabase::~CleanDatabase() {
  if (tables_) {
    Sets::all().give_back(std::move(*tables_));
  }
}

std::unique_ptr<sql::Database> CleanDatabase::open() const {
  return open_or_fail(config_);
}

void CleanDatabase::fill_from(const CleanDatabase& other) {
  Sets::all().copy(*other.tables_, *tables_);
}

void CleanDatabase::spoil() {
  if (tables_) {
    tables_->spoiled = true;
  }
}

CleanDatabase& database_at(const std::string& path) {
  return begin_database_at(path, engine::migrations());
}

CleanDatabase& begin_database_at(const std::string& path,
                                 std::span<const sql::Migration> migrations) {
  static_cast<void>(Sets::all());  // made before `all`, so that it outlives it
  static std::mutex mutex;
  static std::map<std::string, CleanDatabase> all;
  const std::lock_guard lock(mutex);
  const auto found = all.find(path);
  if (found != all.end()) {
    return found->second;
  }
  std::erase_if(all, [](const auto& one) {
    return !std::filesystem::exists(std::filesystem::path(one.first).parent_path());
  });
  return all.emplace(path, CleanDatabase("kameng_", migrations)).first->second;
}

}  // namespace kameng::test
