// receive_money_test.cpp - what verified news of money does, for every order, payment and amount.
#include "order/receive_money.hpp"

#include <doctest/doctest.h>

#include "order/facts.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using payment::AttemptState;
using payment::NoticeKind;

constexpr AttemptState taking[] = {AttemptState::pending, AttemptState::unknown,
                                   AttemptState::not_sent, AttemptState::expired};

payment::NoticeEvent paid_event(std::int64_t amount) {
  return {.kind = NoticeKind::paid,
          .event_id = "E1",
          .out_trade_no = payment::out_trade_no(facts::id<PaymentId>(1)),
          .provider_trade_no = "T1",
          .merchant = "sandbox_1",
          .amount = {amount, {}}};
}

MoneyFacts facts_of(OrderStatus status, std::int64_t covered, AttemptState state,
                    std::int64_t amount) {
  MoneyFacts facts{.event = paid_event(amount),
                   .provider = "sandbox",
                   .merchant = "sandbox_1",
                   .payment = facts::make_payment(1, state),
                   .order = facts::make_order(status, covered)};
  if (is_unpaid(status)) {
    facts.codes = facts::held_codes(2);
  } else if (status == expired) {
    facts.codes = facts::picked_codes(2);
  }
  return facts;
}

MoneyPlan decided(const MoneyFacts& facts) {
  facts::Ids ids;
  return decide_money(facts, facts::now_ms, ids);
}

struct Row {
  OrderStatus status;
  std::int64_t covered;
  std::int64_t amount;
  const char* outcome;
  OrderStatus reached;
  std::int64_t covered_after;
  std::int64_t refunded;
  const char* reason;  // of the refund
  const char* books;
};

// The total is 1000. Clearing is an asset: money that came makes it negative here.
const Row rows[] = {
    {pending_payment, 0, 999, "short", pending_payment, 999, 0, "",
     "A.clearing=-999 L.suspense=999"},
    {pending_payment, 0, 1000, "delivered", delivered, 1000, 0, "",
     "A.clearing=-1000 I.sales=1000"},
    {pending_payment, 0, 1250, "excess_refunded", delivered, 1000, 250, "excess",
     "A.clearing=-1250 I.sales=1000 L.refund_transit=250"},
    {pending_payment, 400, 599, "short", pending_payment, 999, 0, "",
     "A.clearing=-599 L.suspense=599"},
    {pending_payment, 400, 600, "delivered", delivered, 1000, 0, "",
     "A.clearing=-600 I.sales=1000 L.suspense=-400"},
    {pending_payment, 400, 1000, "excess_refunded", delivered, 1000, 400, "excess",
     "A.clearing=-1000 I.sales=1000 L.refund_transit=400 L.suspense=-400"},
    {closing, 0, 1, "short", closing, 1, 0, "", "A.clearing=-1 L.suspense=1"},
    {closing, 0, 1000, "delivered", delivered, 1000, 0, "", "A.clearing=-1000 I.sales=1000"},
    {closing, 999, 2, "excess_refunded", delivered, 1000, 1, "excess",
     "A.clearing=-2 I.sales=1000 L.refund_transit=1 L.suspense=-999"},
    {expired, 0, 999, "late_refunded", expired, 0, 999, "late",
     "A.clearing=-999 L.refund_transit=999"},
    {expired, 0, 1000, "late_delivered", delivered, 1000, 0, "", "A.clearing=-1000 I.sales=1000"},
    {expired, 0, 1001, "late_delivered", delivered, 1000, 1, "excess",
     "A.clearing=-1001 I.sales=1000 L.refund_transit=1"},
    {cancelled, 0, 1, "refunded", cancelled, 0, 1, "cancelled", "A.clearing=-1 L.refund_transit=1"},
    {cancelled, 0, 1000, "refunded", cancelled, 0, 1000, "cancelled",
     "A.clearing=-1000 L.refund_transit=1000"},
    {cancelled, 0, 2000, "refunded", cancelled, 0, 2000, "cancelled",
     "A.clearing=-2000 L.refund_transit=2000"},
    {paid, 1000, 1000, "refunded", paid, 1000, 1000, "double",
     "A.clearing=-1000 L.refund_transit=1000"},
    {delivering, 1000, 1000, "refunded", delivering, 1000, 1000, "double",
     "A.clearing=-1000 L.refund_transit=1000"},
    {delivered, 1000, 1, "refunded", delivered, 1000, 1, "double",
     "A.clearing=-1 L.refund_transit=1"},
    {delivered, 1000, 1000, "refunded", delivered, 1000, 1000, "double",
     "A.clearing=-1000 L.refund_transit=1000"},
    {delivered, 1000, 3000, "refunded", delivered, 1000, 3000, "double",
     "A.clearing=-3000 L.refund_transit=3000"},
};

