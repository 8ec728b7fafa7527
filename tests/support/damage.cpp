// damage.cpp - see damage.hpp.
#include "support/damage.hpp"

#include "support/clean_database.hpp"

namespace kameng::test {
namespace {

constexpr std::string_view drop_trigger = "DROP TRIGGER ";
constexpr std::string_view no_checks = "PRAGMA ignore_check_constraints";
constexpr std::string_view zeros = "zeroblob(";

// PostgreSQL's triggers and checks are dropped with the table that they belong to.
constexpr std::string_view drop_all_triggers = R"(DO $$ DECLARE one RECORD; BEGIN
FOR one IN SELECT tgname AS name, tgrelid::regclass AS owner FROM pg_trigger
  JOIN pg_class ON pg_class.oid = tgrelid
  WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal
LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.name, one.owner); END LOOP; END $$;)";
constexpr std::string_view drop_all_checks = R"(DO $$ DECLARE one RECORD; BEGIN
FOR one IN SELECT conname AS name, conrelid::regclass AS owner FROM pg_constraint
  WHERE connamespace = current_schema()::regnamespace AND contype = 'c'
LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.owner, one.name); END LOOP; END $$;)";

// Takes every statement that begins so out of the script; how many there were.
int take_out(std::string& script, std::string_view begins) {
  int taken = 0;
  for (std::size_t at = script.find(begins); at != std::string::npos; at = script.find(begins)) {
    const std::size_t end = script.find(';', at);
    script.erase(at, end == std::string::npos ? end : end + 1 - at);
    ++taken;
  }
  return taken;
}

std::size_t end_of_call(std::string_view script, std::size_t at) {
  for (int depth = 1; at < script.size(); ++at) {
    depth += script[at] == '(' ? 1 : script[at] == ')' ? -1 : 0;
    if (depth == 0) {
      break;
    }
  }
  return at;
}

void replace_zeros(std::string& script, bool postgres) {
  for (std::size_t at = script.find(zeros); at != std::string::npos; at = script.find(zeros)) {
    const std::size_t from = at + zeros.size();
    const std::size_t end = end_of_call(script, from);
    const std::string count = script.substr(from, end - from);
    const std::string text =
        postgres ? "decode(repeat('00', " + count + "), 'hex')" : "REPEAT(x'00', " + count + ")";
    script.replace(at, end + 1 - at, text);
  }
}

}  // namespace

std::string damage_here(std::string_view sqlite) {
  std::string script(sqlite);
  if (!on_server()) {
    return script;
  }
  const bool postgres = storage_under_test() == "postgres";
  std::string before;
  if (postgres && take_out(script, drop_trigger) > 0) {
    before += drop_all_triggers;
  }
  if (take_out(script, no_checks) > 0) {
    before += postgres ? drop_all_checks : "SET check_constraint_checks = 0;";
  }
  replace_zeros(script, postgres);
  return before + script;
}

bool spoils(std::string_view script) {
  return script.find(drop_trigger) != std::string_view::npos ||
         script.find(no_checks) != std::string_view::npos;
}

}  // namespace kameng::test
