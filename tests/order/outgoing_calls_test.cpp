// outgoing_calls_test.cpp - what the answer to a close or a refund does.
#include "order/outgoing_calls.hpp"

#include <doctest/doctest.h>

#include "order/facts.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using payment::Action;
using payment::AttemptState;
using payment::Outcome;
using payment::Verdict;

CallFacts close_facts(OrderStatus status, AttemptState state) {
  CallFacts facts{.order = facts::make_order(status)};
  facts.call = payment::Call{.id = facts::id<CallId>(1),
                             .action = Action::close,
                             .provider = "sandbox",
                             .attempt = 1,
                             .open = true,
                             .payment = facts::make_payment(1, state),
                             .trade = {}};
  facts.payments = {facts.call->payment};
  facts.held = facts::held_codes(2).held;
  return facts;
}

CallFacts refund_facts(AttemptState state, bool guest = false) {
  CallFacts facts = close_facts(cancelled, AttemptState::success);
  facts.call->action = Action::refund;
  facts.call->payment = facts::make_payment(1, AttemptState::success, 1000);
  facts.call->refund = facts::make_refund(1, 1, state, 1000);
  facts.refunds = {*facts.call->refund};
  if (guest) {
    facts.order->account_id.reset();
  }
  return facts;
}

CallPlan decided(const CallFacts& facts, const Outcome& outcome) {
  facts::Ids ids;
  auto decision = decide(facts, outcome, facts::now_ms, ids);
  REQUIRE(decision.plan.has_value());
  return std::move(*decision.plan);
}

const Outcome closed{.verdict = Verdict::success, .code = "closed", .closed = true};

