// payment_sql.hpp - every statement of payments, refunds and notices.
#pragma once

#include "sql/statement.hpp"

namespace kameng::payment {

inline constexpr sql::Statement insert_payment{
    "payment.insert",
    "INSERT INTO {p}payment (id, order_id, provider, merchant, method, state, amount, captured, "
    "currency,"
    " created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
#define KAMENG_PAYMENT_COLUMNS                                                              \
  "id, order_id, provider, merchant, state, amount, captured, currency, provider_trade_no," \
  " created_at_ms, expires_at_ms, method"
inline constexpr sql::Statement find_payment{
    "payment.find", "SELECT " KAMENG_PAYMENT_COLUMNS " FROM {p}payment WHERE id = ?"};
inline constexpr sql::Statement find_payments_of_order{
    "payment.find_of_order",
    "SELECT " KAMENG_PAYMENT_COLUMNS " FROM {p}payment WHERE order_id = ? ORDER BY id"};
#undef KAMENG_PAYMENT_COLUMNS
inline constexpr sql::Statement update_payment{"payment.update",
                                               "UPDATE {p}payment SET state = ?, captured = ?, "
                                               "provider_trade_no = ? WHERE id = ? AND state = ?"};

inline constexpr sql::Statement insert_refund{"refund.insert",
                                              "INSERT INTO {p}refund (id, order_id, payment_id, "
                                              "reason, state, amount, currency, created_at_ms,"
                                              " changed_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
inline constexpr sql::Statement find_refund{
    "refund.find",
    "SELECT id, order_id, payment_id, reason, state, amount, currency FROM {p}refund WHERE id = ?"};
inline constexpr sql::Statement find_refunds_of_order{
    "refund.find_of_order",
    "SELECT id, order_id, payment_id, reason, state, amount, currency FROM {p}refund WHERE "
    "order_id = ?"
    " ORDER BY id"};
inline constexpr sql::Statement update_refund{
    "refund.update",
    "UPDATE {p}refund SET state = ?, changed_at_ms = ? WHERE id = ? AND state = ?"};

inline constexpr sql::Statement insert_notice{
    "notice.insert",
    "INSERT INTO {p}notice (provider, event_id, payment_id, outcome, digest, received_at_ms)"
    " VALUES (?, ?, ?, ?, ?, ?)"};
inline constexpr sql::Statement find_notice{
    "notice.find", "SELECT outcome FROM {p}notice WHERE event_id = ? AND provider = ?"};

inline constexpr sql::Statement put_simulated_trade{
    .name = "simulated_trade.put",
    .text =
        "INSERT INTO {p}simulated_trade (out_trade_no, amount, currency) VALUES (?, ?, ?)"
        " ON CONFLICT (out_trade_no) DO UPDATE SET amount = excluded.amount,"
        " currency = excluded.currency",
    .mariadb =
        "INSERT INTO {p}simulated_trade (out_trade_no, amount, currency) VALUES (?, ?, ?)"
        " ON DUPLICATE KEY UPDATE amount = VALUES(amount), currency = VALUES(currency)"};
inline constexpr sql::Statement find_simulated_trade{
    "simulated_trade.find",
    "SELECT amount, currency FROM {p}simulated_trade WHERE out_trade_no = ?"};

}  // namespace kameng::payment
