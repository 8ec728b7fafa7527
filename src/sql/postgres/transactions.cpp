// transactions.cpp - how a connection begins and ends transactions, runs scripts and explains.
#include <algorithm>

#include "sql/postgres/connection.hpp"
#include "sql/postgres/fault.hpp"
#include "sql/postgres/types.hpp"

namespace kameng::sql::postgres {
namespace {

// Any number will do that all versions of the library agree on.
constexpr std::string_view lock_the_schema = "SELECT pg_advisory_xact_lock(7453010373645639271)";

// It may be a word of the language: "outer".
std::string quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

// What prepared() begins with, where there are parameters: "PREPARE kameng_plan (bigint, text)".
constexpr std::string_view prepare_plan = "PREPARE kameng_plan";

std::string_view name_of(Oid type) {
  switch (type) {
    case type_int8:
      return "bigint";
    case type_float8:
      return "double precision";
    case type_text:
      return "text";
    case type_bytea:
      return "bytea";
    default:
      return "unknown";
  }
}

// What a search in an index goes by. One without it reads the index from end to end.
constexpr std::string_view index_condition = "Index Cond: ";

// As many nulls as the plan has parameters: "(NULL, NULL)".
std::string nulls_for(std::string_view sql) {
  std::string_view types = sql.substr(std::min(prepare_plan.size() + 1, sql.size()));
  if (types.substr(0, 1) != "(") {
    return {};
  }
  types = types.substr(0, types.find(')'));
  std::string nulls = "(NULL";
  for (auto left = std::count(types.begin(), types.end(), ','); left > 0; --left) {
    nulls += ", NULL";
  }
  return nulls + ")";
}

}  // namespace

Failure PostgresConnection::control_now(std::string_view name, const std::string& sql) {
  Failure failure;
  if (settle(failure) && !send_control(name, sql)) {
    static_cast<void>(lose(failure, name));
  }
  static_cast<void>(settle(failure));
  return failure;
}

Failure PostgresConnection::begin(Mode mode) {
  Failure failure = announce("begin", "BEGIN", {});
  if (!failure) {
    mode_ = mode;
    begin_is_due_ = true;
  }
  return failure;
}

Failure PostgresConnection::begin_read() {
  return begin(Mode::reading);
}

// There is nothing to wait for: whoever writes a row that another one has locked waits there.
Failure PostgresConnection::begin_write(const Deadline&) {
  return begin(Mode::writing);
}

Failure PostgresConnection::commit() {
  Failure failure = announce("commit", "COMMIT", {});
  if (!failure && !std::exchange(begin_is_due_, false)) {
    failure = control_now("commit", "COMMIT");
  }
  if (!failure) {
    mode_ = Mode::none;
  }
  return failure;
}

void PostgresConnection::rollback() {
  close_cursors();
  const Mode mode = std::exchange(mode_, Mode::none);
  if (mode == Mode::none || std::exchange(begin_is_due_, false)) {
    return;
  }
  // What was kept back is answered first: after a failure the server hears nothing until the sync.
  session_->allow_grace();
  const bool all_answered = sent_.empty();
  bool sent = sent_.empty() || sent_.back().kind == Kind::sync || send_sync();
  sent = sent && send_control("rollback", "ROLLBACK") && send_sync();
  Failure ignored;
  if (!sent) {
    static_cast<void>(lose(ignored, "rollback"));
  }
  // Nobody needs to wait for the end of a reader's snapshot; the answer is read with the next ones.
  // Those that are due besides are not for the next transaction to hear.
  if (mode == Mode::reading && all_answered && is_sound()) {
    session_->flush();
    return;
  }
  static_cast<void>(settle(ignored));
}

Failure PostgresConnection::savepoint(std::string_view name) {
  Failure bad = check_savepoint(name);
  return bad ? bad : control_now("savepoint", "SAVEPOINT " + quoted(name));
}
Failure PostgresConnection::release(std::string_view name) {
  Failure bad = check_savepoint(name);
  return bad ? bad : control_now("savepoint", "RELEASE SAVEPOINT " + quoted(name));
}
Failure PostgresConnection::rollback_to(std::string_view name) {
  if (Failure bad = check_savepoint(name)) {
    return bad;
  }
  Failure undone;  // with what it failed at
  static_cast<void>(settle(undone));
  return control_now("savepoint", "ROLLBACK TO SAVEPOINT " + quoted(name));
}

Failure PostgresConnection::lock_schema() {
  return control_now("lock_schema", std::string(lock_the_schema));
}

void PostgresConnection::close_cursors() {
  Failure ignored;
  for (const auto& [key, cursor] : cursors_) {
    if (cursor->in_use()) {
      cursor->reset(ignored);
    }
  }
}

std::string PostgresConnection::script_text(std::string_view script) const {
  return with_prefix(script, settings_->options.table_prefix);
}

Failure PostgresConnection::execute(std::string_view script) {
  const std::string sql = script_text(script);
  if (Failure failure = announce("script", sql, {})) {
    return failure;
  }
  return run_script(sql, nullptr);
}

// Several statements at once are not for the pipeline, so it is left for as long.
Failure PostgresConnection::run_script(const std::string& sql, std::vector<std::string>* lines) {
  constexpr std::string_view name = "script";
  Failure failure;
  if (!send_begin()) {
    static_cast<void>(lose(failure, name));
  }
  if (!settle(failure)) {
    return failure;
  }
  PGconn* const raw = session_->raw();
  ResultPtr result;
  bool here = PQexitPipelineMode(raw) == 1 && PQsendQuery(raw, sql.c_str()) == 1;
  while (here && (here = session_->next(result)) && result) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
      if (!failure) {
        failure = failure_of(result.get(), name, settings_->options.table_prefix, Saying::why);
      }
    }
    for (int row = 0; lines != nullptr && row < PQntuples(result.get()); ++row) {
      lines->emplace_back(PQgetvalue(result.get(), row, 0));
    }
  }
  if (!here || PQenterPipelineMode(raw) != 1) {
    static_cast<void>(lose(failure, name));
  }
  return failure;
}