TEST_SUITE("order") {
  // Goal: a call that nobody made is unknown; an answer that comes twice changes nothing.
  // Method: no call; a call whose answer was taken.
  TEST_CASE("answers to no call, and to an answered one") {
    facts::Ids ids;
    CHECK(decide(CallFacts{}, closed, facts::now_ms, ids).refusal->reason == "call.not_found");
    CallFacts facts = close_facts(closing, AttemptState::pending);
    facts.call->open = false;
    const CallPlan plan = decided(facts, closed);
    CHECK(plan.outcome == "repeated");
    CHECK(plan.payments.empty());
    CHECK_FALSE(plan.order.has_value());
    CHECK_FALSE(plan.repeat);
  }

  // Goal: "closed" ends the payment and, when it was the last open one, the closing order; orders
  // in any other state stay as they are.
  // Method: every order status; with and without another open payment.
  TEST_CASE("a payment is closed") {
    for (int number = 0; number < order_status_count; ++number) {
      const auto status = static_cast<OrderStatus>(number);
      CAPTURE(order_status_name(status));
      const CallPlan plan = decided(close_facts(status, AttemptState::pending), closed);
      CHECK(plan.outcome == "done");
      CHECK(plan.payments.at(0).after.state == AttemptState::expired);
      CHECK(plan.order.has_value() == (status == closing));
      if (status == closing) {
        CHECK(plan.order->to == expired);
        CHECK(plan.held == HeldCodes::release);
        CHECK(plan.calls.empty());
        CHECK(facts::entries_of(plan) == "payment.closed order.expired");
      }
    }
    CallFacts two = close_facts(closing, AttemptState::pending);
    two.payments.push_back(facts::make_payment(2, AttemptState::unknown));
    CHECK_FALSE(decided(two, closed).order.has_value());
    // The other way round: this one was closed by a notice, the answer ends the order.
    const CallPlan after = decided(close_facts(closing, AttemptState::expired), closed);
    CHECK(after.payments.empty());
    CHECK(after.order->to == expired);
  }

  // Goal: a part of the price goes back when the closing order expires by an answer.
  // Method: a closed payment beside one that brought a part.
  TEST_CASE("the answer that ends an order gives its part back") {
    CallFacts facts = close_facts(closing, AttemptState::pending);
    facts.order = facts::make_order(closing, 250);
    facts.payments.push_back(facts::make_payment(2, AttemptState::success, 250));
    const CallPlan plan = decided(facts, closed);
    CHECK(facts::text_of(facts::booked(plan.journals)) == "L.refund_transit=250 L.suspense=-250");
    CHECK(plan.refunds.at(0).payment_id == facts::id<PaymentId>(2));
    CHECK(plan.calls.size() == 1);
  }

  // Goal: whatever does not say closed or paid is asked again and changes nothing.
  // Method: pending, unknown and unsent answers.
  TEST_CASE("a close without an answer is repeated") {
    for (const Verdict verdict :
         {Verdict::pending, Verdict::unknown, Verdict::not_sent, Verdict::declined}) {
      const CallPlan plan = decided(close_facts(closing, AttemptState::pending),
                                    {.verdict = verdict, .code = "http_502"});
      CHECK(plan.repeat);
      CHECK(plan.repeat_reason == "http_502");
      CHECK(plan.outcome == "again");
      CHECK(plan.payments.empty());
      CHECK_FALSE(plan.order.has_value());
    }
  }

  // Goal: "paid" is money like any other news of it.
  // Method: the answer to a close names the whole price; the order is delivered.
  TEST_CASE("the close finds the payment paid") {
    CallFacts facts = close_facts(closing, AttemptState::pending);
    MoneyFacts money{.event = {.kind = payment::NoticeKind::paid,
                               .event_id = "answer/P1",
                               .out_trade_no = "P1",
                               .provider_trade_no = "T1",
                               .merchant = "sandbox_1",
                               .amount = {1000, {}}},
                     .provider = "sandbox",
                     .merchant = "sandbox_1",
                     .payment = facts.call->payment,
                     .order = facts.order,
                     .codes = facts::held_codes(2)};
    facts.money = money;
    const CallPlan plan = decided(facts, {.verdict = Verdict::declined, .paid = true});
    CHECK(plan.outcome == "done");
    CHECK_FALSE(plan.repeat);
    CHECK(plan.order->to == delivered);
    CHECK(facts::text_of(facts::booked(plan.journals)) == "A.clearing=-1000 I.sales=1000");
  }

  struct RefundRow {
    AttemptState before;
    bool guest;
    Verdict verdict;
    std::optional<std::int64_t> amount;
    AttemptState after;
    bool repeat;
    const char* books;
    const char* entries;
  };
  const RefundRow refund_rows[] = {
      {AttemptState::pending, false, Verdict::success, 1000, AttemptState::success, false,
       "A.clearing=1000 L.refund_transit=-1000", "refund.succeeded"},
      {AttemptState::unknown, true, Verdict::success, 1000, AttemptState::success, false,
       "A.clearing=1000 L.refund_transit=-1000", "refund.succeeded"},
      {AttemptState::pending, false, Verdict::declined, std::nullopt, AttemptState::success, false,
       "L.refund_transit=-1000 L.wallet=1000", "refund.to_wallet"},
      {AttemptState::pending, true, Verdict::declined, std::nullopt, AttemptState::declined, false,
       "", "refund.declined"},
      {AttemptState::unknown, true, Verdict::declined, std::nullopt, AttemptState::declined, false,
       "", "refund.declined"},
      {AttemptState::pending, false, Verdict::success, 999, AttemptState::integrity_failure, false,
       "", "refund.integrity_failure"},
      {AttemptState::unknown, true, Verdict::success, 1001, AttemptState::integrity_failure, false,
       "", "refund.integrity_failure"},
      {AttemptState::pending, false, Verdict::success, std::nullopt,
       AttemptState::integrity_failure, false, "", "refund.integrity_failure"},
      {AttemptState::pending, false, Verdict::unknown, std::nullopt, AttemptState::unknown, true,
       "", ""},
      {AttemptState::not_sent, false, Verdict::unknown, std::nullopt, AttemptState::unknown, true,
       "", ""},
      {AttemptState::pending, false, Verdict::pending, std::nullopt, AttemptState::unknown, true,
       "", ""},
      {AttemptState::pending, false, Verdict::not_sent, std::nullopt, AttemptState::not_sent, true,
       "", ""},
      {AttemptState::not_sent, false, Verdict::not_sent, std::nullopt, AttemptState::not_sent, true,
       "", ""},
      // Earlier tries may have arrived: that this one did not, says nothing of them.
      {AttemptState::unknown, false, Verdict::not_sent, std::nullopt, AttemptState::unknown, true,
       "", ""},
  };

  // Goal: a refund ends in success, in the wallet, or with a person; while nobody knows, it is
  // asked again under its own number, and no money is booked twice.
  // Method: each verdict, for a customer and a guest, from each open state.
  TEST_CASE("what the answer to a refund does") {
    for (const RefundRow& row : refund_rows) {
      CAPTURE(payment::attempt_state_name(row.before));
      CAPTURE(static_cast<int>(row.verdict));
      CAPTURE(row.guest);
      Outcome outcome{.verdict = row.verdict, .code = "word"};
      if (row.amount) {
        outcome.amount = Money{*row.amount, {}};
      }
      const CallPlan plan = decided(refund_facts(row.before, row.guest), outcome);
      REQUIRE(plan.refund.has_value());
      CHECK(plan.refund->before == row.before);
      CHECK(plan.refund->after.state == row.after);
      CHECK(payment::may_become(row.before, row.after));
      CHECK(plan.repeat == row.repeat);
      CHECK(plan.outcome == (row.repeat ? "again" : "done"));
      CHECK(facts::text_of(facts::booked(plan.journals)) == row.books);
      CHECK(facts::entries_of(plan) == row.entries);
      CHECK_FALSE(plan.order.has_value());
    }
  }

  // Goal: a refund that has ended stays ended.
  // Method: every verdict on a succeeded, a declined and a failed one.
  TEST_CASE("an answer to a refund that is over") {
    for (const AttemptState state :
         {AttemptState::success, AttemptState::declined, AttemptState::integrity_failure}) {
      for (const Verdict verdict : {Verdict::success, Verdict::declined, Verdict::unknown}) {
        const CallPlan plan = decided(refund_facts(state), {.verdict = verdict});
        CHECK_FALSE(plan.refund.has_value());
        CHECK(plan.journals.empty());
        CHECK_FALSE(plan.repeat);
      }
    }
  }
}

}  // namespace
}  // namespace kameng::order
