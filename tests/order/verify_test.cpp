// verify_test.cpp - system.verify sees money that does not add up.
#include "order/verify.hpp"

#include <doctest/doctest.h>

#include "ledger/ledger_schema.hpp"
#include "order/facts.hpp"
#include "order/order_schema.hpp"
#include "payment/payment_schema.hpp"
#include "payment/postings.hpp"
#include "support/raw_database.hpp"

namespace kameng::order {
namespace {

using payment::AttemptState;

// A partly paid order of 10.00: one payment of 7.00, of which 3.00 went back.
class Books {
 public:
  Books() {
    db_.write([](sql::Transaction& tx) {
      insert(tx, facts::make_order(OrderStatus::pending_payment, 400), {});
      payment::insert(tx, facts::make_payment(1, AttemptState::success, 700));
      payment::insert(tx, facts::make_refund(1, 1, AttemptState::pending, 300), facts::now_ms);
      ledger::post(tx,
                   payment::received_in_suspense("pay_1", "sandbox/sandbox_1",
                                                 facts::order_id.text(), {700, {}}),
                   facts::now_ms);
      ledger::post(tx,
                   payment::refund_requested("rfd_1", ledger::Account::suspense,
                                             facts::order_id.text(), {300, {}}),
                   facts::now_ms);
      return true;
    });
  }
  void damage(std::string_view script) { db_.damage(script); }
  void post(const ledger::Journal& journal) {
    db_.write([&](sql::Transaction& tx) {
      ledger::post(tx, journal, facts::now_ms);
      return true;
    });
  }
  // The names of the checks that fail.
  std::string faults() {
    return db_.write([](sql::Transaction& tx) {
      std::string names;
      for (const Finding& finding : verify(tx)) {
        CHECK(finding.ok == finding.detail.empty());
        names += finding.ok ? "" : (names.empty() ? "" : " ") + std::string(finding.name);
      }
      return names;
    });
  }

 private:
  tests::RawDatabase db_{ledger::ledger_schema, payment::payment_schema, order_schema,
                         order_schema_5};
};

TEST_SUITE("order") {
  // Goal: an order whose coverage, payments, refunds and balances disagree is found, by the check
  // that says which.
  // Method: sound books; then one row damaged at a time.
  TEST_CASE("verify finds money that does not add up") {
    CHECK(Books().faults().empty());
    struct Damage {
      const char* script;
      const char* faults;
    };
    const Damage damages[] = {
        {"UPDATE t_order SET covered = 401", "order.money_adds_up order.balances_match"},
        {"UPDATE t_payment SET captured = 699", "order.money_adds_up"},
        {"UPDATE t_payment SET state = 5", "order.money_adds_up"},
        {"DELETE FROM t_refund", "order.money_adds_up"},
        {"UPDATE t_refund SET amount = 701", "order.money_adds_up order.refunds_within_payments"},
        {"UPDATE t_order SET status = 2", "order.balances_match"},
        {"UPDATE t_order SET status = 6, covered = 0", "order.money_adds_up order.balances_match"},
        {"DELETE FROM t_order", "order.balances_match"},
    };
    for (const Damage& damage : damages) {
      CAPTURE(std::string(damage.script));
      Books books;
      books.damage(damage.script);
      CHECK(books.faults() == damage.faults);
    }
  }

  // Goal: money that stands where no order keeps it is found, under the right order; money of a
  // trade that is nobody's is no order's.
  // Method: one more journal in escrow, in suspense of the order, and of a trade.
  TEST_CASE("verify finds balances that no order explains") {
    const std::string order = facts::order_id.text();
    for (const ledger::Account account : {ledger::Account::escrow, ledger::Account::suspense}) {
      Books books;
      books.post({.kind = "test",
                  .ref = "x",
                  .entries = {ledger::debit(ledger::Account::clearing, "a", 5),
                              ledger::credit(account, order, 5)}});
      CHECK(books.faults() == "order.balances_match");
    }
    Books books;
    books.post(
        payment::received_in_suspense("sandbox/T9", "sandbox/sandbox_1", "sandbox/T9", {5, {}}));
    CHECK(books.faults().empty());
  }
}

}  // namespace
}  // namespace kameng::order
