// id_list.hpp - many rows named in one parameter: their ids, as text that the server takes apart.
//
// A statement with a mark for each id would have a text for each count. Only servers run these;
// on SQLite ids become visible in their order, and "up to this one" says the same.
#pragma once

#include <cstdint>
#include <span>
#include <string>

// Literals, to be put into a statement's text. ?1 is the list.
//
// PostgreSQL: the condition `id = ANY (...)`.
#define KAMENG_IDS_POSTGRES "(string_to_array(?1, ',')::bigint[])"
// MariaDB and MySQL: a table with the columns `id` and `n`, from 1. STRAIGHT_JOIN keeps it the
// outer one, so that each row is found by its key.
#define KAMENG_IDS_MARIADB                                             \
  "JSON_TABLE(CONCAT('[', ?1, ']'), '$[*]' COLUMNS (n FOR ORDINALITY," \
  " id BIGINT PATH '$')) AS listed"

namespace kameng::sql {

// "12,13,15".
[[nodiscard]] inline std::string id_list(std::span<const std::int64_t> ids) {
  std::string list;
  for (const std::int64_t id : ids) {
    list += (list.empty() ? "" : ",") + std::to_string(id);
  }
  return list;
}

}  // namespace kameng::sql
