// cancel_order_test.cpp - who may give an order up when, and where its money goes.
#include "order/cancel_order.hpp"

#include <doctest/doctest.h>

#include "order/access.hpp"
#include "order/facts.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using payment::AttemptState;

command::Decision<CancelPlan> decided(const CancelFacts& facts) {
  facts::Ids ids;
  return decide(facts, ids);
}

TEST_SUITE("order") {
  // Goal: what is not paid can be given up by whoever sees it, a paid order that waits for stock by
  // the shop alone, a delivered or expired one by nobody; cancelling twice is cancelling once.
  // Method: every status, by the customer and by the host.
  TEST_CASE("who may cancel what") {
    struct Row {
      OrderStatus status;
      const char* customer;
      const char* host;
    };
    const Row rows[] = {
        {pending_payment, "cancelled", "cancelled"},
        {closing, "cancelled", "cancelled"},
        {paid, "order.not_cancellable", "cancelled"},
        {delivering, "order.not_cancellable", "order.not_cancellable"},
        {delivered, "order.not_cancellable", "order.not_cancellable"},
        {expired, "order.not_cancellable", "order.not_cancellable"},
        {cancelled, "cancelled", "cancelled"},
    };
    for (const Row& row : rows) {
      for (const bool by_host : {false, true}) {
        CAPTURE(order_status_name(row.status));
        CAPTURE(by_host);
        const auto decision = decided({.order = facts::make_order(row.status), .by_host = by_host});
        const std::string outcome = decision.refusal ? decision.refusal->reason : "cancelled";
        CHECK(outcome == (by_host ? row.host : row.customer));
        if (decision.refusal) {
          CHECK(facts::detail_of(*decision.refusal, "status") == order_status_name(row.status));
          continue;
        }
        CHECK(decision.plan->cancelled.status == "cancelled");
        CHECK(decision.plan->order.has_value() == (row.status != cancelled));
        CHECK((decision.plan->held == HeldCodes::release) == (row.status != cancelled));
        CHECK(decision.plan->entries.size() == (row.status != cancelled ? 1 : 0));
      }
    }
    CHECK(decided({.order = order_not_found()}).refusal->reason == "order.not_found");
  }

  // Goal: the money of each payment goes back to where it came from, once, out of the account that
  // keeps it: suspense while the order was unpaid, escrow when it was paid.
  // Method: parts by two channel payments and both wallets; one part refunded before.
  TEST_CASE("where the money of a cancelled order goes") {
    for (const OrderStatus status : {pending_payment, paid}) {
      CancelFacts facts{.order = facts::make_order(status, 900), .by_host = true};
      facts.payments = {facts::make_payment(1, AttemptState::success, 500),
                        facts::make_payment(2, AttemptState::success, 300),
                        facts::make_payment(3, AttemptState::success, 200),
                        facts::make_payment(4, AttemptState::success, 100),
                        facts::make_payment(5, AttemptState::success, 250),
                        facts::make_payment(6, AttemptState::integrity_failure, 0)};
      facts.payments[2].provider = payment::wallet_provider;
      facts.payments[2].merchant = facts::customer.text();
      facts.payments[3].provider = payment::wallet_bonus_provider;
      facts.payments[3].merchant = facts::customer.text();
      // 200 of the second went back as excess, all of the fifth as double.
      facts.refunds = {facts::make_refund(1, 2, AttemptState::success, 200),
                       facts::make_refund(2, 5, AttemptState::declined, 250)};
      const CancelPlan plan = *decided(facts).plan;
      CHECK(facts::text_of(facts::booked(plan.journals)) ==
            std::string(status == paid ? "L.escrow=-900" : "") + (status == paid ? " " : "") +
                "L.refund_transit=600" + (status == paid ? "" : " L.suspense=-900") +
                " L.wallet=200 L.wallet_bonus=100");
      REQUIRE(plan.refunds.size() == 4);
      CHECK(plan.refunds[0].amount.amount == 500);
      CHECK(plan.refunds[0].state == AttemptState::pending);
      CHECK(plan.refunds[1].amount.amount == 100);
      CHECK(plan.refunds[2].state == AttemptState::success);  // a wallet is ours to write
      CHECK(plan.refunds[3].state == AttemptState::success);
      CHECK(plan.calls.size() == 2);
      CHECK(plan.order->covered == 0);
    }
  }

  // Goal: open payments of a cancelled order are closed at their provider, each asked once: a
  // closing order has asked before.
  // Method: one open payment on a pending and on a closing order.
  TEST_CASE("cancelling closes what is open") {
    for (const OrderStatus status : {pending_payment, closing}) {
      CancelFacts facts{.order = facts::make_order(status)};
      facts.payments = {facts::make_payment(1, AttemptState::pending),
                        facts::make_payment(2, AttemptState::expired)};
      const CancelPlan plan = *decided(facts).plan;
      CHECK(plan.calls.size() == (status == pending_payment ? 1 : 0));
      CHECK(plan.journals.empty());
    }
  }
}

}  // namespace
}  // namespace kameng::order
