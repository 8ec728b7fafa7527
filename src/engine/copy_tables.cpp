#include "engine/copy_tables.hpp"

#include <algorithm>
#include <utility>

namespace kameng::engine {
namespace {

using sql::Dialect;

constexpr std::size_t batch_bytes_max = 4u << 20;
constexpr std::size_t statement_bytes_max = 1u << 20;
constexpr std::size_t rows_a_statement[] = {64, 8, 1};

struct Exception {
  std::string_view table, why;
};
constexpr Exception exceptions[] = {
    {"migration", "each database keeps its own record of its schema"},
    {"ledger_mark", "everything is folded before; servers have no mark, and SQLite's is set last"},
};

constexpr sql::Statement list_columns{
    "copy.list_columns",
    "SELECT substr(m.name, length('{p}') + 1), c.name, c.type, c.pk"
    " FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table' AND substr(m.name, 1, length('{p}')) = '{p}'"
    " ORDER BY m.rowid, c.cid"};
constexpr sql::Statement list_names{
    "copy.list_names",
    "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table'",
    sql::Lock::none,
    "SELECT table_name::text, column_name::text FROM information_schema.columns"
    " WHERE table_schema = current_schema()",
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE()"};

// On MariaDB a trigger notes each new entry for the next fold; those that are copied are in the
// totals already.
constexpr sql::Statement forget_deltas{"copy.forget_deltas", "DELETE FROM {p}ledger_delta"};

sql::Value value_of(const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    return *number;
  }
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return std::string_view(*text);
  }
  if (const auto* blob = std::get_if<Bytes>(&cell)) {
    return ByteView(*blob);
  }
  return {};
}

// A parameter of a kind that is known only when the statement runs.
struct Parameter {
  sql::Value value;
};
sql::Value to_value(const Parameter& parameter) {
  return parameter.value;
}

// No primary key has more columns than this can take, with a LIMIT behind them.
sql::Rows query_values(sql::Transaction& tx, const sql::Statement& statement,
                       const std::vector<sql::Value>& values) {
  const auto at = [&](std::size_t i) { return Parameter{values[i]}; };
  switch (values.size()) {
    case 1:
      return tx.query(statement, at(0));
    case 2:
      return tx.query(statement, at(0), at(1));
    case 3:
      return tx.query(statement, at(0), at(1), at(2));
    case 4:
      return tx.query(statement, at(0), at(1), at(2), at(3));
    default:
      return tx.query(statement);  // the number of its parameters is told as misuse
  }
}

std::size_t size_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  const auto* blob = std::get_if<Bytes>(&cell);
  return 16 + (text != nullptr ? text->size() : blob != nullptr ? blob->size() : 0);
}

std::vector<sql::Value> values_of(const CopyTable::Key& key) {
  std::vector<sql::Value> values;
  for (const Cell& cell : key) {
    values.push_back(value_of(cell));
  }
  return values;
}

// "a, b, c", each as `part` says.
template <class Items, class Part>
std::string joined(const Items& items, std::string_view between, const Part& part) {
  std::string text;
  for (const auto& item : items) {
    text += (text.empty() ? "" : std::string(between)) + std::string(part(item));
  }
  return text;
}

CellKind kind_named(std::string_view type) {
  return type == "INTEGER" ? CellKind::integer : type == "TEXT" ? CellKind::text : CellKind::blob;
}

}  // namespace

std::string_view why_not_copied(std::string_view table) {
  for (const Exception& each : exceptions) {
    if (each.table == table) {
      return each.why;
    }
  }
  return {};
}

CopyTable::CopyTable(std::string name, std::vector<Column> columns, Dialect target)
    : name_(std::move(name)), columns_(std::move(columns)), target_(target) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    stored_.push_back(i);
    if (columns_[i].key > 0) {
      keys_.push_back(i);
    }
  }
  std::sort(keys_.begin(), keys_.end(),
            [&](std::size_t a, std::size_t b) { return columns_[a].key < columns_[b].key; });
  const std::string from = " FROM {p}" + name_;
  const std::string keys = joined(keys_, ", ", [&](std::size_t i) { return columns_[i].name; });
  const std::string select =
      "SELECT " + joined(columns_, ", ", [](const Column& column) { return column.name; }) + from;
  const std::string in_order = " ORDER BY " + keys + " LIMIT ?";
  first_.set("copy.first", select + in_order);
  next_.set("copy.next", select + " WHERE (" + keys + ") > (" +
                             joined(keys_, ", ", [](std::size_t) { return "?"; }) + ")" + in_order);
  // The order of SQLite's texts is that of their bytes.
  const bool says_order = target_ == Dialect::postgres;
  last_.set("copy.last",
            "SELECT " + keys + from + " ORDER BY " + joined(keys_, ", ", [&](std::size_t i) {
              const bool text = columns_[i].kind == CellKind::text;
              return columns_[i].name + (text && says_order ? " COLLATE \"C\"" : "") + " DESC";
            }) + " LIMIT 1");
  find_.set("copy.find", "SELECT 1" + from + " WHERE " + joined(keys_, " AND ", [&](std::size_t i) {
                           return columns_[i].name + " = ?";
                         }));
  count_.set("copy.count", "SELECT COUNT(*)" + from);
  set_inserts();
}