std::vector<std::pair<std::string, std::string>> PostgresConnection::prepared() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [key, cursor] : cursors_) {
    if (cursor->prepared().server_name.empty()) {
      continue;
    }
    std::string sql(prepare_plan);
    std::string_view before = " (";
    for (const Oid type : cursor->prepared().types) {
      sql += before;
      sql += name_of(type);
      before = ", ";
    }
    sql += cursor->prepared().types.empty() ? " AS " : ") AS ";
    sql += cursor->server_text().sql;
    all.emplace_back(cursor->name(), std::move(sql));
  }
  return all;
}

Result<std::vector<std::string>> PostgresConnection::explain(std::string_view sql) {
  // A plan for any values; a session's prepared statements outlive its transactions.
  const std::string script =
      "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan;"
      " SET LOCAL enable_seqscan = off; " +
      std::string(sql) + "; EXPLAIN (COSTS OFF) EXECUTE kameng_plan" + nulls_for(sql) +
      "; DEALLOCATE kameng_plan; ROLLBACK";
  std::vector<std::string> all;
  if (Failure failure = run_script(script, &all)) {
    session_->give_up();
    return to_error(failure);
  }
  std::vector<std::string> lines;
  for (const std::string& line : all) {
    const std::size_t begin = line.find_first_not_of(" ->");
    if (begin == std::string::npos) {
      continue;
    }
    if (line.find(" Scan ") != std::string::npos) {
      lines.push_back(line.substr(begin));
    } else if (line.compare(begin, index_condition.size(), index_condition) == 0 &&
               !lines.empty()) {
      lines.back() += " " + line.substr(begin + index_condition.size());
    }
  }
  return lines;
}

}  // namespace kameng::sql::postgres
