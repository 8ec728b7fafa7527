// order_sql.hpp - every statement of the order tables.
#pragma once

#include "sql/statement.hpp"

namespace kameng::order {

inline constexpr sql::Statement insert_order{
    "order.insert",
    "INSERT INTO {p}order (id, account_id, status, currency, total, covered, created_at_ms, "
    "expires_at_ms,"
    " due_at_ms, lookup_hash, contact, contact_blind, device_blind, network_blind)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
inline constexpr sql::Statement insert_line{
    "order_line.insert",
    "INSERT INTO {p}order_line (order_id, line, sku_id, name, quantity, unit_price_micros, amount, "
    "supplier_id,"
    " commission_bp, discount) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
// Whoever writes locks the order before it reads anything else of it: payments, refunds and codes
// of an order change behind the lock of the order alone.
#define KAMENG_FIND_ORDER                                                                   \
  "SELECT id, account_id, status, currency, total, covered, created_at_ms, expires_at_ms, " \
  "due_at_ms, delivered_at_ms, lookup_hash FROM {p}order WHERE id = "
inline constexpr sql::Statement find_order{"order.find", KAMENG_FIND_ORDER "?", sql::Lock::rows};
// What a payment says of its order never changes.
inline constexpr sql::Statement find_order_of_payment{
    "order.find_of_payment", KAMENG_FIND_ORDER "(SELECT order_id FROM {p}payment WHERE id = ?)",
    sql::Lock::rows};
#undef KAMENG_FIND_ORDER
#define KAMENG_FIND_LINES                                                                      \
  "SELECT line, sku_id, name, quantity, unit_price_micros, amount, supplier_id, commission_bp" \
  ", discount FROM {p}order_line WHERE order_id = "
inline constexpr sql::Statement find_lines{"order_line.find", KAMENG_FIND_LINES "? ORDER BY line"};
inline constexpr sql::Statement find_lines_of_payment{
    "order_line.find_of_payment",
    KAMENG_FIND_LINES "(SELECT order_id FROM {p}payment WHERE id = ?) ORDER BY line"};
#undef KAMENG_FIND_LINES
inline constexpr sql::Statement update_order{
    "order.update",
    "UPDATE {p}order SET status = ?, covered = ?, due_at_ms = ?, delivered_at_ms = ?"
    " WHERE id = ? AND status = ? AND covered = ?"};
// MariaDB would rather sort all orders of the account, found by the index of the unpaid ones.
#define KAMENG_OF_ACCOUNT " WHERE account_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
inline constexpr sql::Statement list_orders_of_account{
    .name = "order.list_of_account",
    .text = "SELECT id FROM {p}order" KAMENG_OF_ACCOUNT,
    .mariadb = "SELECT id FROM {p}order FORCE INDEX ({p}order_account)" KAMENG_OF_ACCOUNT};
#undef KAMENG_OF_ACCOUNT
inline constexpr sql::Statement list_orders{
    "order.list", "SELECT id FROM {p}order WHERE id < ? ORDER BY id DESC LIMIT ?"};
inline constexpr sql::Statement find_due_orders{
    "order.find_due",
    "SELECT id FROM {p}order WHERE due_at_ms IS NOT NULL AND due_at_ms <= ? ORDER BY due_at_ms "
    "LIMIT ?",
    sql::Lock::free_rows};
inline constexpr sql::Statement next_due{
    "order.next_due",
    "SELECT due_at_ms FROM {p}order WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms LIMIT 1"};

// Checks, asked for by system.verify alone; they read whole tables. Statuses: 2 paid, 3 delivering;
// of payments 2 success; of accounts 200 escrow, 203 suspense.
inline constexpr sql::Statement verify_money_adds_up{
    "verify.order_money_adds_up",
    "SELECT count(*) FROM {p}order o WHERE o.covered <>"
    " (SELECT coalesce(sum(p.captured), 0) FROM {p}payment p WHERE p.order_id = o.id AND p.state = "
    "2)"
    " - (SELECT coalesce(sum(r.amount), 0) FROM {p}refund r WHERE r.order_id = o.id)"};
inline constexpr sql::Statement verify_refunds_within_payments{
    "verify.order_refunds_within_payments",
    "SELECT count(*) FROM {p}payment p WHERE p.captured <"
    " (SELECT coalesce(sum(r.amount), 0) FROM {p}refund r WHERE r.payment_id = p.id)"};
inline constexpr sql::Statement verify_money_of_orders{
    "verify.order_money",
    "SELECT id, status, covered, currency FROM {p}order"
    " WHERE covered > 0 AND status IN (0, 1, 2, 3)"};
inline constexpr sql::Statement verify_balances_of_orders{
    "verify.order_balances",
    "SELECT owner, account, currency, sum(credit) - sum(debit) FROM {p}entry"
    " WHERE account IN (200, 203) GROUP BY owner, account, currency"
    " HAVING sum(credit) <> sum(debit)"};

// The quotas, each by its own partial index: a row for each unpaid order, no more than the limit
// needs.
inline constexpr sql::Statement unpaid_of_account{
    "order.unpaid_of_account",
    "SELECT 1 FROM {p}order WHERE account_id = ? AND account_id IS NOT NULL"
    " AND status IN (0, 1) LIMIT ?"};
inline constexpr sql::Statement unpaid_of_contact{
    "order.unpaid_of_contact",
    "SELECT 1 FROM {p}order WHERE contact_blind = ? AND contact_blind IS NOT "
    "NULL"
    " AND status IN (0, 1) LIMIT ?"};
inline constexpr sql::Statement unpaid_of_device{
    "order.unpaid_of_device",
    "SELECT 1 FROM {p}order WHERE device_blind = ? AND device_blind IS NOT "
    "NULL"
    " AND status IN (0, 1) LIMIT ?"};
inline constexpr sql::Statement unpaid_of_network{
    "order.unpaid_of_network",
    "SELECT 1 FROM {p}order WHERE network_blind = ? AND network_blind IS NOT "
    "NULL"
    " AND status IN (0, 1) LIMIT ?"};

}  // namespace kameng::order
