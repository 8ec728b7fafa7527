// staff_sql.hpp - the statements of roles and freezing.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement find_standing{
    "account.find_standing",
    "SELECT status, closed_at_ms, roles, supplier_id FROM {p}account WHERE id = ?",
    sql::Lock::rows};
// `roles > 0` is what lets the planner use the index of those who have one.
inline constexpr sql::Statement list_staff{
    "account.list_staff",
    "SELECT id, roles, supplier_id FROM {p}account WHERE roles > 0 ORDER BY roles, id LIMIT ?"};
inline constexpr sql::Statement set_roles{
    "account.set_roles",
    "UPDATE {p}account SET roles = ?, supplier_id = ? WHERE id = ? AND roles = ?"};
inline constexpr sql::Statement set_standing{
    "account.set_status", "UPDATE {p}account SET status = ? WHERE id = ? AND status = ?"};

}  // namespace kameng::account
