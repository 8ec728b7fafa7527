// migrations.cpp - a schema that grows on every database alike.
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "conformance.hpp"
#include "schema.hpp"
#include "sql/migration.hpp"

namespace kameng::conformance {
namespace {

using sql::Migration;
using sql::Rows;
using sql::Script;
using sql::Statement;
using sql::Transaction;

constexpr Statement count_steps{"migration.count",
                                "SELECT count(*) FROM {p}migration WHERE state = 'done'"};
constexpr Statement count_grown{"grown.count", "SELECT count(*) FROM {p}grown"};
constexpr Statement count_later{"later.count", "SELECT count(*) FROM {p}later"};

// Each bears being run again, as migration.hpp asks.
constexpr Script make_grown{
    .sqlite = "CREATE TABLE IF NOT EXISTS {p}grown (id INTEGER PRIMARY KEY) STRICT",
    .postgres = "CREATE TABLE IF NOT EXISTS {p}grown (id BIGINT PRIMARY KEY)",
    .mariadb =
        "CREATE TABLE IF NOT EXISTS {p}grown (id BIGINT PRIMARY KEY)"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}"};
constexpr Script fill_grown{
    .sqlite =
        "INSERT INTO {p}grown SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM {p}grown);"
        "-- a comment; with a mark\n",
    .postgres =
        "INSERT INTO {p}grown SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM {p}grown);"
        "-- a comment; with a mark\n",
    .mariadb = "INSERT IGNORE INTO {p}grown VALUES (1); -- a comment; with a mark\n"};
constexpr Script make_later{
    .sqlite = "CREATE TABLE IF NOT EXISTS {p}later (id INTEGER PRIMARY KEY) STRICT",
    .postgres = "CREATE TABLE IF NOT EXISTS {p}later (id BIGINT PRIMARY KEY)",
    .mariadb =
        "CREATE TABLE IF NOT EXISTS {p}later (id BIGINT PRIMARY KEY)"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}"};
constexpr Script broken{"CREATE TABLE {p}grown (id", "CREATE TABLE {p}grown (id",
                        "CREATE TABLE {p}grown (id"};

std::vector<Migration> steps() {
  return {{1, "grown.table", {make_grown}, true}, {2, "grown.first", {fill_grown, make_later}}};
}

Result<void> migrate(sql::Database& database, const std::vector<Migration>& migrations) {
  return database.migrate(migrations, 42, soon());
}

std::int64_t number(Bench& bench, sql::Database& database, const Statement& statement) {
  std::int64_t value = -1;
  bench.must(database.read(soon(),
                           [&](Transaction& tx) -> Result<void> {
                             Rows rows = tx.query(statement);
                             value = rows.next() ? rows.int64(0) : -1;
                             return {};
                           }),
             statement.name);
  return value;
}

void whole(Bench& bench, sql::Database& database, int done) {
  bench.equal(number(bench, database, count_steps), done, "steps done");
  bench.equal(number(bench, database, count_grown), 1, "rows grown");
  bench.equal(number(bench, database, count_later), 0, "rows later");
}

void once(Bench& bench) {
  auto database = bench.open();
  bench.must(migrate(*database, steps()), "fresh");
  whole(bench, *database, 2);
  bench.must(migrate(*database, steps()), "again");
  whole(bench, *database, 2);
  auto more = steps();
  more.push_back({3, "later.again", {make_later}});
  bench.must(migrate(*database, more), "one more");
  whole(bench, *database, 3);
}

void refused(Bench& bench) {
  auto database = bench.open();
  bench.must(migrate(*database, steps()), "fresh");
  auto changed = steps();
  changed[1].scripts.pop_back();
  bench.reason(migrate(*database, changed), "storage.migration_changed", "another text");
  auto more = steps();
  more.push_back({3, "later.again", {make_later}});
  bench.must(migrate(*database, more), "a harmless step");
  bench.reason(migrate(*database, steps()), "ok", "a newer harmless step");
  auto breaking = more;
  breaking.push_back({4, "later.new_form", {make_later}, true});
  bench.must(migrate(*database, breaking), "a breaking step");
  bench.reason(migrate(*database, more), "storage.schema_newer", "a newer breaking step");
  std::swap(breaking[0], breaking[1]);
  bench.reason(migrate(*database, breaking), "storage.migration_order", "a wrong order");
  whole(bench, *database, 4);
}

void failing(Bench& bench) {
  auto database = bench.open();
  auto wrong = steps();
  wrong[1].scripts.push_back(broken);
  const auto outcome = migrate(*database, wrong);
  bench.reason(outcome, "storage.misuse", "a step that does not compile");
  bench.check(!outcome.ok() && !outcome.error().details.empty() &&
                  outcome.error().details.front().second == "grown.first",
              "the step is named");
  auto right = steps();
  if (database->dialect() == sql::Dialect::mariadb) {
    // The step has begun there, with the text that it had: the database heals with that text only.
    bench.reason(migrate(*database, right), "storage.migration_changed", "with another text");
    return;
  }
  bench.must(migrate(*database, right), "with the fault mended");
  whole(bench, *database, 2);
}

// Two shops in one database do not see each other.
void prefixes(Bench& bench) {
  if (!bench.driver().is_shared) {
    throw Skip{"a database in memory is opened once"};
  }
  auto first = bench.open();
  Setup other = bench.setup();
  other.table_prefix = bench.table_prefix() + "b_";
  auto second = bench.open(other);
  bench.must(migrate(*first, steps()), "the first");
  bench.must(migrate(*second, {{1, "grown.table", {make_grown}}}), "the second");
  whole(bench, *first, 2);
  bench.equal(number(bench, *second, count_grown), 0, "rows of the second");
  bench.equal(number(bench, *second, count_steps), 1, "steps of the second");
  bench.must(second->write_alone(soon(),
                                 [](Transaction& tx) -> Result<void> {
                                   if (auto failure = tx.connection().execute(drop_tables)) {
                                     tx.fail(std::move(failure));
                                   }
                                   return {};
                                 }),
             "the second is dropped");
  whole(bench, *first, 2);
}

// This program once more, with a task; its process number.
pid_t start_child(const Bench& bench, const std::string& manner) {
  std::vector<std::string> arguments{"conformance", "--migrate", manner, bench.table_prefix()};
  const auto& own = bench.driver().child_arguments;
  arguments.insert(arguments.end(), own.begin(), own.end());
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv("/proc/self/exe", pointers.data());
    ::_exit(127);
  }
  return child;
}

int status_of(pid_t child) {
  int status = -1;
  return ::waitpid(child, &status, 0) == child ? status : -1;
}

void needs_processes(const Bench& bench) {
  if (bench.driver().child_arguments.empty()) {
    throw Skip{"its database is this process's own"};
  }
}

void at_once(Bench& bench) {
  needs_processes(bench);
  const pid_t children[] = {start_child(bench, "whole"), start_child(bench, "whole"),
                            start_child(bench, "whole")};
  for (const pid_t child : children) {
    const int status = status_of(child);
    bench.check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a process that started with others",
                std::to_string(status));
  }
  auto database = bench.open();
  whole(bench, *database, 2);
}

