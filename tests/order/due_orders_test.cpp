// due_orders_test.cpp - what the engine does to an order by itself when its time has come.
#include "order/due_orders.hpp"

#include <doctest/doctest.h>

#include "order/facts.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using payment::AttemptState;

struct Decided {
  Effects effects;
  DueCounts counts;
};

Decided decided(const DueFacts& facts, TimeMs now_ms = facts::expires_ms) {
  facts::Ids ids;
  Decided decided;
  decided.effects = decide(facts, Config{}, now_ms, decided.counts, ids);
  return decided;
}

TEST_SUITE("order") {
  // Goal: an order without open payments expires at once; one with any asks the provider first.
  // Method: a pending order with a payment in each state, and without one.
  TEST_CASE("an unpaid order whose time is over") {
    const Decided bare =
        decided({.order = facts::make_order(pending_payment), .codes = facts::held_codes(2)});
    CHECK(bare.effects.order->to == expired);
    CHECK_FALSE(bare.effects.order->due_at_ms.has_value());
    CHECK(bare.effects.held == HeldCodes::release);
    CHECK(bare.effects.held_codes.size() == 2);
    CHECK(bare.counts.expired == 1);
    CHECK(facts::entries_of(bare.effects) == "order.expired");

    for (int number = 0; number < payment::attempt_state_count; ++number) {
      const auto state = static_cast<AttemptState>(number);
      CAPTURE(payment::attempt_state_name(state));
      DueFacts facts{.order = facts::make_order(pending_payment)};
      facts.payments = {facts::make_payment(1, state, state == AttemptState::success ? 400 : 0)};
      const Decided one = decided(facts);
      const bool open = payment::is_open(state);
      CHECK(one.effects.order->to == (open ? closing : expired));
      CHECK(one.effects.calls.size() == (open || state == AttemptState::success ? 1 : 0));
      CHECK(one.effects.refunds.size() == (state == AttemptState::success ? 1 : 0));
      CHECK(one.counts.all() == 1);
      if (open) {
        CHECK(one.effects.calls[0].action == payment::Action::close);
        CHECK(one.effects.held == HeldCodes::keep);
      }
    }
  }

  // Goal: a provider has its ten minutes from when it is asked, however late that is.
  // Method: a closing that starts on time, and one that starts an hour late.
  TEST_CASE("how long an order is closing") {
    DueFacts facts{.order = facts::make_order(pending_payment)};
    facts.payments = {facts::make_payment(1, AttemptState::pending)};
    CHECK(decided(facts).effects.order->due_at_ms == facts::expires_ms + 600'000);
    const TimeMs late = facts::expires_ms + 3'600'000;
    CHECK(decided(facts, late).effects.order->due_at_ms == late + 600'000);
  }

  // Goal: when the closing time is over, codes and money go back whatever the network says, and
  // nobody is asked again.
  // Method: a closing order with an open payment and a part of its price.
  TEST_CASE("a closing order whose time is over") {
    DueFacts facts{.order = facts::make_order(closing, 400), .codes = facts::held_codes(2)};
    facts.payments = {facts::make_payment(1, AttemptState::pending),
                      facts::make_payment(2, AttemptState::success, 400)};
    const Decided over = decided(facts);
    CHECK(over.effects.order->to == expired);
    CHECK(over.effects.order->covered == 0);
    CHECK(over.effects.held == HeldCodes::release);
    REQUIRE(over.effects.calls.size() == 1);
    CHECK(over.effects.calls[0].action == payment::Action::refund);
    CHECK(over.effects.refunds.at(0).reason == "expired");
    CHECK(facts::text_of(facts::booked(over.effects.journals)) ==
          "L.refund_transit=400 L.suspense=-400");
    CHECK(over.counts.expired == 1);
  }

  // Goal: a paid order that waits for stock is delivered as soon as the codes are there, looks
  // again every minute until the shop's time is over, and then gives all money back.
  // Method: codes held and picked, complete or not, around the end of the time.
  TEST_CASE("a paid order that waits for stock") {
    DueFacts facts{.order = facts::make_order(paid, 1000), .codes = facts::held_codes(1)};
    facts.payments = {facts::make_payment(1, AttemptState::success, 1000)};
    const TimeMs end = facts::expires_ms + Config{}.stock_wait_ms;

    const Decided waits = decided(facts, end - 1);
    CHECK(waits.effects.order->to == paid);
    CHECK(waits.effects.order->due_at_ms == end - 1 + stock_retry_ms);
    CHECK(waits.counts.waiting == 1);
    CHECK(waits.effects.journals.empty());

    const Decided over = decided(facts, end);
    CHECK(over.effects.order->to == cancelled);
    CHECK(over.effects.held == HeldCodes::release);
    CHECK(facts::text_of(facts::booked(over.effects.journals)) ==
          "L.escrow=-1000 L.refund_transit=1000");
    CHECK(over.effects.refunds.at(0).reason == "undelivered");
    CHECK(over.counts.refunded == 1);

    facts.codes.claims.push_back({facts::sku, 1, {55}});
    for (const TimeMs now_ms : {facts::now_ms, end, end + 1}) {
      const Decided complete = decided(facts, now_ms);
      CHECK(complete.effects.order->to == delivered);
      CHECK(complete.effects.held == HeldCodes::sell);
      CHECK(complete.effects.claims.size() == 1);
      CHECK(facts::text_of(facts::booked(complete.effects.journals)) ==
            "I.sales=1000 L.escrow=-1000");
      CHECK(complete.counts.delivered == 1);
    }
  }
}

}  // namespace
}  // namespace kameng::order