void check_plan(const Row& row, const MoneyPlan& plan) {
  CHECK(plan.outcome == row.outcome);
  CHECK(facts::text_of(facts::booked(plan.journals)) == row.books);
  REQUIRE(plan.payments.size() == 1);
  CHECK(plan.payments[0].after.state == AttemptState::success);
  CHECK(plan.payments[0].after.captured == row.amount);
  CHECK(plan.payments[0].after.provider_trade_no == "T1");
  const bool changed = row.reached != row.status || row.covered_after != row.covered;
  REQUIRE(plan.order.has_value() == changed);
  if (changed) {
    CHECK(plan.order->to == row.reached);
    CHECK(plan.order->covered == row.covered_after);
    CHECK(may_become(row.status, plan.order->to));
    CHECK(plan.order->delivered_at_ms.has_value() == (row.reached == delivered));
    CHECK(plan.order->due_at_ms.has_value() == (row.reached != delivered));
  }
  REQUIRE(plan.refunds.size() == (row.refunded > 0 ? 1 : 0));
  REQUIRE(plan.calls.size() == plan.refunds.size());
  if (row.refunded > 0) {
    CHECK(plan.refunds[0].amount == Money{row.refunded, {}});
    CHECK(plan.refunds[0].reason == row.reason);
    CHECK(plan.refunds[0].state == AttemptState::pending);
    CHECK(plan.refunds[0].payment_id == facts::id<PaymentId>(1));
    CHECK(plan.calls[0].action == payment::Action::refund);
    CHECK(plan.calls[0].refund_id == plan.refunds[0].id);
  }
  const bool sells = row.reached == delivered && row.status != delivered;
  CHECK((plan.held == HeldCodes::sell) == sells);
}

