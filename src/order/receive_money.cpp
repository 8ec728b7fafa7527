#include "order/receive_money.hpp"

#include <algorithm>
#include <utility>

#include "payment/postings.hpp"

namespace kameng::order {
namespace {

using ledger::Account;
using payment::AttemptState;

// Under what nobody's money is booked, once for each trade.
std::string trade_ref(const MoneyFacts& facts) {
  return facts.provider + "/" + facts.event.provider_trade_no;
}

// The notice is about our payment, and about what was asked for.
bool is_ours(const MoneyFacts& facts) {
  return facts.payment && facts.order && facts.payment->provider == facts.provider &&
         facts.event.merchant == facts.merchant && facts.event.merchant == facts.payment->merchant;
}
bool fits(const MoneyFacts& facts) {
  return is_ours(facts) && facts.event.amount.currency == facts.payment->amount.currency;
}
// The payment still waits for money: an expired one too, because money may be late.
bool takes_money(const payment::Payment& payment) {
  return payment.state != AttemptState::success &&
         payment::may_become(payment.state, AttemptState::success);
}

// Money of the channel that belongs to no payment we know: a person finds out whose it is.
MoneyPlan unattributed(const MoneyFacts& facts) {
  const auto& event = facts.event;
  const std::string trade = trade_ref(facts);
  MoneyPlan plan;
  if (facts.trade_booked) {
    plan.outcome = "repeated";
    return plan;
  }
  plan.outcome = "unattributed";
  plan.journals.push_back(payment::received_in_suspense(
      trade, payment::clearing_owner(facts.provider, event.merchant), trade, event.amount));
  plan.entries.push_back({.kind = "payment.unattributed",
                          .subject = trade,
                          .details = {{"out_trade_no", event.out_trade_no},
                                      {"amount", event.amount.amount},
                                      {"currency", std::string(event.amount.currency.code())}}});
  return plan;
}

// Another merchant, currency or channel than was asked: never resolved by the engine.
MoneyPlan integrity_failure(const MoneyFacts& facts) {
  MoneyPlan plan = unattributed(facts);
  plan.outcome = "integrity_failure";
  for (audit::Entry& entry : plan.entries) {
    entry.kind = "payment.integrity_failure";
    entry.details.push_back({"payment", facts.payment->id.text()});
  }
  PaymentChange change{*facts.payment, facts.payment->state};
  if (takes_money(change.after)) {
    change.after.state = AttemptState::integrity_failure;
    change.after.provider_trade_no = facts.event.provider_trade_no;
    plan.payments.push_back(std::move(change));
  }
  return plan;
}

MoneyPlan closed(const MoneyFacts& facts) {
  MoneyPlan plan;
  plan.outcome = "ignored";
  if (is_ours(facts) && payment::is_open(facts.payment->state)) {
    plan.outcome = "closed";
    PaymentChange change{*facts.payment, facts.payment->state};
    change.after.state = AttemptState::expired;
    plan.entries.push_back({.kind = "payment.closed", .subject = facts.payment->id.text()});
    plan.payments.push_back(std::move(change));
  }
  return plan;
}

void suspend(MoneyPlan& plan, const payment::Payment& payment, std::int64_t amount) {
  plan.journals.push_back(payment::received_in_suspense(
      payment.id.text(), payment::clearing_owner(payment.provider, payment.merchant),
      payment.order_id.text(), {amount, payment.amount.currency}));
}

void on_unpaid(MoneyPlan& plan, const MoneyFacts& facts, const payment::Payment& payment,
               TimeMs now_ms, IdPool& ids) {
  const Order& order = *facts.order;
  const std::int64_t amount = payment.captured;
  if (amount < order.rest()) {
    suspend(plan, payment, amount);
    plan.order = OrderChange{order.status, order.covered + amount, order.due_at_ms};
    plan.outcome = "short";
    return;
  }
  const std::int64_t excess = amount - order.rest();
  if (excess > 0) {
    suspend(plan, payment, excess);
    give_back(plan, payment, Account::suspense, order.id.text(), excess, "excess", ids);
  }
  const OrderStatus reached =
      pay_and_deliver(plan, order,
                      {{Account::suspense, order.id.text(), order.covered},
                       {Account::clearing,
                        payment::clearing_owner(payment.provider, payment.merchant), order.rest()}},
                      facts.codes, now_ms);
  if (order.status == OrderStatus::pending_payment) {
    close_open_payments(plan, facts.others, ids);  // a closing order has asked before
  }
  plan.outcome = excess > 0 ? "excess_refunded" : std::string(order_status_name(reached));
}

void on_expired(MoneyPlan& plan, const MoneyFacts& facts, const payment::Payment& payment,
                TimeMs now_ms, IdPool& ids) {
  const Order& order = *facts.order;
  const std::int64_t amount = payment.captured;
  suspend(plan, payment, amount);
  if (amount < order.total.amount || !complete(order, facts.codes)) {
    give_back(plan, payment, Account::suspense, order.id.text(), amount, "late", ids);
    plan.outcome = "late_refunded";
    return;
  }
  pay_and_deliver(plan, order, {{Account::suspense, order.id.text(), order.total.amount}},
                  facts.codes, now_ms);
  if (amount > order.total.amount) {
    give_back(plan, payment, Account::suspense, order.id.text(), amount - order.total.amount,
              "excess", ids);
  }
  plan.outcome = "late_delivered";
}

}  // namespace

MoneyPlan decide_money(const MoneyFacts& facts, TimeMs now_ms, IdPool& ids) {
  const payment::NoticeEvent& event = facts.event;
  if (facts.recorded) {
    MoneyPlan plan;
    plan.outcome = *facts.recorded;
    return plan;
  }
  if (event.kind != payment::NoticeKind::paid) {
    return closed(facts);
  }
  if (!facts.payment || !facts.order) {
    return unattributed(facts);
  }
  const payment::Payment& before = *facts.payment;
  if (!fits(facts) || before.state == AttemptState::integrity_failure) {
    return integrity_failure(facts);
  }
  if (!takes_money(before)) {
    if (before.provider_trade_no == event.provider_trade_no) {
      MoneyPlan plan;
      plan.outcome = "repeated";
      return plan;
    }
    return unattributed(
        facts);  // a second trade under one number: the provider's, not ours, to explain
  }

  MoneyPlan plan;
  PaymentChange change{before, before.state};
  change.after.state = AttemptState::success;
  change.after.captured = event.amount.amount;
  change.after.provider_trade_no = event.provider_trade_no;
  const payment::Payment& payment = change.after;
  plan.entries.push_back({.kind = "payment.succeeded",
                          .subject = payment.id.text(),
                          .details = {{"order", payment.order_id.text()},
                                      {"provider", payment.provider},
                                      {"amount", payment.captured}}});
  switch (facts.order->status) {
    case OrderStatus::pending_payment:
    case OrderStatus::closing:
      on_unpaid(plan, facts, payment, now_ms, ids);
      break;
    case OrderStatus::expired:
      on_expired(plan, facts, payment, now_ms, ids);
      break;
    case OrderStatus::cancelled:
    case OrderStatus::paid:
    case OrderStatus::delivering:
    case OrderStatus::delivered:
      suspend(plan, payment, payment.captured);
      give_back(plan, payment, Account::suspense, facts.order->id.text(), payment.captured,
                facts.order->status == OrderStatus::cancelled ? "cancelled" : "double", ids);
      plan.outcome = "refunded";
      break;
  }
  plan.payments.push_back(std::move(change));
  return plan;
}

MoneyFacts read_money_facts(sql::Transaction& tx, const payment::NoticeEvent& event,
                            std::string_view provider, std::string_view merchant) {
  MoneyFacts facts{
      .event = event, .provider = std::string(provider), .merchant = std::string(merchant)};
  auto recorded = payment::ask_recorded_outcome(tx, provider, event.event_id);
  const auto id = payment::payment_of(event.out_trade_no);
  // The order first: its payments are read behind its lock.
  facts.order = id ? find_of_payment(tx, *id) : std::nullopt;
  facts.recorded = recorded.answer();
  if (facts.recorded) {
    return facts;
  }
  if (facts.order) {
    auto payments = payment::ask_of_order(tx, facts.order->id);
    const bool takes_codes =
        event.kind == payment::NoticeKind::paid &&
        (is_unpaid(facts.order->status) || facts.order->status == OrderStatus::expired);
    if (takes_codes) {
      facts.codes = read_codes(tx, *facts.order, true);
    }
    facts.others = payments.answer();
    const auto named = std::find_if(facts.others.begin(), facts.others.end(),
                                    [&](const auto& payment) { return payment.id == *id; });
    if (named != facts.others.end()) {
      facts.payment = std::move(*named);
      facts.others.erase(named);
    }
  }
  if (event.kind != payment::NoticeKind::paid) {
    return facts;
  }
  if (!fits(facts) || !takes_money(*facts.payment)) {
    facts.trade_booked = payment::is_suspended(tx, trade_ref(facts));
  }
  return facts;
}

}  // namespace kameng::order