// The process is killed after a step's scripts have run and before the step is done.
void killed(Bench& bench) {
  needs_processes(bench);
  const int status = status_of(start_child(bench, "killed"));
  bench.check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the process was killed",
              std::to_string(status));
  auto database = bench.open();
  bench.must(migrate(*database, steps()), "the next one finishes it");
  whole(bench, *database, 2);
}

}  // namespace

int migrate_in_child(const Driver& driver, const std::string& table_prefix,
                     std::string_view manner) {
  Setup setup;
  setup.table_prefix = table_prefix;
  if (manner == "killed") {
    setup.before_statement = [ends = 0](std::string_view name) mutable {
      if (name == "migration.end" && ++ends == 2) {
        static_cast<void>(::raise(SIGKILL));
      }
      return sql::Fault::none;
    };
  }
  auto database = driver.open(setup);
  return database.ok() && migrate(**database, steps()).ok() ? 0 : 1;
}

std::vector<Case> migration_cases() {
  return {{"migrations.are_applied_once", once},
          {"migrations.that_do_not_fit_are_refused", refused},
          {"migrations.that_fail", failing},
          {"migrations.of_two_prefixes", prefixes},
          {"migrations.of_processes_at_once", at_once},
          {"migrations.killed_half_way", killed}};
}

}  // namespace kameng::conformance
