// forget_sql.hpp - the statements of forgetting who ordered.
#pragma once

#include "sql/statement.hpp"

namespace kameng::order {

// Statuses 4 delivered, 5 expired, 6 cancelled are the ends.
#define KAMENG_OPEN " WHERE account_id = ? AND status IN (0, 1, 2, 3) LIMIT 1"
inline constexpr sql::Statement open_order_of_account{
    .name = "order.open_of_account",
    .text = "SELECT 1 FROM {p}order" KAMENG_OPEN,
    .mariadb = "SELECT 1 FROM {p}order FORCE INDEX ({p}order_account)" KAMENG_OPEN};
#undef KAMENG_OPEN
#define KAMENG_AFTER " WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?"
inline constexpr sql::Statement list_orders_after{
    .name = "order.list_after",
    .text = "SELECT id FROM {p}order" KAMENG_AFTER,
    .mariadb = "SELECT id FROM {p}order FORCE INDEX ({p}order_account)" KAMENG_AFTER};
#undef KAMENG_AFTER
inline constexpr sql::Statement find_contact{"order.find_contact",
                                             "SELECT contact FROM {p}order WHERE id = ?"};
inline constexpr sql::Statement forget_origin{
    "order.forget_origin",
    "UPDATE {p}order SET contact = NULL, contact_blind = NULL, device_blind = NULL,"
    " network_blind = NULL WHERE id = ?"};

inline constexpr sql::Statement list_orders_between{
    "order.list_between", "SELECT id FROM {p}order WHERE id > ? AND id < ? ORDER BY id LIMIT ?"};

}  // namespace kameng::order
