// explain_order_test.cpp - for every state: what is waited for, who owns it, until when.
#include "order/explain_order.hpp"

#include <set>

#include <doctest/doctest.h>

#include "order/facts.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using payment::AttemptState;
using Spoil = void (*)(ExplainFacts&);

constexpr TimeMs asked_ms = facts::now_ms + 5000;
constexpr TimeMs none = 0;

void with_payment(ExplainFacts& facts, AttemptState state) {
  facts.payments.push_back(facts::make_payment(1, state));
}
void with_refund(ExplainFacts& facts, AttemptState state) {
  facts.refunds.push_back(facts::make_refund(1, 1, state, 1000));
  facts.refundings.push_back({false, asked_ms});
}

const Spoil nothing = [](ExplainFacts&) {};
const Spoil open_payment = [](ExplainFacts& f) { with_payment(f, AttemptState::pending); };
const Spoil failed_payment = [](ExplainFacts& f) {
  with_payment(f, AttemptState::integrity_failure);
};
const Spoil part = [](ExplainFacts& f) { f.order.covered = 300; };
const Spoil refunding = [](ExplainFacts& f) { with_refund(f, AttemptState::pending); };
const Spoil refund_unknown = [](ExplainFacts& f) { with_refund(f, AttemptState::unknown); };
const Spoil refunded = [](ExplainFacts& f) {
  with_refund(f, AttemptState::success);
  f.refundings.clear();
};
const Spoil refund_declined = [](ExplainFacts& f) { with_refund(f, AttemptState::declined); };
const Spoil refund_failed = [](ExplainFacts& f) {
  with_refund(f, AttemptState::integrity_failure);
};
const Spoil refund_given_up = [](ExplainFacts& f) {
  with_refund(f, AttemptState::unknown);
  f.refundings = {{true, std::nullopt}};
};
const Spoil close_asked = [](ExplainFacts& f) { f.closings = {{false, asked_ms}}; };
const Spoil close_given_up = [](ExplainFacts& f) { f.closings = {{true, std::nullopt}}; };

struct Row {
  OrderStatus status;
  Spoil spoil;
  const char* waits_for;
  const char* owner;
  TimeMs until_ms;
};

const TimeMs stock_ms = facts::expires_ms + Config{}.stock_wait_ms;
const Row rows[] = {
    {pending_payment, nothing, "payment", "customer", facts::expires_ms},
    {pending_payment, open_payment, "payment", "customer", facts::expires_ms},
    {pending_payment, part, "rest_of_payment", "customer", facts::expires_ms},
    {pending_payment, failed_payment, "payment", "staff", facts::expires_ms},
    {closing, open_payment, "provider_answer", "provider", facts::expires_ms},
    {closing, failed_payment, "provider_answer", "provider", facts::expires_ms},
    {paid, nothing, "stock", "system", stock_ms},
    {delivering, nothing, "stock", "system", stock_ms},
    {delivered, nothing, "nothing", "nobody", none},
    {delivered, close_asked, "nothing", "nobody", none},
    {delivered, refunded, "nothing", "nobody", none},
    {delivered, refunding, "refund", "provider", asked_ms},
    {delivered, refund_declined, "refund", "staff", none},
    {delivered, failed_payment, "payment", "staff", none},
    {expired, nothing, "nothing", "nobody", none},
    {expired, refund_unknown, "refund", "provider", asked_ms},
    {expired, refund_given_up, "refund", "staff", none},
    {expired, failed_payment, "payment", "staff", none},
    {expired, close_asked, "nothing", "nobody", none},
    {expired, close_given_up, "provider_answer", "staff", none},
    {cancelled, nothing, "nothing", "nobody", none},
    {cancelled, refunding, "refund", "provider", asked_ms},
    {cancelled, refund_failed, "refund", "staff", none},
    {cancelled, close_given_up, "provider_answer", "staff", none},
};

TEST_SUITE("order") {
  // Goal: nothing waits without an owner: every state names one, and whatever only a person can
  // settle comes first.
  // Method: the table; each status appears in it.
  TEST_CASE("explain names the owner of the next step in every state") {
    std::set<OrderStatus> seen;
    for (const Row& row : rows) {
      CAPTURE(order_status_name(row.status));
      CAPTURE(std::string(row.waits_for));
      CAPTURE(std::string(row.owner));
      ExplainFacts facts{.order = facts::make_order(row.status)};
      row.spoil(facts);
      const Explanation explained = decide(facts, Config{});
      CHECK(explained.order_id == facts::order_id);
      CHECK(explained.status == order_status_name(row.status));
      CHECK(explained.waits_for == row.waits_for);
      CHECK(explained.owner == row.owner);
      CHECK(explained.until_ms.value_or(none) == row.until_ms);
      CHECK_FALSE(explained.text.empty());
      seen.insert(row.status);
    }
    CHECK(seen.size() == order_status_count);
  }
}

}  // namespace
}  // namespace kameng::order
