// plan.cpp - see plan.hpp.
#include "support/plan.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <tuple>
#include <utility>

#include <doctest/doctest.h>

#include "engine/migrations.hpp"
#include "sql/marks.hpp"
#include "support/shop.hpp"

namespace kameng::test {
namespace {

// A million rows in each table. PostgreSQL multiplies the pages of the file by the rows of a page,
// so each table needs a page, whatever is in it.
constexpr std::string_view large_on_postgres = R"(DO $$ DECLARE one RECORD; BEGIN
FOR one IN SELECT conname AS name, conrelid::regclass AS owner FROM pg_constraint
  WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f')
LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.owner, one.name); END LOOP;
FOR one IN SELECT table_name AS name, string_agg(column_name, ', ') AS names,
    string_agg(CASE data_type WHEN 'bytea' THEN 'decode(''00'', ''hex'')' ELSE '''1''' END, ', ')
      AS row_values
  FROM information_schema.columns
  WHERE table_schema = current_schema() AND is_generated = 'NEVER' GROUP BY table_name
LOOP EXECUTE format('INSERT INTO %I (%s) VALUES (%s) ON CONFLICT DO NOTHING',
  one.name, one.names, one.row_values); END LOOP;
UPDATE pg_class SET reltuples = 1000000, relpages = 1
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i');
END $$;)";

// Ten of them for each value of an index's first column.
constexpr std::string_view large_on_mariadb = R"(
INSERT INTO mysql.table_stats (db_name, table_name, cardinality)
  SELECT table_schema, table_name, 1000000 FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE';
INSERT INTO mysql.index_stats (db_name, table_name, index_name, prefix_arity, avg_frequency)
  SELECT table_schema, table_name, index_name, seq_in_index,
    IF(seq_in_index = 1 AND index_name <> 'PRIMARY', 10, 1)
  FROM information_schema.statistics WHERE table_schema = DATABASE();
)";

Deadline soon() {
  return Deadline::after_ms(20'000);
}

// Whether a line of a plan of SQLite says that a table is read from one end to the other, under its
// own name or as what the statement calls it. Lists of values and inner queries are no tables.
bool scans_table(const std::string& line, const std::string& statement) {
  std::istringstream words(line);
  std::string verb;
  std::string name;
  words >> verb >> name;
  if (verb != "SCAN" || name.starts_with("kameng_")) {
    return verb == "SCAN";
  }
  std::string text = statement;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ',' || c == '(' || c == ')'; }, ' ');
  std::istringstream tokens(text);
  std::string table;
  for (std::string token; tokens >> token;) {
    if (token == name && table.starts_with("kameng_")) {
      return true;
    }
    if (token != "AS") {
      table = token;
    }
  }
  return false;
}

bool has(const std::string& line, std::string_view words) {
  return line.find(words) != std::string::npos;
}

// The word after `words`.
std::string after(const std::string& line, std::string_view words) {
  const std::size_t at = line.find(words);
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t from = at + words.size();
  return line.substr(from, line.find_first_of(" ;", from) - from);
}

std::string types_of(std::span<const sql::Value> values) {
  constexpr std::array<std::string_view, 5> names{"unknown", "bigint", "double precision", "text",
                                                  "bytea"};
  static_assert(std::variant_size_v<sql::Value> == names.size());
  std::string types;
  for (const sql::Value& value : values) {
    types += (types.empty() ? "(" : ", ") + std::string(names[value.index()]);
  }
  return types.empty() ? "" : types + ")";
}

std::string nulls_for(std::span<const sql::Value> values) {
  std::string nulls;
  for (std::size_t i = 0; i < values.size(); ++i) {
    nulls += i == 0 ? "(NULL" : ", NULL";
  }
  return nulls.empty() ? "" : nulls + ")";
}

void must(const Result<void>& done, const std::string& what, const std::string& hint) {
  if (!done.ok()) {
    FAIL(what << ": " << done.error().reason << ": " << hint);
  }
}

}  // namespace

