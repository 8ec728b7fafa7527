#include "payment/calls.hpp"

#include "queue/schedule.hpp"

namespace kameng::payment {

// The subject of a call is the payment or the refund it is about.
std::optional<Call> to_call(sql::Transaction& tx, const queue::StoredCall& stored) {
  const auto action = parse_action(stored.call.kind);
  if (!action) {
    return std::nullopt;
  }
  Call call{.id = stored.call.id,
            .action = *action,
            .provider = stored.call.provider,
            .attempt = stored.attempt,
            .open = stored.state != queue::CallState::done,
            .payment = {},
            .trade = {}};
  std::optional<PaymentId> payment_id = PaymentId::parse(stored.call.subject);
  if (const auto refund_id = RefundId::parse(stored.call.subject)) {
    call.refund = find(tx, *refund_id);
    payment_id = call.refund ? std::optional(call.refund->payment_id) : std::nullopt;
  }
  std::optional<Payment> payment = payment_id ? find(tx, *payment_id) : std::nullopt;
  if (!payment) {
    return std::nullopt;
  }
  call.payment = std::move(*payment);
  call.trade = trade_of(call.payment);
  if (call.refund) {
    call.trade.out_refund_no = out_refund_no(call.refund->id);
    call.trade.amount = call.refund->amount;
  }
  return call;
}

void enqueue(sql::Transaction& tx, const CallStart& call, TimeMs now_ms) {
  queue::enqueue(tx,
                 {.id = call.id,
                  .kind = std::string(action_name(call.action)),
                  .subject = call.refund_id ? call.refund_id->text() : call.payment_id.text(),
                  .provider = call.provider,
                  .request = {}},
                 now_ms, now_ms);
}

std::optional<Call> read_call(sql::Transaction& tx, const CallId& id) {
  const auto stored = queue::find(tx, id);
  return stored ? to_call(tx, *stored) : std::nullopt;
}

std::vector<Question> questions_about(sql::Transaction& tx, std::string_view subject) {
  std::vector<Question> questions;
  for (const queue::StoredCall& stored : queue::unanswered(tx, subject)) {
    questions.push_back({stored.state == queue::CallState::dead, stored.due_at_ms});
  }
  return questions;
}

void finish_call(sql::Transaction& tx, const CallId& id) {
  queue::finish(tx, id, queue::CallState::done);
}

bool repeat_call(sql::Transaction& tx, const Call& call, std::string_view reason, TimeMs now_ms) {
  const auto delay_ms = queue::question_delay_ms(call.attempt);
  if (!delay_ms) {
    queue::finish(tx, call.id, queue::CallState::dead, reason);
    return false;
  }
  return queue::retry_at(tx, call.id, now_ms + *delay_ms, reason);
}

}  // namespace kameng::payment