void CopyTable::set_inserts() {
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    names.push_back(column.name);
  }
  std::string sequence_of = keys_.size() == 1 ? columns_[keys_[0]].name : "";
  // Servers place entries in the order of their ids.
  if (name_ == "audit_entry" && target_ != Dialect::sqlite) {
    names.emplace_back("id");
    stored_.push_back(keys_[0]);
    sequence_of = "id";
  }
  const std::string row = "(" + joined(names, ", ", [](const std::string&) { return "?"; }) + ")";
  for (const std::size_t rows : rows_a_statement) {
    inserts_[rows].set("copy.insert",
                       "INSERT INTO {p}" + name_ + " (" +
                           joined(names, ", ", [](const std::string& each) { return each; }) +
                           ") VALUES " +
                           joined(std::vector<int>(rows), ", ", [&](int) { return row; }));
  }
  if (keys_.size() == 1 && columns_[keys_[0]].kind == CellKind::integer) {
    sequence_.set("copy.set_sequence", "SELECT setval(pg_get_serial_sequence('{p}" + name_ +
                                           "', '" + sequence_of + "'), COALESCE(MAX(" +
                                           sequence_of + "), 1), COUNT(*) > 0) FROM {p}" + name_);
  }
}

Cell CopyTable::cell(const sql::Rows& rows, int index, CellKind kind) const {
  if (rows.is_null(index)) {
    return {};
  }
  switch (kind) {
    case CellKind::integer:
      return rows.int64(index);
    case CellKind::text:
      return rows.text(index);
    case CellKind::blob:
      break;
  }
  return rows.blob(index);
}

std::optional<CopyTable::Key> CopyTable::last_key(sql::Transaction& tx) const {
  sql::Rows rows = tx.query(last_.statement);
  if (!rows.next()) {
    return std::nullopt;
  }
  Key key;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    key.push_back(cell(rows, static_cast<int>(i), columns_[keys_[i]].kind));
  }
  return key;
}

CopyTable::Batch CopyTable::read(sql::Transaction& tx, const std::optional<Key>& after,
                                 std::int64_t rows_max) const {
  std::vector<sql::Value> values = after ? values_of(*after) : std::vector<sql::Value>();
  values.emplace_back(rows_max);
  sql::Rows rows = query_values(tx, after ? next_.statement : first_.statement, values);
  Batch batch;
  std::size_t bytes = 0;
  while (bytes < batch_bytes_max && rows.next()) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      batch.cells.push_back(cell(rows, static_cast<int>(i), columns_[i].kind));
      bytes += size_of(batch.cells.back());
    }
    ++batch.rows;
  }
  return batch;
}

CopyTable::Key CopyTable::key_of(const Batch& batch, std::size_t row) const {
  Key key;
  for (const std::size_t i : keys_) {
    key.push_back(batch.cells[row * columns_.size() + i]);
  }
  return key;
}

void CopyTable::insert(sql::Transaction& tx, const Batch& batch) const {
  {
    sql::Rows rows = query_values(tx, find_.statement, values_of(key_of(batch, batch.rows - 1)));
    if (rows.next()) {
      return;
    }
  }
  for (std::size_t row = 0; row < batch.rows;) {
    for (const std::size_t rows : rows_a_statement) {
      if (row + rows > batch.rows) {
        continue;
      }
      std::vector<sql::Value> values;
      std::size_t bytes = 0;
      for (std::size_t each = row; each < row + rows; ++each) {
        for (const std::size_t i : stored_) {
          const Cell& cell = batch.cells[each * columns_.size() + i];
          values.push_back(value_of(cell));
          bytes += size_of(cell);
        }
      }
      if (rows == 1 || bytes <= statement_bytes_max) {
        tx.run_values(static_cast<std::int64_t>(rows), inserts_.at(rows).statement, values);
        row += rows;
        break;
      }
    }
  }
  if (name_ == "entry" && target_ == Dialect::mariadb) {
    tx.run(forget_deltas);
  }
}

std::int64_t CopyTable::count(sql::Transaction& tx) const {
  sql::Rows rows = tx.query(count_.statement);
  return rows.next() ? rows.int64(0) : 0;
}

void CopyTable::set_sequence(sql::Transaction& tx) const {
  if (target_ == Dialect::postgres && !sequence_.text.empty()) {
    sql::Rows rows = tx.query(sequence_.statement);
    static_cast<void>(rows.next());
  }
}

Result<CopyTables> read_copy_tables(sql::Database& source, Dialect target,
                                    const Deadline& deadline) {
  std::vector<std::pair<std::string, std::vector<CopyTable::Column>>> found;
  KAMENG_CHECK(source.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    found.clear();
    sql::Rows rows = tx.query(list_columns);
    while (rows.next()) {
      if (found.empty() || found.back().first != rows.text_view(0)) {
        found.emplace_back(rows.text(0), std::vector<CopyTable::Column>());
      }
      found.back().second.push_back(
          {rows.text(1), kind_named(rows.text_view(2)), static_cast<int>(rows.int64(3))});
    }
    return {};
  }));
  CopyTables tables;
  for (auto& [name, columns] : found) {
    tables.all.push_back(name);
    if (why_not_copied(name).empty()) {
      tables.copied.push_back(std::make_unique<const CopyTable>(name, std::move(columns), target));
    }
  }
  return tables;
}

Result<std::set<std::string>> columns_of(sql::Database& database, std::string_view table_prefix,
                                         const Deadline& deadline) {
  std::set<std::string> names;
  KAMENG_CHECK(database.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    names.clear();
    sql::Rows rows = tx.query(list_names);
    while (rows.next()) {
      const std::string table = rows.text(0);
      if (table.starts_with(table_prefix)) {
        names.insert(table.substr(table_prefix.size()) + "." + rows.text(1));
      }
    }
    return {};
  }));
  return names;
}

}  // namespace kameng::engine
