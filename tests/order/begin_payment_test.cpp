// begin_payment_test.cpp - the decision to begin a payment, by channel and by wallet.
#include "order/begin_payment.hpp"

#include <set>

#include <doctest/doctest.h>

#include "order/access.hpp"
#include "order/facts.hpp"
#include "provider/sandbox/sandbox_provider.hpp"

namespace kameng::order {
namespace {

using payment::AttemptState;

const payment::Provider* sandbox() {
  static const auto provider = provider::make_sandbox(SecretBytes(32));
  return provider.get();
}

BeginFacts facts_of(OrderStatus status, std::int64_t covered = 0) {
  return {.order = facts::make_order(status, covered),
          .wallet = {600, 400},
          .codes = facts::held_codes(2)};
}

std::string reason_of(const BeginFacts& facts, const PaymentChoice& choice,
                      TimeMs now_ms = facts::now_ms) {
  facts::Ids ids;
  const auto decision = decide(facts, choice, now_ms, ids);
  return decision.refusal ? decision.refusal->reason : "accepted";
}

TEST_SUITE("order") {
  // Goal: only an order that waits for money takes a payment, and every other says why not.
  // Method: each status, by channel and by wallet; and around the end of its time.
  TEST_CASE("which orders can be paid") {
    struct Row {
      OrderStatus status;
      const char* reason;
    };
    const Row rows[] = {{OrderStatus::pending_payment, "accepted"},
                        {OrderStatus::closing, "order.expired"},
                        {OrderStatus::paid, "order.already_paid"},
                        {OrderStatus::delivering, "order.already_paid"},
                        {OrderStatus::delivered, "order.already_paid"},
                        {OrderStatus::expired, "order.expired"},
                        {OrderStatus::cancelled, "order.cancelled"}};
    for (const Row& row : rows) {
      CHECK(reason_of(facts_of(row.status), {sandbox()}) == row.reason);
      CHECK(reason_of(facts_of(row.status), {}) == row.reason);
    }
    const BeginFacts pending = facts_of(OrderStatus::pending_payment);
    CHECK(reason_of(pending, {sandbox()}, facts::expires_ms - 1) == "accepted");
    CHECK(reason_of(pending, {sandbox()}, facts::expires_ms) == "order.expired");
    CHECK(reason_of(pending, {}, facts::expires_ms) == "order.expired");
    CHECK(reason_of({.order = order_not_found()}, {sandbox()}) == "order.not_found");
  }

  // Goal: a payment asks for what is still missing and ends a minute before the order does, but
  // never in the past.
  // Method: a fresh and a partly paid order, early and in the last minute.
  TEST_CASE("what a channel is asked for") {
    facts::Ids ids;
    const auto whole =
        decide(facts_of(OrderStatus::pending_payment), {sandbox(), "qr"}, facts::now_ms, ids);
    CHECK(whole.plan->begun.amount == Money{1000, {}});
    CHECK(whole.plan->begun.expires_at_ms == facts::expires_ms - 60'000);
    CHECK(whole.plan->begun.status == "pending");
    CHECK(whole.plan->Effects::begun.at(0).method == "qr");
    CHECK(facts::entries_of(*whole.plan) == "payment.begun");
    const TimeMs late = facts::expires_ms - 10'000;
    const auto rest = decide(facts_of(OrderStatus::pending_payment, 300), {sandbox()}, late, ids);
    CHECK(rest.plan->begun.amount == Money{700, {}});
    CHECK(rest.plan->begun.expires_at_ms == late);
    CHECK_FALSE(rest.plan->order.has_value());
    CHECK(rest.plan->journals.empty());
  }

  // Goal: five open payments are enough; those that are over do not count, and a wallet, which pays
  // at once, is not stopped by them.
  // Method: four and five open ones among closed and failed ones.
  TEST_CASE("open payments are bounded") {
    BeginFacts facts = facts_of(OrderStatus::pending_payment);
    for (int number = 1; number <= 4; ++number) {
      facts.payments.push_back(facts::make_payment(
          number, number % 2 == 0 ? AttemptState::pending : AttemptState::unknown));
    }
    facts.payments.push_back(facts::make_payment(5, AttemptState::expired));
    facts.payments.push_back(facts::make_payment(6, AttemptState::integrity_failure));
    CHECK(reason_of(facts, {sandbox()}) == "accepted");
    facts.payments.push_back(facts::make_payment(7, AttemptState::not_sent));
    CHECK(reason_of(facts, {sandbox()}) == "payment.too_many");
    facts::Ids ids;
    const auto by_wallet = decide(facts, {}, facts::now_ms, ids);
    REQUIRE(by_wallet.plan.has_value());
    CHECK(by_wallet.plan->begun.order_status == "delivered");
    CHECK(by_wallet.plan->calls.size() == 5);
    for (const payment::CallStart& call : by_wallet.plan->calls) {
      CHECK(call.action == payment::Action::close);
    }
  }

  // Goal: a wallet pays what is missing, its bonus first, and never more than it holds.
  // Method: balances around the price; a part of it paid before.
  TEST_CASE("what a wallet pays") {
    struct Row {
      std::int64_t wallet, bonus, covered;
      const char* books;  // or the reason of the refusal
    };
    const Row rows[] = {
        {1000, 0, 0, "I.sales=1000 L.wallet=-1000"},
        {0, 1000, 0, "I.sales=1000 L.wallet_bonus=-1000"},
        {5000, 300, 0, "I.sales=1000 L.wallet=-700 L.wallet_bonus=-300"},
        {5000, 3000, 0, "I.sales=1000 L.wallet_bonus=-1000"},
        {700, 299, 0, "wallet.insufficient"},
        {0, 0, 0, "wallet.insufficient"},
        {999, 0, 0, "wallet.insufficient"},
        {500, 100, 400, "I.sales=1000 L.suspense=-400 L.wallet=-500 L.wallet_bonus=-100"},
        {499, 100, 400, "wallet.insufficient"},
    };
    for (const Row& row : rows) {
      CAPTURE(std::string(row.books));
      BeginFacts facts = facts_of(OrderStatus::pending_payment, row.covered);
      facts.wallet = {row.wallet, row.bonus};
      facts::Ids ids;
      const auto decision = decide(facts, {}, facts::now_ms, ids);
      if (decision.refusal) {
        CHECK(decision.refusal->reason == row.books);
        CHECK(facts::detail_of(*decision.refusal, "needed") == std::to_string(1000 - row.covered));
        CHECK(facts::detail_of(*decision.refusal, "available") ==
              std::to_string(row.wallet + row.bonus));
        continue;
      }
      CHECK(facts::text_of(facts::booked(decision.plan->journals)) == row.books);
      std::int64_t captured = 0;
      for (const payment::Payment& payment : decision.plan->Effects::begun) {
        CHECK(payment.state == AttemptState::success);
        CHECK(payment.captured == payment.amount.amount);
        captured += payment.captured;
      }
      CHECK(captured == 1000 - row.covered);
      CHECK(decision.plan->order->to == OrderStatus::delivered);
    }
  }

  // Goal: a wallet pays own goods of a customer and nothing else: not a guest's, not a supplier's,
  // not even a basket of both.
  // Method: each of them.
  TEST_CASE("whose goods a wallet pays") {
    BeginFacts guest = facts_of(OrderStatus::pending_payment);
    guest.order->account_id.reset();
    CHECK(reason_of(guest, {}) == "wallet.account_missing");
    BeginFacts mixed = facts_of(OrderStatus::pending_payment);
    mixed.order->lines.push_back({.line = 2, .sku_id = facts::sku, .supplier_id = "north"});
    CHECK(reason_of(mixed, {}) == "wallet.own_goods_only");
  }

  // Goal: a decision may start any number of payments, refunds and calls; ids never repeat.
  // Method: a thousand ids of one pool, and the same ones after a rewind.
  TEST_CASE("ids for whatever a decision starts") {
    facts::Ids ids;
    std::set<IdBytes> seen;
    const auto first = ids.next<CallId>();
    seen.insert(first.bytes);
    for (int i = 1; i < 1000; ++i) {
      CHECK(seen.insert(ids.next<CallId>().bytes).second);
    }
    ids.rewind();
    CHECK(ids.next<CallId>() == first);
  }
}

}  // namespace
}  // namespace kameng::order
