// state_test.cpp - the one machine of all transactions with a provider, pair by pair.
#include <set>
#include <utility>

#include <doctest/doctest.h>

#include "payment/payment_schema.hpp"
#include "payment/payment_state.hpp"
#include "payment/payment_store.hpp"
#include "support/raw_database.hpp"

namespace kameng::payment {
namespace {

using enum AttemptState;
using Pair = std::pair<AttemptState, AttemptState>;

constexpr AttemptState all[] = {pending,  unknown,           success, declined,
                                not_sent, integrity_failure, expired};

// Written out once more, so that a change of the table is a change of this test.
const std::set<Pair> ways{{pending, unknown},           {pending, success},
                          {pending, declined},          {pending, not_sent},
                          {pending, integrity_failure}, {pending, expired},
                          {unknown, success},           {unknown, declined},
                          {unknown, not_sent},          {unknown, integrity_failure},
                          {unknown, expired},           {not_sent, pending},
                          {not_sent, unknown},          {not_sent, success},
                          {not_sent, declined},         {not_sent, integrity_failure},
                          {not_sent, expired},          {expired, success},
                          {expired, integrity_failure}};

Payment pending_payment() {
  Payment payment;
  payment.id.bytes[15] = 1;
  payment.order_id.bytes[15] = 2;
  payment.provider = "sandbox";
  payment.merchant = "sandbox_1";
  payment.method = "qr";
  payment.amount = {1000, {}};
  payment.created_at_ms = 5;
  payment.expires_at_ms = 9;
  return payment;
}

TEST_SUITE("payment") {
  // Goal: an attempt goes the ways of the domain and no other; success is the end.
  // Method: all 49 pairs against the list above; staying is always allowed.
  TEST_CASE("the transition table of attempts, pair by pair") {
    for (const AttemptState from : all) {
      for (const AttemptState to : all) {
        CAPTURE(attempt_state_name(from));
        CAPTURE(attempt_state_name(to));
        CHECK(may_become(from, to) == (from == to || ways.contains({from, to})));
      }
    }
  }

  // Goal: names and numbers are as stored; three states wait for an answer.
  // Method: each state by number.
  TEST_CASE("the names of an attempt's states") {
    const char* names[] = {"pending",  "unknown",           "success", "declined",
                           "not_sent", "integrity_failure", "expired"};
    for (int number = 0; number < attempt_state_count; ++number) {
      const auto state = static_cast<AttemptState>(number);
      CHECK(attempt_state_name(state) == names[number]);
      CHECK(is_open(state) == (state == pending || state == unknown || state == not_sent));
    }
  }

  // Goal: a payment comes out of the table as it went in, alone and among those of its order.
  // Method: one with a method, one without, one of another order.
  TEST_CASE("payments are stored whole") {
    tests::RawDatabase db({payment_schema});
    db.write([](sql::Transaction& tx) {
      const Payment first = pending_payment();
      Payment second = first;
      second.id.bytes[15] = 3;
      second.method.reset();
      Payment other = first;
      other.id.bytes[15] = 4;
      other.order_id.bytes[15] = 9;
      for (const Payment& payment : {first, second, other}) {
        insert(tx, payment);
      }
      const auto found = find(tx, first.id);
      REQUIRE(found.has_value());
      CHECK(found->method == "qr");
      CHECK(found->amount == first.amount);
      CHECK(found->merchant == "sandbox_1");
      CHECK(found->captured == 0);
      CHECK(found->created_at_ms == 5);
      CHECK(found->expires_at_ms == 9);
      CHECK_FALSE(found->provider_trade_no.has_value());
      CHECK(trade_of(*found).method == "qr");
      CHECK_FALSE(find(tx, second.id)->method.has_value());
      const auto together = find_of_order(tx, first.order_id);
      REQUIRE(together.size() == 2);
      CHECK(together[0].id == first.id);
      CHECK(together[1].id == second.id);
      CHECK(find_of_order(tx, other.order_id).size() == 1);
      CHECK(find_of_order(tx, OrderId{}).empty());
      return true;
    });
    CHECK(db.scans().empty());
  }

  // Goal: neither a wrong decision nor a stale one changes a payment or a refund.
  // Method: from success to every other state; and from a state the row is not in.
  TEST_CASE("rows refuse what the table does not have, and what somebody else changed") {
    tests::RawDatabase db({payment_schema});
    Payment payment = pending_payment();
    Refund refund{.id = {},
                  .order_id = payment.order_id,
                  .payment_id = payment.id,
                  .reason = "late",
                  .state = pending,
                  .amount = {10, {}}};
    refund.id.bytes[15] = 7;
    db.write([&](sql::Transaction& tx) {
      insert(tx, payment);
      insert(tx, refund, 1);
      payment.state = success;
      payment.captured = 1000;
      payment.provider_trade_no = "T1";
      update(tx, payment, pending);
      refund.state = success;
      update(tx, refund, pending, 2);
      return true;
    });
    for (const AttemptState to : all) {
      Payment changed = payment;
      changed.state = to;
      Refund changed_refund = refund;
      changed_refund.state = to;
      if (to == success) {
        continue;
      }
      CHECK(db.fail([&](sql::Transaction& tx) { update(tx, changed, success); }).constraint ==
            "attempt.transition");
      CHECK(db.fail([&](sql::Transaction& tx) {
                update(tx, changed_refund, success, 3);
              }).constraint == "attempt.transition");
    }
    CHECK(db.fail([&](sql::Transaction& tx) { update(tx, payment, pending); }).fault ==
          sql::Fault::conflict);
    CHECK(db.fail([&](sql::Transaction& tx) { update(tx, refund, unknown, 3); }).fault ==
          sql::Fault::conflict);
    db.write([&](sql::Transaction& tx) {
      CHECK(find(tx, payment.id)->captured == 1000);
      CHECK(find(tx, payment.id)->provider_trade_no == "T1");
      CHECK(find(tx, refund.id)->state == success);
      return true;
    });
  }

  // Goal: our numbers at a provider are letters and digits, fit 32 characters, and lead back.
  // Method: a payment's and a refund's; and numbers that are not ours.
  TEST_CASE("trade numbers") {
    const Payment payment = pending_payment();
    const std::string number = out_trade_no(payment.id);
    CHECK(number == "P" + payment.id.text().substr(4));
    CHECK(number.size() == 27);
    CHECK(payment_of(number) == payment.id);
    RefundId refund;
    CHECK(out_refund_no(refund) == "R" + refund.text().substr(4));
    for (const char* strange :
         {"", "P", "R00000000000000000000000001", "P0000000000000000000000000",
          "P000000000000000000000000011", "P!0000000000000000000000001"}) {
      CHECK_FALSE(payment_of(strange).has_value());
    }
  }
}

}  // namespace
}  // namespace kameng::payment