Planner::Planner() : folder_(TempFolder::in_memory()) {
  if (!on_server()) {
    const Shop schema({.path = folder_.file("shop.db")});
    door_.emplace(folder_.file("shop.db"));
    return;
  }
  tables_.emplace("kameng_", engine::migrations());
  database_ = tables_->open();
  pretend_large();
  if (database_->dialect() == sql::Dialect::postgres) {
    read_indexes();
  }
}

void Planner::read_indexes() {
  for (auto& row : answer("",
                          "SELECT CAST(relname AS TEXT), pg_get_indexdef(indexrelid, 1, true)"
                          " FROM pg_index JOIN pg_class ON oid = indexrelid"
                          " WHERE relnamespace = CAST(current_schema() AS regnamespace)",
                          {}, {0, 1})) {
    indexes_.emplace_back(std::move(row[0]), std::move(row[1]));
  }
  CHECK(indexes_.size() > 40);
}

void Planner::run(const std::string& script) {
  std::string hint;
  must(database_->write_alone(soon(),
                              [&](sql::Transaction& tx) -> Result<void> {
                                if (auto failure = tx.connection().execute(script)) {
                                  hint = failure.hint;
                                  tx.fail(std::move(failure));
                                }
                                return {};
                              }),
       script, hint);
}

void Planner::pretend_large() {
  tables_->spoil();
  if (database_->dialect() == sql::Dialect::postgres) {
    run(std::string(large_on_postgres));
    return;
  }
  std::string flush;
  for (const auto& row : answer("",
                                "SELECT table_name FROM information_schema.tables WHERE"
                                " table_schema = DATABASE() AND table_type = 'BASE TABLE'",
                                {}, {0})) {
    flush += (flush.empty() ? "FLUSH TABLES " : ", ") + row[0];
  }
  run(std::string(large_on_mariadb) + flush);
}

std::vector<PlanStep> Planner::explain(const SentStatement& statement) {
  if (door_) {
    return of_sqlite(statement.text);
  }
  return database_->dialect() == sql::Dialect::postgres ? of_postgres(statement)
                                                        : of_mariadb(statement);
}

// With nulls on PostgreSQL, whose plan is for any values, and texts on MariaDB, which every kind of
// column can be looked up by.
std::vector<PlanStep> Planner::explain(const sql::Statement& statement) {
  const sql::Dialect dialect = door_ ? sql::Dialect::sqlite : database_->dialect();
  const sql::Marked marked =
      sql::with_marks(sql::with_prefix(statement.text_for(dialect), "kameng_"), dialect);
  if (marked.sql.empty()) {
    return {};  // not for this database
  }
  return explain(
      {marked.sql + std::string(door_ ? "" : sql::lock_words(statement.lock)),
       std::vector<sql::Value>(
           static_cast<std::size_t>(marked.values),
           dialect == sql::Dialect::mariadb ? sql::Value(std::string_view("1")) : sql::Value())});
}

std::vector<PlanStep> Planner::of_sqlite(const std::string& text) {
  std::vector<PlanStep> steps;
  for (const std::string& line : door_->plan(text)) {
    steps.push_back({scans_table(line, text), has(line, "USE TEMP B-TREE FOR"), line});
  }
  return steps;
}

// A sort counts where no index would spare it: where the database, told to do without, has none
// that gives the order and is not read from end to end.
std::vector<PlanStep> Planner::of_postgres(const SentStatement& statement) {
  std::vector<PlanStep> steps = postgres_steps(statement, "");
  const auto bad = [](const PlanStep& step) { return step.scans || step.sorts; };
  const auto sorts = [](const PlanStep& step) { return step.sorts; };
  if (std::any_of(steps.begin(), steps.end(), sorts)) {
    const auto others = postgres_steps(
        statement, "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off;");
    if (std::none_of(others.begin(), others.end(), bad)) {
      std::erase_if(steps, sorts);
    }
  }
  return steps;
}

