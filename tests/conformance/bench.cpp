// bench.cpp - opening a case's database, and noting what a case found.
#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {

std::unique_ptr<sql::Database> Bench::open(const Setup& setup) {
  auto opened = driver_.open(setup);
  if (!opened) {
    check(false, "the database opens", opened.error().reason + ": " + opened.error().message);
    throw Stop{};
  }
  return std::move(*opened);
}

std::unique_ptr<sql::Database> Bench::open_with_tables(int connections_max) {
  Setup wanted = setup();
  wanted.connections_max = connections_max;
  auto database = open(wanted);
  must(database->write_alone(soon(),
                             [](sql::Transaction& tx) -> Result<void> {
                               if (auto failure =
                                       tx.connection().execute(tables.text_for(tx.dialect()))) {
                                 tx.fail(std::move(failure));
                               }
                               return {};
                             }),
       "the tables are made");
  return database;
}

void Bench::check(bool holds, std::string_view what, const std::string& instead) {
  if (!holds) {
    const std::lock_guard lock(mutex_);
    findings_.push_back(std::string(what) + (instead.empty() ? "" : "; instead: " + instead));
  }
}

void Bench::equal(std::int64_t is, std::int64_t expected, std::string_view what) {
  check(is == expected, std::string(what) + " = " + std::to_string(expected), std::to_string(is));
}

void Bench::equal(std::string_view is, std::string_view expected, std::string_view what) {
  check(is == expected, std::string(what) + " = `" + std::string(expected) + "`",
        "`" + std::string(is) + "`");
}

void Bench::reason(const Result<void>& outcome, std::string_view expected, std::string_view what) {
  const std::string given = outcome.ok() ? "ok" : outcome.error().reason;
  check(given == expected, std::string(what) + ": " + std::string(expected),
        outcome.ok() ? given : given + " (" + outcome.error().message + ")");
}

void Bench::must(const Result<void>& outcome, std::string_view what) {
  if (!outcome.ok()) {
    std::string instead = outcome.error().reason + ": " + outcome.error().message;
    for (const auto& [name, value] : outcome.error().details) {
      instead += " " + name + "=" + value;
    }
    check(false, what, instead);
    throw Stop{};
  }
}

}  // namespace kameng::conformance
