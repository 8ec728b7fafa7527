// damage.hpp - scripts that damage tables, in the language of the database under test.
#pragma once

#include <string>
#include <string_view>

namespace kameng::test {

// Of a script as SQLite takes it: `zeroblob(n)`, `DROP TRIGGER name;` (PostgreSQL then loses all
// the triggers of the schema, because it names them in other ways) and `PRAGMA
// ignore_check_constraints = ON;` in the words of the storage under test. The rest has to be SQL
// that all of them know.
[[nodiscard]] std::string damage_here(std::string_view script);

// Whether it changes the tables themselves rather than their rows.
[[nodiscard]] bool spoils(std::string_view script);

}  // namespace kameng::test