TEST_SUITE("order") {
  // Goal: money of every size on an order in every state ends in its named outcome, with its
  // posting, its refund and its state; what came is booked to the last fen.
  // Method: the table above, for each state of a payment that still takes money.
  TEST_CASE("money that comes: every order, every amount") {
    for (const Row& row : rows) {
      for (const AttemptState state : taking) {
        CAPTURE(order_status_name(row.status));
        CAPTURE(row.covered);
        CAPTURE(row.amount);
        CAPTURE(payment::attempt_state_name(state));
        check_plan(row, decided(facts_of(row.status, row.covered, state, row.amount)));
      }
    }
  }

  // Goal: late money is given back when the codes are gone, whatever was paid.
  // Method: an expired order with one of two codes, and with none, left to claim.
  TEST_CASE("late money without codes goes back") {
    for (const int left : {0, 1}) {
      for (const std::int64_t amount : {1000, 1700}) {
        MoneyFacts facts = facts_of(expired, 0, AttemptState::expired, amount);
        facts.codes = facts::picked_codes(left);
        const MoneyPlan plan = decided(facts);
        CHECK(plan.outcome == "late_refunded");
        CHECK_FALSE(plan.order.has_value());
        CHECK(plan.claims.empty());
        CHECK(facts::booked(plan.journals) ==
              facts::Balances{{"A.clearing", -amount}, {"L.refund_transit", amount}});
        CHECK(plan.refunds.at(0).reason == "late");
      }
    }
  }

  // Goal: an order that is paid while codes are missing waits for them and keeps the money.
  // Method: one of two codes held, exact and excess money.
  TEST_CASE("paid but short of stock waits in a state of its own") {
    for (const std::int64_t amount : {1000, 1300}) {
      MoneyFacts facts = facts_of(pending_payment, 0, AttemptState::pending, amount);
      facts.codes = facts::held_codes(1);
      const MoneyPlan plan = decided(facts);
      CHECK(plan.outcome == (amount == 1000 ? "paid" : "excess_refunded"));
      REQUIRE(plan.order.has_value());
      CHECK(plan.order->to == paid);
      CHECK(plan.order->covered == 1000);
      CHECK(plan.order->due_at_ms == facts::now_ms + stock_retry_ms);
      CHECK(plan.held == HeldCodes::keep);
      CHECK(facts::booked(plan.journals)["L.escrow"] == 1000);
    }
  }

  // Goal: news that has been applied changes nothing.
  // Method: the same event again; the same trade under a new event, for each order status.
  TEST_CASE("repeated news") {
    for (int status = 0; status < order_status_count; ++status) {
      MoneyFacts again = facts_of(static_cast<OrderStatus>(status), 0, AttemptState::pending, 1000);
      again.recorded = "repeated";
      MoneyFacts same_trade =
          facts_of(static_cast<OrderStatus>(status), 0, AttemptState::success, 1000);
      same_trade.payment = facts::make_payment(1, AttemptState::success, 1000);
      for (const MoneyFacts& facts : {again, same_trade}) {
        const MoneyPlan plan = decided(facts);
        CHECK(plan.outcome == "repeated");
        CHECK(plan.journals.empty());
        CHECK(plan.payments.empty());
        CHECK(plan.refunds.empty());
        CHECK(plan.entries.empty());
        CHECK_FALSE(plan.order.has_value());
      }
    }
  }

  // Goal: money that names another merchant, currency or channel is never taken for the order; it
  // lies in suspense under its trade, once, and the payment is a case.
  // Method: each difference, for each state of the payment; then the same trade once more.
  TEST_CASE("an integrity failure is booked aside, once") {
    for (const char* difference : {"merchant", "our merchant", "currency", "provider"}) {
      for (const AttemptState state : taking) {
        CAPTURE(std::string(difference));
        MoneyFacts facts = facts_of(pending_payment, 0, state, 1000);
        const std::string what = difference;
        if (what == "merchant") {
          facts.event.merchant = "somebody";
        } else if (what == "our merchant") {
          facts.merchant = "renamed";
        } else if (what == "currency") {
          facts.event.amount.currency = *Currency::parse("USD");
        } else {
          facts.provider = "another";
        }
        const MoneyPlan plan = decided(facts);
        CHECK(plan.outcome == "integrity_failure");
        CHECK_FALSE(plan.order.has_value());
        CHECK(plan.payments.at(0).after.state == AttemptState::integrity_failure);
        CHECK(plan.payments.at(0).after.captured == 0);
        REQUIRE(plan.journals.size() == 1);
        CHECK(plan.journals[0].currency == facts.event.amount.currency);
        CHECK(plan.journals[0].ref == facts.provider + "/T1");
        CHECK(facts::text_of(facts::booked(plan.journals)) == "A.clearing=-1000 L.suspense=1000");
        CHECK(facts::entries_of(plan) == "payment.integrity_failure");

        facts.payment = plan.payments.at(0).after;
        facts.trade_booked = true;
        const MoneyPlan again = decided(facts);
        CHECK(again.outcome == "integrity_failure");
        CHECK(again.journals.empty());
        CHECK(again.payments.empty());
      }
    }
  }

  // Goal: a payment that is a case stays one: later news, even good news, resolves nothing.
  // Method: the right merchant after the wrong one, with the same trade and with another.
  TEST_CASE("an integrity failure is never resolved by the engine") {
    MoneyFacts facts = facts_of(pending_payment, 0, AttemptState::integrity_failure, 1000);
    facts.trade_booked = true;
    CHECK(decided(facts).outcome == "integrity_failure");
    CHECK(decided(facts).journals.empty());
    facts.trade_booked = false;
    const MoneyPlan other = decided(facts);
    CHECK(other.outcome == "integrity_failure");
    CHECK(facts::text_of(facts::booked(other.journals)) == "A.clearing=-1000 L.suspense=1000");
    CHECK(other.payments.empty());
    CHECK_FALSE(other.order.has_value());
  }

  // Goal: money of a trade nobody began, or of a second trade under one number, lies in suspense
  // until a person finds out whose it is; told twice it is booked once.
  // Method: no payment; a payment that has taken its money, or was declined, by another trade.
  TEST_CASE("unattributed money") {
    MoneyFacts unknown = facts_of(pending_payment, 0, AttemptState::pending, 777);
    unknown.payment.reset();
    unknown.order.reset();
    MoneyFacts second = facts_of(delivered, 1000, AttemptState::success, 777);
    second.payment = facts::make_payment(1, AttemptState::success, 1000);
    second.event.provider_trade_no = "T2";
    MoneyFacts declined = facts_of(pending_payment, 0, AttemptState::declined, 777);
    for (MoneyFacts facts : {unknown, second, declined}) {
      const MoneyPlan plan = decided(facts);
      CHECK(plan.outcome == "unattributed");
      CHECK(facts::text_of(facts::booked(plan.journals)) == "A.clearing=-777 L.suspense=777");
      CHECK(plan.journals.at(0).ref == "sandbox/" + facts.event.provider_trade_no);
      CHECK(facts::entries_of(plan) == "payment.unattributed");
      CHECK(plan.payments.empty());
      facts.trade_booked = true;
      CHECK(decided(facts).outcome == "repeated");
      CHECK(decided(facts).journals.empty());
      CHECK(decided(facts).entries.empty());
    }
  }

  // Goal: "closed" closes an open payment of this provider and merchant, and nothing else.
  // Method: each state; then another provider and another merchant; then an unknown trade.
  TEST_CASE("a notice that says closed") {
    for (int number = 0; number < payment::attempt_state_count; ++number) {
      const auto state = static_cast<AttemptState>(number);
      MoneyFacts facts = facts_of(pending_payment, 0, state, 1000);
      facts.event.kind = NoticeKind::closed;
      const MoneyPlan plan = decided(facts);
      CHECK(plan.outcome == (payment::is_open(state) ? "closed" : "ignored"));
      CHECK(plan.payments.size() == (payment::is_open(state) ? 1 : 0));
      CHECK_FALSE(plan.order.has_value());
      CHECK(plan.journals.empty());
      if (payment::is_open(state)) {
        CHECK(plan.payments[0].after.state == AttemptState::expired);
        facts.provider = "another";
        CHECK(decided(facts).outcome == "ignored");
        facts.provider = "sandbox";
        facts.event.merchant = "somebody";
        CHECK(decided(facts).outcome == "ignored");
        CHECK(decided(facts).payments.empty());
      }
    }
    MoneyFacts unknown = facts_of(pending_payment, 0, AttemptState::pending, 1000);
    unknown.event.kind = NoticeKind::closed;
    unknown.payment.reset();
    unknown.order.reset();
    CHECK(decided(unknown).outcome == "ignored");
  }

  // Goal: when one of several payments pays the order, the others are closed, so that a customer is
  // not charged twice. A closing order has asked for that before.
  // Method: two open payments and an expired one beside the paying one.
  TEST_CASE("the other open payments of a paid order are closed") {
    for (const OrderStatus status : {pending_payment, closing}) {
      MoneyFacts facts = facts_of(status, 0, AttemptState::pending, 1000);
      facts.others = {facts::make_payment(2, AttemptState::pending),
                      facts::make_payment(3, AttemptState::expired),
                      facts::make_payment(4, AttemptState::unknown)};
      const MoneyPlan plan = decided(facts);
      CHECK(plan.outcome == "delivered");
      REQUIRE(plan.calls.size() == (status == pending_payment ? 2 : 0));
      if (status == pending_payment) {
        CHECK(plan.calls[0].action == payment::Action::close);
        CHECK(plan.calls[0].payment_id == facts::id<PaymentId>(2));
        CHECK(plan.calls[1].payment_id == facts::id<PaymentId>(4));
      }
    }
    MoneyFacts short_money = facts_of(pending_payment, 0, AttemptState::pending, 1);
    short_money.others = {facts::make_payment(2, AttemptState::pending)};
    CHECK(decided(short_money).calls.empty());
  }

  // Goal: delivery recognises own goods as sales, a supplier's as the supplier's less commission.
  // Method: one own line and three of two suppliers; the journal's owners and sums.
  TEST_CASE("delivery posts each line to whom it belongs") {
    MoneyFacts facts = facts_of(pending_payment, 0, AttemptState::pending, 10'000);
    Order& order = *facts.order;
    order.total.amount = 10'000;
    order.lines = {{.line = 1, .sku_id = facts::sku, .quantity = 1, .amount = 1000},
                   {.line = 2,
                    .sku_id = facts::sku,
                    .quantity = 1,
                    .amount = 333,
                    .supplier_id = "north",
                    .commission_bp = 1000},
                   {.line = 3,
                    .sku_id = facts::sku,
                    .quantity = 1,
                    .amount = 5000,
                    .supplier_id = "south",
                    .commission_bp = 0},
                   {.line = 4,
                    .sku_id = facts::sku,
                    .quantity = 1,
                    .amount = 3667,
                    .supplier_id = "north",
                    .commission_bp = 10'000}};
    facts.codes = facts::held_codes(4);
    const MoneyPlan plan = decided(facts);
    CHECK(plan.outcome == "delivered");
    CHECK(facts::text_of(facts::booked(plan.journals)) ==
          "A.clearing=-10000 I.commission=3700 I.sales=1000 L.sup_pending=5300");
    std::map<std::string, std::int64_t> suppliers;
    for (const ledger::Entry& entry : plan.journals.back().entries) {
      if (entry.account == ledger::Account::sup_pending) {
        suppliers[entry.owner] += entry.credit;
      }
    }
    CHECK(suppliers == std::map<std::string, std::int64_t>{{"north/" + order.id.text(), 300},
                                                           {"south/" + order.id.text(), 5000}});
  }
}

}  // namespace
}  // namespace kameng::order
