// state_test.cpp - the order's transition table, pair by pair, and its last guard.
#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "order/facts.hpp"
#include "order/order_schema.hpp"
#include "order/order_state.hpp"
#include "support/raw_database.hpp"

namespace kameng::order {
namespace {

using enum OrderStatus;
using Pair = std::pair<OrderStatus, OrderStatus>;

constexpr OrderStatus all[] = {pending_payment, closing, paid,     delivering,
                               delivered,       expired, cancelled};

// The ways, once more and written out, so that a change of the table is a change of this test.
const std::set<Pair> ways{{pending_payment, closing},
                          {pending_payment, paid},
                          {pending_payment, delivered},
                          {pending_payment, expired},
                          {pending_payment, cancelled},
                          {closing, paid},
                          {closing, delivered},
                          {closing, expired},
                          {closing, cancelled},
                          {paid, delivering},
                          {paid, delivered},
                          {paid, cancelled},
                          {delivering, delivered},
                          {delivering, cancelled},
                          {expired, paid},
                          {expired, delivered}};

TEST_SUITE("order") {
  // Goal: an order goes the ways of the domain and no other.
  // Method: all 49 pairs against the list above; staying is always allowed; the table is sound.
  TEST_CASE("the transition table of orders, pair by pair") {
    CHECK(check_transitions().ok());
    for (const OrderStatus from : all) {
      for (const OrderStatus to : all) {
        CAPTURE(order_status_name(from));
        CAPTURE(order_status_name(to));
        CHECK(may_become(from, to) == (from == to || ways.contains({from, to})));
      }
    }
  }

  // Goal: names and numbers are as stored and as the documents say.
  // Method: each status by number.
  TEST_CASE("the names of an order's statuses") {
    const char* names[] = {"pending_payment", "closing", "paid",     "delivering",
                           "delivered",       "expired", "cancelled"};
    for (int number = 0; number < order_status_count; ++number) {
      CHECK(order_status_name(static_cast<OrderStatus>(number)) == names[number]);
      CHECK(is_unpaid(static_cast<OrderStatus>(number)) == (number < 2));
    }
  }

  // Goal: even a wrong decision cannot take an order a way that the table does not have.
  // Method: an order in the table is updated to every other status; the row tells what happened.
  TEST_CASE("a row refuses a transition that the table does not have") {
    for (const OrderStatus to : all) {
      tests::RawDatabase db({order_schema, order_schema_5});
      const Order before = facts::make_order(pending_payment);
      db.write([&](sql::Transaction& tx) {
        insert(tx, before, {});
        return true;
      });
      const OrderChange change{to, to == delivered ? before.total.amount : 0, std::nullopt,
                               to == delivered ? std::optional(facts::now_ms) : std::nullopt};
      if (may_become(pending_payment, to)) {
        db.write([&](sql::Transaction& tx) {
          update(tx, before, change);
          return true;
        });
      } else {
        CHECK(to == delivering);
        const sql::Failure failure =
            db.fail([&](sql::Transaction& tx) { update(tx, before, change); });
        CHECK(failure.constraint == "order.transition");
      }
      const OrderStatus reached = may_become(pending_payment, to) ? to : pending_payment;
      db.write([&](sql::Transaction& tx) {
        CHECK(find(tx, before.id)->status == reached);
        return true;
      });
    }
  }

  // Goal: two decisions about one order cannot both be written.
  // Method: an update by somebody who saw another status, or another coverage.
  TEST_CASE("a change is guarded by what the decision saw") {
    tests::RawDatabase db({order_schema, order_schema_5});
    const Order before = facts::make_order(pending_payment);
    db.write([&](sql::Transaction& tx) {
      insert(tx, before, {});
      update(tx, before, {pending_payment, 300, facts::expires_ms});
      return true;
    });
    CHECK(db.fail([&](sql::Transaction& tx) {
              update(tx, before, {cancelled, 0});
            }).fault == sql::Fault::conflict);
    Order stale = facts::make_order(closing, 300);
    CHECK(db.fail([&](sql::Transaction& tx) {
              update(tx, stale, {cancelled, 0});
            }).fault == sql::Fault::conflict);
  }
}

}  // namespace
}  // namespace kameng::order
