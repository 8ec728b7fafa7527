// side_door.cpp - plain SQLite on the file of an engine that is open.
#include "support/side_door.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "base/bytes.hpp"

namespace kameng::test {
namespace {

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

}  // namespace

void SideDoor::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close(database);
}

SideDoor::SideDoor(const std::string& path) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
  database_.reset(database);
  REQUIRE(code == SQLITE_OK);
  constexpr int patience_ms = 10'000;
  sqlite3_busy_timeout(database, patience_ms);
}

SideDoor::Tables SideDoor::tables() {
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

void SideDoor::run(const std::string& script) {
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
  const Prepared statement = prepare(database_.get(), query);
  REQUIRE(sqlite3_step(statement.get()) == SQLITE_ROW);
  return sqlite3_column_int64(statement.get(), 0);
}

std::vector<std::string> SideDoor::plan(const std::string& statement) {
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
