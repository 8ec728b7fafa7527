#include "payment/payment_store.hpp"

#include <utility>

#include "payment/payment_sql.hpp"

namespace kameng::payment {
namespace {

bool check_transition(sql::Transaction& tx, std::string_view statement, AttemptState from,
                      AttemptState to) {
  if (!may_become(from, to)) {
    tx.fail({sql::Fault::check, std::string(statement), "attempt.transition"});
    return false;
  }
  return true;
}

Currency currency_at(const sql::Rows& rows, int column) {
  return Currency::parse(rows.text_view(column)).value_or(Currency{});
}

Payment read_payment(const sql::Rows& rows) {
  Payment payment;
  payment.id = rows.id<PaymentId>(0);
  payment.order_id = rows.id<OrderId>(1);
  payment.provider = rows.text(2);
  payment.merchant = rows.text(3);
  payment.state = static_cast<AttemptState>(rows.int64(4));
  payment.amount = {rows.int64(5), currency_at(rows, 7)};
  payment.captured = rows.int64(6);
  payment.provider_trade_no = rows.maybe_text(8);
  payment.created_at_ms = rows.int64(9);
  payment.expires_at_ms = rows.int64(10);
  payment.method = rows.maybe_text(11);
  return payment;
}

std::vector<Payment> read_payments(sql::Rows& rows) {
  std::vector<Payment> payments;
  while (rows.next()) {
    payments.push_back(read_payment(rows));
  }
  return payments;
}

Refund read_refund(const sql::Rows& rows) {
  Refund refund;
  refund.id = rows.id<RefundId>(0);
  refund.order_id = rows.maybe_id<OrderId>(1);
  refund.payment_id = rows.id<PaymentId>(2);
  refund.reason = rows.text(3);
  refund.state = static_cast<AttemptState>(rows.int64(4));
  refund.amount = {rows.int64(5), currency_at(rows, 6)};
  return refund;
}

std::string number(char prefix, std::string_view printed) {
  // "pay_01J..." without its prefix: numbers of trades are letters and digits alone.
  std::string out(1, prefix);
  out += printed.substr(printed.find('_') + 1);
  return out;
}

}  // namespace

std::string out_trade_no(const PaymentId& id) {
  return number('P', id.text());
}
std::string out_refund_no(const RefundId& id) {
  return number('R', id.text());
}

std::optional<PaymentId> payment_of(std::string_view out_trade_no) {
  if (!out_trade_no.starts_with('P')) {
    return std::nullopt;
  }
  return PaymentId::parse(std::string(PaymentId::prefix) + "_" +
                          std::string(out_trade_no.substr(1)));
}

Trade trade_of(const Payment& payment) {
  return {.out_trade_no = out_trade_no(payment.id),
          .amount = payment.amount,
          .method = payment.method.value_or(""),
          .expires_at_ms = payment.expires_at_ms,
          .provider_trade_no = payment.provider_trade_no.value_or("")};
}

std::string clearing_owner(std::string_view provider, std::string_view merchant) {
  return std::string(provider) + "/" + std::string(merchant);
}

void insert(sql::Transaction& tx, const Payment& payment) {
  tx.run(insert_payment, payment.id, payment.order_id, payment.provider, payment.merchant,
         payment.method, static_cast<int>(payment.state), payment.amount.amount, payment.captured,
         payment.amount.currency.code(), payment.created_at_ms, payment.expires_at_ms);
}

std::optional<Payment> find(sql::Transaction& tx, const PaymentId& id) {
  auto rows = tx.query(find_payment, id);
  return rows.next() ? std::optional(read_payment(rows)) : std::nullopt;
}

sql::Asked<std::vector<Payment>> ask_of_order(sql::Transaction& tx, const OrderId& order_id) {
  return {tx.query(find_payments_of_order, order_id), read_payments};
}

std::vector<Payment> find_of_order(sql::Transaction& tx, const OrderId& order_id) {
  return ask_of_order(tx, order_id).answer();
}

void update(sql::Transaction& tx, const Payment& changed, AttemptState from) {
  if (check_transition(tx, update_payment.name, from, changed.state)) {
    tx.run_exactly(1, update_payment, static_cast<int>(changed.state), changed.captured,
                   changed.provider_trade_no, changed.id, static_cast<int>(from));
  }
}

void insert(sql::Transaction& tx, const Refund& refund, TimeMs now_ms) {
  tx.run(insert_refund, refund.id, refund.order_id, refund.payment_id, refund.reason,
         static_cast<int>(refund.state), refund.amount.amount, refund.amount.currency.code(),
         now_ms, now_ms);
}

std::optional<Refund> find(sql::Transaction& tx, const RefundId& id) {
  auto rows = tx.query(find_refund, id);
  return rows.next() ? std::optional(read_refund(rows)) : std::nullopt;
}

std::vector<Refund> refunds_of_order(sql::Transaction& tx, const OrderId& order_id) {
  std::vector<Refund> refunds;
  auto rows = tx.query(find_refunds_of_order, order_id);
  while (rows.next()) {
    refunds.push_back(read_refund(rows));
  }
  return refunds;
}

void update(sql::Transaction& tx, const Refund& changed, AttemptState from, TimeMs now_ms) {
  if (check_transition(tx, update_refund.name, from, changed.state)) {
    tx.run_exactly(1, update_refund, static_cast<int>(changed.state), now_ms, changed.id,
                   static_cast<int>(from));
  }
}

void insert(sql::Transaction& tx, const NoticeRecord& notice, TimeMs now_ms) {
  tx.run(insert_notice, notice.provider, notice.event_id, notice.payment_id, notice.outcome,
         notice.digest, now_ms);
}

sql::Asked<std::optional<std::string>> ask_recorded_outcome(sql::Transaction& tx,
                                                            std::string_view provider,
                                                            std::string_view event_id) {
  return {tx.query(find_notice, event_id, provider),
          [](sql::Rows& rows) { return rows.next() ? std::optional(rows.text(0)) : std::nullopt; }};
}

}  // namespace kameng::payment
