// copy_tables.hpp - the tables of a shop as its own SQLite schema declares them, and how their rows
// go into another database: in the order of the primary key, a batch for each transaction, so the
// last key that the target holds says where to go on.
//
// No table is named here, but for those that are not copied row by row (copy_tables.cpp).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "sql/database.hpp"

namespace kameng::engine {

enum class CellKind { integer, text, blob };
using Cell = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

// A table and the statements that copy it. Stays where it is: statements are known by their place.
class CopyTable {
 public:
  struct Column {
    std::string name;
    CellKind kind = CellKind::integer;
    int key = 0;  // its place in the primary key, from 1
  };
  CopyTable(std::string name, std::vector<Column> columns, sql::Dialect target);
  CopyTable(const CopyTable&) = delete;
  CopyTable& operator=(const CopyTable&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }  // without the prefix
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }

  using Key = std::vector<Cell>;
  struct Batch {
    std::vector<Cell> cells;  // row by row
    std::size_t rows = 0;
  };
  // Of the target.
  [[nodiscard]] std::optional<Key> last_key(sql::Transaction& tx) const;
  // Of the source: rows after the key, so many at most.
  [[nodiscard]] Batch read(sql::Transaction& tx, const std::optional<Key>& after,
                           std::int64_t rows_max) const;
  // Into the target; nothing when its last row is there, from a commit whose answer was lost.
  void insert(sql::Transaction& tx, const Batch& batch) const;
  [[nodiscard]] Key key_of(const Batch& batch, std::size_t row) const;
  [[nodiscard]] std::int64_t count(sql::Transaction& tx) const;
  // New rows of the target get ids after those that were copied.
  void set_sequence(sql::Transaction& tx) const;

 private:
  struct Text {
    std::string text;
    sql::Statement statement;
    void set(std::string_view name, std::string sql) {
      text = std::move(sql);
      statement = {name, text};
    }
  };
  void set_inserts();
  [[nodiscard]] Cell cell(const sql::Rows& rows, int index, CellKind kind) const;

  std::string name_;
  std::vector<Column> columns_;
  std::vector<std::size_t> keys_;    // columns of the primary key, in its order
  std::vector<std::size_t> stored_;  // which column each value of the target's row is
  sql::Dialect target_;
  Text first_, next_, last_, find_, count_, sequence_;
  std::map<std::size_t, Text> inserts_;  // by the number of rows
};

struct CopyTables {
  std::vector<std::unique_ptr<const CopyTable>> copied;  // in the order in which they were made
  std::vector<std::string> all;                          // those that are not copied too
};

// Why a table of the source is not copied row by row; empty for one that is.
[[nodiscard]] std::string_view why_not_copied(std::string_view table);

[[nodiscard]] Result<CopyTables> read_copy_tables(sql::Database& source, sql::Dialect target,
                                                  const Deadline& deadline);

// "table.column" of everything in a database, without the prefix.
[[nodiscard]] Result<std::set<std::string>> columns_of(sql::Database& database,
                                                       std::string_view table_prefix,
                                                       const Deadline& deadline);

}  // namespace kameng::engine
