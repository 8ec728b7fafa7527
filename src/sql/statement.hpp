// statement.hpp - SQL as data: every statement has a name and lives beside the aggregate it serves.
//
// Portable SQL is written once. Where databases differ, the statement has a text of its own for
// each that does, chosen when it is prepared. Texts are never rewritten, except for marks: `{p}`
// becomes the table prefix, `?` and `?N` the database's own mark of a parameter, and a locking
// query ends with the database's own words for it.
#pragma once

#include <string>
#include <string_view>

namespace kameng::sql {

enum class Dialect { sqlite, postgres, mariadb };

// Which rows of a query stay locked until the end of a transaction that writes. In one that only
// reads, and on SQLite, whose writer has the database to itself, nothing is locked.
enum class Lock {
  none,
  rows,       // waits for those that another transaction has locked: FOR UPDATE
  free_rows,  // passes over them: FOR UPDATE SKIP LOCKED
};

// What a locking query ends with on a server: nothing, " FOR UPDATE" or " FOR UPDATE SKIP LOCKED".
[[nodiscard]] std::string_view lock_words(Lock lock) noexcept;

struct Statement {
  std::string_view name;  // "order.insert"
  std::string_view text;  // with `?` parameters, or `?1`, `?2` where one is named twice
  Lock lock = Lock::none;
  std::string_view postgres = {};  // where it differs
  std::string_view mariadb = {};
  // It reads a whole table: rows are fetched as they are read, and no other statement runs
  // meanwhile.
  bool streams = false;

  [[nodiscard]] constexpr std::string_view text_for(Dialect dialect) const noexcept {
    if (dialect == Dialect::postgres && !postgres.empty()) {
      return postgres;
    }
    return dialect == Dialect::mariadb && !mariadb.empty() ? mariadb : text;
  }
};

// Several statements without parameters, for a schema: each database's own text.
struct Script {
  std::string_view sqlite;
  std::string_view postgres = {};
  std::string_view mariadb = {};

  [[nodiscard]] constexpr std::string_view text_for(Dialect dialect) const noexcept {
    return dialect == Dialect::postgres ? postgres : dialect == Dialect::mariadb ? mariadb : sqlite;
  }
};

// The text with every `{p}` replaced.
[[nodiscard]] std::string with_prefix(std::string_view text, std::string_view table_prefix);

// At most 32 lower-case letters, digits and _.
[[nodiscard]] bool is_table_prefix(std::string_view prefix) noexcept;

}  // namespace kameng::sql
