// calls_test.cpp - outgoing calls as rows: what they are about, built anew each time.
#include "payment/calls.hpp"

#include <doctest/doctest.h>

#include "payment/payment_schema.hpp"
#include "queue/queue_schema.hpp"
#include "support/raw_database.hpp"

namespace kameng::payment {
namespace {

struct Rows {
  tests::RawDatabase db{payment_schema, queue::queue_schema};
  Payment payment;
  Refund refund;
  CallId close_id, refund_id;

  Rows() {
    payment.id.bytes[15] = 1;
    payment.order_id.bytes[15] = 2;
    payment.provider = "sandbox";
    payment.merchant = "m1";
    payment.amount = {1000, {}};
    payment.expires_at_ms = 77;
    refund.id.bytes[15] = 3;
    refund.order_id = payment.order_id;
    refund.payment_id = payment.id;
    refund.reason = "excess";
    refund.amount = {250, {}};
    close_id.bytes[15] = 4;
    refund_id.bytes[15] = 5;
    db.write([&](sql::Transaction& tx) {
      insert(tx, payment);
      insert(tx, refund, 10);
      enqueue(tx,
              {.id = close_id,
               .action = Action::close,
               .provider = "sandbox",
               .payment_id = payment.id},
              10);
      enqueue(tx,
              {.id = refund_id,
               .action = Action::refund,
               .provider = "sandbox",
               .payment_id = payment.id,
               .refund_id = refund.id},
              10);
      return true;
    });
  }
};

// As the host leases them, for a minute.
std::vector<Call> lease_calls(sql::Transaction& tx, int limit, TimeMs now_ms) {
  std::vector<Call> calls;
  for (const queue::StoredCall& stored : queue::lease(tx, now_ms, limit, 60'000)) {
    if (auto call = to_call(tx, stored)) {
      calls.push_back(std::move(*call));
    }
  }
  return calls;
}

TEST_SUITE("payment") {
  // Goal: a call tells its trade as the rows stand, a refund's with its own number and amount.
  // Method: both leased; an unknown one read.
  TEST_CASE("what a call is about") {
    Rows rows;
    rows.db.write([&](sql::Transaction& tx) {
      const std::vector<Call> calls = lease_calls(tx, 10, 10);
      REQUIRE(calls.size() == 2);
      const Call& close = calls[0].id == rows.close_id ? calls[0] : calls[1];
      const Call& refund = calls[0].id == rows.close_id ? calls[1] : calls[0];
      CHECK(close.action == Action::close);
      CHECK(close.attempt == 1);
      CHECK(close.open);
      CHECK_FALSE(close.refund.has_value());
      CHECK(close.trade.out_trade_no == out_trade_no(rows.payment.id));
      CHECK(close.trade.amount == Money{1000, {}});
      CHECK(close.trade.expires_at_ms == 77);
      CHECK(close.trade.out_refund_no.empty());
      CHECK(refund.action == Action::refund);
      CHECK(refund.refund->id == rows.refund.id);
      CHECK(refund.payment.id == rows.payment.id);
      CHECK(refund.trade.out_trade_no == out_trade_no(rows.payment.id));
      CHECK(refund.trade.out_refund_no == out_refund_no(rows.refund.id));
      CHECK(refund.trade.amount == Money{250, {}});
      CHECK(lease_calls(tx, 10, 60'009).empty());
      CHECK(lease_calls(tx, 10, 60'010).size() == 2);
      CHECK_FALSE(read_call(tx, CallId{}).has_value());
      return true;
    });
    CHECK(rows.db.scans().empty());
  }

  // Goal: a call without an answer is a question; it ends with its answer, and after its schedule
  // it is given up but can still be answered.
  // Method: 21 repetitions, the one that is too many, and an answer afterwards.
  TEST_CASE("questions and their end") {
    Rows rows;
    rows.db.write([&](sql::Transaction& tx) {
      CHECK(questions_about(tx, rows.payment.id.text()).size() == 1);
      CHECK(questions_about(tx, rows.refund.id.text()).at(0).asked_at_ms == 10);
      CHECK(questions_about(tx, "pay_other").empty());
      finish_call(tx, rows.close_id);
      CHECK(questions_about(tx, rows.payment.id.text()).empty());
      CHECK_FALSE(read_call(tx, rows.close_id)->open);

      TimeMs now_ms = 10;
      for (int attempt = 1; attempt <= 21; ++attempt) {
        const std::vector<Call> calls = lease_calls(tx, 10, now_ms);
        REQUIRE(calls.size() == 1);
        CHECK(calls[0].attempt == attempt);
        CHECK(repeat_call(tx, calls[0], "timeout", now_ms));
        now_ms = questions_about(tx, rows.refund.id.text()).at(0).asked_at_ms.value();
      }
      const std::vector<Call> last = lease_calls(tx, 10, now_ms);
      REQUIRE(last.size() == 1);
      CHECK_FALSE(repeat_call(tx, last[0], "timeout", now_ms));
      const Question given_up = questions_about(tx, rows.refund.id.text()).at(0);
      CHECK(given_up.given_up);
      CHECK_FALSE(given_up.asked_at_ms.has_value());
      CHECK(lease_calls(tx, 10, now_ms * 2).empty());
      CHECK(read_call(tx, rows.refund_id)->open);
      finish_call(tx, rows.refund_id);
      CHECK_FALSE(read_call(tx, rows.refund_id)->open);
      CHECK(questions_about(tx, rows.refund.id.text()).empty());
      return true;
    });
  }
}

}  // namespace
}  // namespace kameng::payment
