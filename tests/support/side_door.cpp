// side_door.cpp - plain SQLite on the file of an engine that is open, or a driver on its tables.
#include "support/side_door.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "base/bytes.hpp"
#include "support/clean_database.hpp"
#include "support/damage.hpp"

namespace kameng::test {
namespace {

constexpr int patience_ms = 10'000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

Prepared prepare(sqlite3* database, const std::string& query) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr);
  REQUIRE_MESSAGE(code == SQLITE_OK, query << ": " << sqlite3_errmsg(database));
  return Prepared(statement);
}

std::string printed(sqlite3_stmt* row, int column) {
  const int bytes = sqlite3_column_bytes(row, column);
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
      return "null";
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
      return "x" + to_hex(ByteView(blob, static_cast<std::size_t>(bytes)));
    }
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    }
  }
}

void must(const Result<void>& done, const std::string& script) {
  REQUIRE_MESSAGE(done.ok(), script << ": " << done.error().reason << ": " << done.error().message);
}

constexpr sql::Statement columns{
    "side_door.columns", "", sql::Lock::none,
    "SELECT table_name, column_name, CASE WHEN data_type = 'bytea' THEN 1 ELSE 0 END::BIGINT"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " ORDER BY table_name, ordinal_position",
    "SELECT table_name, column_name, data_type LIKE '%binary' OR data_type LIKE '%blob'"
    " FROM information_schema.columns WHERE table_schema = DATABASE()"
    " ORDER BY table_name, ordinal_position"};

// An expression that prints a column as printed() does.
std::string printing(const std::string& column, bool bytes, sql::Dialect dialect) {
  const bool postgres = dialect == sql::Dialect::postgres;
  const std::string text = bytes ? (postgres ? "'x' || encode(" + column + ", 'hex')"
                                             : "CONCAT('x', LOWER(HEX(" + column + ")))")
                                 : "CAST(" + column + (postgres ? " AS TEXT)" : " AS CHAR)");
  return "COALESCE(" + text + ", 'null')";
}

// For each table, the query that prints its rows.
std::map<std::string, std::string> printing_queries(sql::Transaction& tx) {
  std::map<std::string, std::string> lists;
  sql::Rows rows = tx.query(columns);
  while (rows.next()) {
    const std::string table = rows.text(0);
    if (table.rfind("kept_", 0) == 0) {
      continue;  // clean_database's own
    }
    std::string& list = lists[table];
    list +=
        (list.empty() ? "" : ", '|', ") + printing(rows.text(1), rows.int64(2) != 0, tx.dialect());
  }
  for (auto& [table, list] : lists) {
    list = "SELECT CONCAT(" + list + ") FROM " + table + " ORDER BY 1";
  }
  return lists;
}

SideDoor::Tables tables_of_server(sql::Database& database) {
  SideDoor::Tables tables;
  must(database.read(Deadline::after_ms(patience_ms),
                     [&](sql::Transaction& tx) -> Result<void> {
                       tables.clear();
                       for (const auto& [table, query] : printing_queries(tx)) {
                         std::vector<std::string>& all = tables[table];
                         sql::Rows rows = tx.query(sql::Statement{"side_door.rows", query});
                         while (rows.next()) {
                           all.push_back(rows.text(0));
                         }
                       }
                       return {};
                     }),
       "all tables");
  return tables;
}

}  // namespace

void SideDoor::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close(database);
}

SideDoor::SideDoor(const std::string& path) {
  if (on_server()) {
    tables_ = &database_at(path);
    server_ = tables_->open();
    return;
  }
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
  database_.reset(database);
  REQUIRE(code == SQLITE_OK);
  sqlite3_busy_timeout(database, patience_ms);
}

SideDoor::Tables SideDoor::tables() {
  if (server_) {
    return tables_of_server(*server_);
  }
  run("BEGIN");  // one snapshot of all
  Tables tables;
  std::vector<std::string> names;
  const Prepared list = prepare(database_.get(),
                                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                " AND name NOT LIKE 'sqlite_%' ORDER BY name");
  while (sqlite3_step(list.get()) == SQLITE_ROW) {
    names.push_back(printed(list.get(), 0));
  }
  for (const std::string& name : names) {
    std::vector<std::string>& rows = tables[name];
    const Prepared all = prepare(database_.get(), "SELECT * FROM " + name + " ORDER BY 1, 2");
    while (sqlite3_step(all.get()) == SQLITE_ROW) {
      std::string row;
      for (int column = 0; column < sqlite3_column_count(all.get()); ++column) {
        row += (column > 0 ? "|" : "") + printed(all.get(), column);
      }
      rows.push_back(std::move(row));
    }
  }
  run("COMMIT");
  return tables;
}

std::vector<std::string> SideDoor::columns(const std::string& table) {
  REQUIRE(database_ != nullptr);
  std::vector<std::string> names;
  const Prepared list =
      prepare(database_.get(), "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid");
  while (sqlite3_step(list.get()) == SQLITE_ROW) {
    names.push_back(printed(list.get(), 0));
  }
  return names;
}

void SideDoor::run(const std::string& script) {
  if (server_) {
    const std::string here = damage_here(script);
    if (spoils(script)) {
      tables_->spoil();
    }
    must(server_->write_alone(Deadline::after_ms(patience_ms),
                              [&](sql::Transaction& tx) -> Result<void> {
                                if (auto failure = tx.connection().execute(here)) {
                                  tx.fail(std::move(failure));
                                }
                                return {};
                              }),
         script);
    return;
  }
  const char* rest = script.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(database_.get(), rest, -1, &statement, &rest);
    const Prepared prepared(statement);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
      code = statement == nullptr ? SQLITE_DONE : sqlite3_step(statement);
    }
    REQUIRE_MESSAGE(code == SQLITE_DONE, script << ": " << sqlite3_errmsg(database_.get()));
  }
}

std::int64_t SideDoor::number(const std::string& query) {
  if (server_) {
    std::int64_t number = 0;
    must(server_->read(Deadline::after_ms(patience_ms),
                       [&](sql::Transaction& tx) -> Result<void> {
                         sql::Rows rows = tx.query(sql::Statement{"side_door.number", query});
                         REQUIRE(rows.next());
                         number = rows.int64(0);
                         return {};
                       }),
         query);
    return number;
  }
  const Prepared statement = prepare(database_.get(), query);
  REQUIRE(sqlite3_step(statement.get()) == SQLITE_ROW);
  return sqlite3_column_int64(statement.get(), 0);
}

std::vector<std::string> SideDoor::plan(const std::string& statement) {
  REQUIRE_FALSE(server_);
  constexpr int detail = 3;
  std::vector<std::string> lines;
  const Prepared rows = prepare(database_.get(), "EXPLAIN QUERY PLAN " + statement);
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    lines.push_back(printed(rows.get(), detail));
  }
  return lines;
}

std::string differences(const SideDoor::Tables& before, const SideDoor::Tables& now) {
  std::string text;
  for (const auto& [name, rows] : now) {
    const auto found = before.find(name);
    if (found == before.end() || found->second != rows) {
      text += (text.empty() ? "" : ", ") + name + ": " + std::to_string(rows.size()) +
              " rows after " + std::to_string(found == before.end() ? 0 : found->second.size());
    }
  }
  return text;
}

std::map<std::string, std::size_t> row_counts(const SideDoor::Tables& tables) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [name, rows] : tables) {
    counts[name] = rows.size();
  }
  return counts;
}

}  // namespace kameng::test
