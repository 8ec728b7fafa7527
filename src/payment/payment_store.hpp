// payment_store.hpp - payments, refunds and notices as rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>

#include "audit/entry.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "payment/payment_state.hpp"
#include "payment/provider.hpp"
#include "sql/transaction.hpp"

namespace kameng::payment {

struct Payment {
  PaymentId id;
  OrderId order_id;
  std::string provider;
  std::string merchant;
  std::optional<std::string> method = {};
  AttemptState state = AttemptState::pending;
  Money amount;
  std::int64_t captured = 0;
  std::optional<std::string> provider_trade_no = {};
  TimeMs created_at_ms = 0;
  TimeMs expires_at_ms = 0;
};

struct Refund {
  RefundId id;
  std::optional<OrderId> order_id;
  PaymentId payment_id;
  std::string reason;  // "late", "excess", "double", "short", "cancelled", "undelivered"
  AttemptState state = AttemptState::pending;
  Money amount;
};

struct NoticeRecord {
  std::string provider;
  std::string event_id;
  std::optional<PaymentId> payment_id;
  std::string outcome;
  Bytes digest;
};

// Our number at the provider: "P" and the id's 26 characters. Fits every provider's 32.
[[nodiscard]] std::string out_trade_no(const PaymentId& id);
[[nodiscard]] std::optional<PaymentId> payment_of(std::string_view out_trade_no);
[[nodiscard]] std::string out_refund_no(const RefundId& id);
[[nodiscard]] Trade trade_of(const Payment& payment);
// Whose clearing account the money of a channel lands in.
[[nodiscard]] std::string clearing_owner(std::string_view provider, std::string_view merchant);

void insert(sql::Transaction& tx, const Payment& payment);
[[nodiscard]] std::optional<Payment> find(sql::Transaction& tx, const PaymentId& id);
[[nodiscard]] sql::Asked<std::vector<Payment>> ask_of_order(sql::Transaction& tx,
                                                            const OrderId& order_id);
[[nodiscard]] std::vector<Payment> find_of_order(sql::Transaction& tx, const OrderId& order_id);
// Guarded by the state it had: another change in between runs the phase again. A way that the
// transition table does not have fails the transaction; so for refunds.
void update(sql::Transaction& tx, const Payment& changed, AttemptState from);

void insert(sql::Transaction& tx, const Refund& refund, TimeMs now_ms);
[[nodiscard]] std::optional<Refund> find(sql::Transaction& tx, const RefundId& id);
[[nodiscard]] std::vector<Refund> refunds_of_order(sql::Transaction& tx, const OrderId& order_id);
void update(sql::Transaction& tx, const Refund& changed, AttemptState from, TimeMs now_ms);

void insert(sql::Transaction& tx, const NoticeRecord& notice, TimeMs now_ms);
// What came of the event; nothing when it was not received before.
[[nodiscard]] sql::Asked<std::optional<std::string>> ask_recorded_outcome(
    sql::Transaction& tx, std::string_view provider, std::string_view event_id);

}  // namespace kameng::payment