// An index is of use where its first column is looked up; with a condition on a later one alone it
// is read from end to end.
std::vector<PlanStep> Planner::postgres_steps(const SentStatement& statement,
                                              const std::string& settings) {
  constexpr std::string_view bitmap = "Bitmap Index Scan on ";
  std::vector<PlanStep> steps;
  std::string index;  // of the step before
  const std::string prepare =
      settings + "PREPARE test_plan " + types_of(statement.values) + " AS " + statement.text;
  const std::string explain = "EXPLAIN (COSTS OFF) EXECUTE test_plan" + nulls_for(statement.values);
  for (const auto& row : answer(prepare, explain, {}, {0})) {
    const std::string line =
        row[0].substr(std::min(row[0].find_first_not_of(" ->"), row[0].size()));
    if (line.starts_with("Index Cond: ")) {
      const auto found = std::find_if(indexes_.begin(), indexes_.end(),
                                      [&](const auto& one) { return one.first == index; });
      REQUIRE_MESSAGE(found != indexes_.end(), line);
      steps.back().scans = !has(line, found->second);
      steps.back().line += "; " + line;
    } else if (line.starts_with("Seq Scan on ") || line.starts_with("Index Scan ") ||
               line.starts_with("Index Only Scan ") || line.starts_with(bitmap)) {
      steps.push_back({true, false, line});
      index = line.starts_with(bitmap) ? after(line, bitmap) : after(line, "using ");
    } else if (line == "Sort" || line == "Incremental Sort") {
      steps.push_back({false, true, line});
    }
  }
  return steps;
}

std::vector<PlanStep> Planner::of_mariadb(const SentStatement& statement) {
  const auto marks = std::count(statement.text.begin(), statement.text.end(), '?');
  std::vector<sql::Value> values = statement.values;
  if (marks != static_cast<std::ptrdiff_t>(values.size())) {
    // A value that stands in several places; which ones, the text no longer tells.
    values.assign(static_cast<std::size_t>(marks), sql::Value(std::string_view("1")));
  }
  std::vector<PlanStep> steps;
  for (const auto& row : answer("", "EXPLAIN " + statement.text, values, {1, 2, 3, 5, 9})) {
    const auto& [kind, table, type, key, extra] = std::tie(row[0], row[1], row[2], row[3], row[4]);
    // Rows are put in; "<derived2>" holds what another step found; a list is no table.
    const bool reads_table =
        kind != "INSERT" && !table.starts_with("<") && !has(extra, "Table function");
    steps.push_back({reads_table && (type == "ALL" || type == "index"), has(extra, "filesort"),
                     type + " on " + table + " using " + key + " " + extra});
  }
  return steps;
}

std::vector<std::vector<std::string>> Planner::answer(const std::string& prepare,
                                                      const std::string& explain,
                                                      std::span<const sql::Value> values,
                                                      std::initializer_list<int> columns) {
  std::vector<std::vector<std::string>> rows;
  std::string hint;
  const sql::Statement asked{"plan", explain};
  const auto work = [&](sql::Transaction& tx) -> Result<void> {
    rows.clear();
    sql::Failure failure = prepare.empty() ? sql::Failure() : tx.connection().execute(prepare);
    sql::Cursor* const cursor = failure ? nullptr : tx.connection().prepare(asked, failure);
    if (cursor != nullptr) {
      bool more = cursor->bind(values, sql::Binding::borrowed, failure);
      while (more && cursor->step(failure)) {
        std::vector<std::string>& row = rows.emplace_back();
        for (const int column : columns) {
          row.emplace_back(cursor->text(column));
        }
      }
      cursor->reset(failure);
    }
    if (!failure && !prepare.empty()) {
      failure = tx.connection().execute("DEALLOCATE test_plan");
    }
    if (failure) {
      hint = failure.hint;
      tx.fail(std::move(failure));
    }
    return {};
  };
  must(database_->write_alone(soon(), work), prepare + explain, hint);
  return rows;
}

}  // namespace kameng::test
