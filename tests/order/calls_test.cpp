// calls_test.cpp - closing and refunding through the outbox: answers that say yes, no, nothing, or
// come too late, twice or in another order.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

constexpr std::int64_t second_ms = 1000;

// How long the engine waits before it asks once more.
constexpr std::int64_t question_delays_ms[] = {
    5 * second_ms,   15 * second_ms,   60 * second_ms,   5 * minute_ms,    5 * minute_ms,
    5 * minute_ms,   5 * minute_ms,    5 * minute_ms,    30 * minute_ms,   30 * minute_ms,
    30 * minute_ms,  30 * minute_ms,   360 * minute_ms,  360 * minute_ms,  360 * minute_ms,
    360 * minute_ms, 1440 * minute_ms, 1440 * minute_ms, 1440 * minute_ms, 1440 * minute_ms,
    1440 * minute_ms};

// An order with an open payment whose time has just run out.
struct Closing : Market {
  Json order;
  Json begun;

  explicit Closing(int codes = 5) : Market(codes), order(place()), begun(begin(order)) {
    advance(hold_ms);
    CHECK(run_due()["order.close"] == 1);
    CHECK(status(order) == "closing");
    CHECK(explain(order) == "provider_answer provider until");
  }
};

// A cancelled order whose money is on its way back.
struct Refunding : Market {
  Json order;

  explicit Refunding(const Json& context = Json::object()) : order(place(1, context)) {
    const Json begun = begin(order);
    shop.must("order.cancel", {{"order_id", order["order_id"]}});
    answer_all();
    CHECK(notice(begun) == "refunded");
    CHECK(books() == "A.clearing=-1000 L.refund_transit=1000");
    CHECK(explain(order) == "refund provider until");
  }
};

TEST_SUITE("order") {
  // Goal: an order that is closing keeps its codes, takes no new payment, and expires when the
  // provider has closed the old one.
  // Method: the call's answer "closed".
  TEST_CASE("closing: the provider closes") {
    Closing market;
    CHECK(market.stock() == "4/1/0");
    CHECK(market.explained_until(market.order) == market.now() + 10 * minute_ms);
    CHECK(market.shop
              .host("payment.begin",
                    {{"order_id", market.order["order_id"]}, {"provider", "sandbox"}})
              .reason() == "order.expired");
    const Json call = market.pull_one("payment.close");
    CHECK(call["http"]["method"] == "POST");
    CHECK(Json::parse(call["http"]["body"].get<std::string>())["out_trade_no"] ==
          market.begun["out_trade_no"]);
    CHECK(market.answer(call) == "done");
    CHECK(market.status(market.order) == "expired");
    CHECK(market.payment_status(market.begun) == "expired");
    CHECK(market.stock() == "5/0/0");
    CHECK(market.explain(market.order) == "nothing nobody");
    market.advance(20 * minute_ms);
    CHECK_FALSE(market.run_due().contains("order.expire"));
    CHECK(market.pull().empty());
    market.shop.check_books();
  }

  // Goal: a payment whose notice was lost is found by the close, and the codes are delivered.
  // Method: paid at the sandbox, the notice thrown away; exact, short and excess money.
  TEST_CASE("closing: the provider says it was paid") {
    struct Row {
      std::int64_t paid;
      const char* status;
      const char* books;
    };
    const Row rows[] = {{1000, "delivered", "A.clearing=-1000 I.sales=1000"},
                        {400, "closing", "A.clearing=-400 L.suspense=400"},
                        {1300, "delivered", "A.clearing=-1300 I.sales=1000 L.refund_transit=300"}};
    for (const Row& row : rows) {
      CAPTURE(row.paid);
      Closing market;
      market.shop.notice_for(market.begun["out_trade_no"], Market::amount(row.paid));
      const Json call = market.pull_one("payment.close");
      CHECK(market.answer(call) == "done");
      CHECK(market.status(market.order) == row.status);
      CHECK(market.payment_status(market.begun) == "success");
      CHECK(market.books() == row.books);
      CHECK(market.answer(call) == "repeated");
      // The notice that was lost comes after all.
      CHECK(market.notice(market.begun, Market::amount(row.paid)) == "repeated");
      market.advance(10 * minute_ms);
      market.run_due();
      market.answer_all();
      CHECK(market.books() == (row.paid < 1000 ? "" : "A.clearing=-1000 I.sales=1000"));
      CHECK(market.status(market.order) == (row.paid < 1000 ? "expired" : "delivered"));
      market.shop.check_books();
    }
  }

  // Goal: when nobody answers, the codes go back after ten minutes whatever the network says; late
  // answers still find their way.
  // Method: failures and garbage; then the end of the closing; then "paid" and "closed".
  TEST_CASE("closing: nobody answers") {
    for (const bool paid : {false, true}) {
      Closing market;
      const Json first = market.pull_one("payment.close");
      CHECK(market.fail(first, "unknown") == "again");
      CHECK(market.pull().empty());
      market.advance(5 * second_ms);
      CHECK(market.answer_with(market.pull_one("payment.close"), "<html>") == "again");
      market.advance(15 * second_ms);
      CHECK(market.answer_with(market.pull_one("payment.close"), {{"state", "closed"}}, 502) ==
            "again");
      market.advance(60 * second_ms);
      const Json last = market.pull_one("payment.close");
      CHECK(market.status(market.order) == "closing");
      CHECK(market.stock() == "4/1/0");
      market.advance(9 * minute_ms);
      CHECK(market.run_due()["order.expire"] == 1);
      CHECK(market.status(market.order) == "expired");
      CHECK(market.stock() == "5/0/0");
      CHECK(market.payment_status(market.begun) == "pending");
      market.shop.check_books();
      if (paid) {
        market.shop.notice_for(market.begun["out_trade_no"]);
      }
      CHECK(market.answer(last) == "done");
      CHECK(market.status(market.order) == (paid ? "delivered" : "expired"));
      CHECK(market.payment_status(market.begun) == (paid ? "success" : "expired"));
      CHECK(market.books() == (paid ? "A.clearing=-1000 I.sales=1000" : ""));
      market.shop.check_books();
    }
  }

  // Goal: two open payments are both closed before the order expires, in any order of answers.
  // Method: the answers in both orders.
  TEST_CASE("closing: two payments, answers out of order") {
    for (const std::size_t first : {std::size_t{0}, std::size_t{1}}) {
      Market market;
      const Json order = market.place();
      market.begin(order);
      market.begin(order);
      market.advance(hold_ms);
      market.run_due();
      const std::vector<Json> calls = market.pull();
      REQUIRE(calls.size() == 2);
      CHECK(market.answer(calls[first]) == "done");
      CHECK(market.status(order) == "closing");
      CHECK(market.answer(calls[1 - first]) == "done");
      CHECK(market.status(order) == "expired");
      CHECK(market.answer(calls[first]) == "repeated");
      market.shop.check_books();
    }
  }

  // Goal: money that comes by notice while the close is on its way buys; the close's answer then
  // changes nothing.
  // Method: the notice between the lease and the answer; the answer "closed" contradicts it.
  TEST_CASE("closing: the notice overtakes the close") {
    for (const bool contradicts : {false, true}) {
      Closing market;
      const Json call = market.pull_one("payment.close");
      CHECK(market.notice(market.begun) == "delivered");
      CHECK((contradicts ? market.answer_with(call, {{"state", "closed"}}) : market.answer(call)) ==
            "done");
      CHECK(market.status(market.order) == "delivered");
      CHECK(market.payment_status(market.begun) == "success");
      CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
      market.shop.check_books();
    }
  }

  // Goal: a closing order can be cancelled; it was asked to close before and is not asked twice.
  // Method: cancel while closing, then the answer.
  TEST_CASE("closing: cancelled meanwhile") {
    Closing market;
    market.shop.must("order.cancel", {{"order_id", market.order["order_id"]}});
    CHECK(market.stock() == "5/0/0");
    CHECK(market.answer(market.pull_one("payment.close")) == "done");
    CHECK(market.payment_status(market.begun) == "expired");
    CHECK(market.status(market.order) == "cancelled");
    market.shop.check_books();
  }

  // Goal: an answer of another merchant is a case, not money.
  // Method: "paid" that names somebody else; "paid" that does not say what.
  TEST_CASE("closing: an answer that does not fit") {
    Closing market;
    const Json call = market.pull_one("payment.close");
    CHECK(market.answer_with(call, {{"state", "paid"}}) == "again");
    CHECK(market.answer_with(call, {{"state", "paid"},
                                    {"trade_no", "T"},
                                    {"merchant", "sandbox_1"},
                                    {"amount", {{"amount", 0}, {"currency", "CNY"}}}}) == "again");
    CHECK(market.books().empty());
    CHECK(market.answer_with(call, {{"state", "paid"},
                                    {"trade_no", "T"},
                                    {"merchant", "somebody"},
                                    {"amount", {{"amount", 1000}, {"currency", "CNY"}}}}) ==
          "done");
    CHECK(market.payment_status(market.begun) == "integrity_failure");
    CHECK(market.books() == "A.clearing=-1000 L.suspense=1000");
    market.advance(10 * minute_ms);
    market.run_due();
    CHECK(market.status(market.order) == "expired");
    CHECK(market.explain(market.order) == "payment staff");
    market.shop.check_books();
  }

  // Goal: when the engine was away for hours, providers are still asked before codes go back.
  // Method: run_due two hours late, then the answer "paid".
  TEST_CASE("closing starts late and lasts its ten minutes") {
    Market market(1);
    const Json order = market.place();
    const Json begun = market.begin(order);
    market.shop.notice_for(begun["out_trade_no"]);
    market.advance(hold_ms + 120 * minute_ms);
    market.run_due();
    CHECK(market.status(order) == "closing");
    CHECK(market.explained_until(order) == market.now() + 10 * minute_ms);
    CHECK(market.answer(market.pull_one("payment.close")) == "done");
    CHECK(market.status(order) == "delivered");
    market.shop.check_books();
  }

  // Goal: a refund that the channel does not take becomes the customer's balance; a guest's waits
  // for a person, by name.
  // Method: the answer "not_paid" for each.
  TEST_CASE("a refund is declined") {
    Refunding guest;
    CHECK(guest.answer_with(guest.pull_one("refund.send"), {{"state", "not_paid"}}) == "done");
    CHECK(guest.explain(guest.order) == "refund staff");
    CHECK(guest.books() == "A.clearing=-1000 L.refund_transit=1000");
    CHECK(guest.events()["refund.declined"] == 1);
    guest.shop.check_books();

    Market market;
    const std::string account = market.shop.customer("lin@example.com");
    const Json me = market.shop.on_behalf(account);
    const Json order = market.place(1, me);
    const Json begun = market.begin(order);
    market.shop.must_as(me, "order.cancel", {{"order_id", order["order_id"]}});
    market.answer_all();
    CHECK(market.notice(begun) == "refunded");
    CHECK(market.answer_with(market.pull_one("refund.send"), {{"state", "not_paid"}}) == "done");
    CHECK(market.explain(order) == "nothing nobody");
    CHECK(market.books() == "A.clearing=-1000 L.wallet=1000");
    CHECK(market.shop.must_as(me, "wallet.get")["balance"]["amount"] == 1000);
    CHECK(market.events()["refund.to_wallet"] == 1);
    market.shop.check_books();
  }

  // Goal: a refund whose outcome is not known is asked again under the same number, and books its
  // money once.
  // Method: not sent, timeout, garbage, success, success again.
  TEST_CASE("a refund's outcome is not known") {
    Refunding market;
    const Json first = market.pull_one("refund.send");
    CHECK(market.fail(first, "not_sent") == "again");
    market.advance(5 * second_ms);
    const Json second = market.pull_one("refund.send");
    CHECK(second["call_id"] == first["call_id"]);
    CHECK(second["http"] == first["http"]);
    CHECK(market.fail(second, "unknown") == "again");
    CHECK(market.explain(market.order) == "refund provider until");
    CHECK(market.explained_until(market.order) == market.now() + 15 * second_ms);
    CHECK(market.books() == "A.clearing=-1000 L.refund_transit=1000");
    market.advance(15 * second_ms);
    const Json third = market.pull_one("refund.send");
    CHECK(market.answer_with(third, {{"state", "paid"}}) == "again");
    CHECK(market.answer(third) == "done");
    CHECK(market.answer(third) == "repeated");
    CHECK(market.fail(third, "unknown") == "repeated");
    CHECK(market.books().empty());
    CHECK(market.events()["refund.succeeded"] == 1);
    market.shop.check_books();
  }

  // Goal: a refund of another amount than was asked for is a case, and nothing is booked on it.
  // Method: "refunded" with one fen less.
  TEST_CASE("a refund of another amount") {
    Refunding market;
    CHECK(market.answer_with(market.pull_one("refund.send"),
                             {{"state", "refunded"},
                              {"amount", {{"amount", 999}, {"currency", "CNY"}}}}) == "done");
    CHECK(market.explain(market.order) == "refund staff");
    CHECK(market.books() == "A.clearing=-1000 L.refund_transit=1000");
    CHECK(market.events()["refund.integrity_failure"] == 1);
    market.shop.check_books();
  }

  // Goal: the engine asks by its schedule, and when that is used up the call is a person's, told by
  // explain and by system.verify; an answer that somebody brings even then is taken.
  // Method: 22 failures at their times, each not a millisecond early; then the answer.
  TEST_CASE("a call is given up after its schedule, and can still be answered") {
    Refunding market;
    Json call;
    for (const std::int64_t delay_ms : question_delays_ms) {
      call = market.pull_one("refund.send");
      CHECK(market.fail(call, "unknown") == "again");
      CHECK(market.explained_until(market.order) == market.now() + delay_ms);
      market.advance(delay_ms - 1);
      CHECK(market.pull().empty());
      market.advance(1);
    }
    call = market.pull_one("refund.send");
    CHECK(market.fail(call, "unknown") == "done");
    CHECK(market.events()["call.given_up"] == 1);
    market.advance(std::int64_t{30} * 24 * 60 * minute_ms);
    CHECK(market.pull().empty());
    CHECK(market.explain(market.order) == "refund staff");
    CHECK(market.shop.must("system.verify")["ok"] == false);

    CHECK(market.answer(call) == "done");
    CHECK(market.explain(market.order) == "nothing nobody");
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: a call is handed to one caller at a time; a lease that ends without an answer offers it
  // again; the first answer that comes counts, of whichever lease.
  // Method: two pulls, the end of the lease, answers in the wrong order.
  TEST_CASE("leases of calls") {
    Refunding market;
    const Json first = market.pull_one("refund.send");
    CHECK(market.pull().empty());
    market.advance(60 * second_ms - 1);
    CHECK(market.pull().empty());
    market.advance(1);
    const Json second = market.pull_one("refund.send");
    CHECK(second["call_id"] == first["call_id"]);
    CHECK(market.answer(second) == "done");
    CHECK(market.fail(first, "unknown") == "repeated");
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: a host that is slow to send does not use the schedule up: only questions that were put
  // and failed count.
  // Method: forty leases that run out, then one failure, which waits as after the first question.
  TEST_CASE("leases that run out are no questions") {
    Refunding market;
    Json call;
    for (int lease = 0; lease < 40; ++lease) {
      call = market.pull_one("refund.send");
      market.advance(60 * second_ms);
    }
    CHECK(market.fail(call, "unknown") == "again");
    CHECK(market.explained_until(market.order) == market.now() + 5 * second_ms);
    CHECK(market.explain(market.order) == "refund provider until");
    market.advance(5 * second_ms);
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: what is no answer is refused, and an unknown call is unknown.
  // Method: neither, both, and a call of nobody.
  TEST_CASE("what outbox.done refuses") {
    Refunding market;
    const Json call = market.pull_one("refund.send");
    const Json failure{{"kind", "unknown"}};
    const Json response{{"status", 200}, {"body", "{}"}};
    const std::string id = call["call_id"];
    CHECK(market.shop.host("outbox.done", {{"call_id", id}}).reason() == "call.answer_missing");
    CHECK(market.shop
              .host("outbox.done", {{"call_id", id}, {"failure", failure}, {"response", response}})
              .reason() == "call.answer_missing");
    CHECK(market.shop
              .host("outbox.done",
                    {{"call_id", id}, {"response", {{"status", 200}, {"body_base64", "*"}}}})
              .reason() == "field.base64");
    const Json nobody{{"call_id", "cal_00000000000000000000000001"}, {"failure", failure}};
    CHECK(market.shop.host("outbox.done", nobody).reason() == "call.not_found");
    CHECK(market.shop.host("sandbox.answer", {{"call_id", nobody["call_id"]}}).reason() ==
          "call.not_found");
    CHECK(market.shop.call("outbox.pull", Json::object(), Json::object()).ok == false);
    market.shop.check_books();
  }

  // Goal: many orders that end at one time all end, however many payments each of them has open.
  // Method: 40 orders with five open payments each, due at once.
  TEST_CASE("many orders with many payments are due at once") {
    Market market(40, {.extra = {{"orders", {{"unpaid_per_account", 100}}}}});
    std::vector<Json> orders;
    for (int i = 0; i < 40; ++i) {
      orders.push_back(market.place());
      for (int payment = 0; payment < 5; ++payment) {
        market.begin(orders.back());
      }
    }
    market.advance(hold_ms);
    CHECK(market.run_due()["order.close"] == 40);
    int answered = 0;
    while (const int more = market.answer_all()) {
      answered += more;
    }
    CHECK(answered == 200);
    for (const Json& order : orders) {
      CHECK(market.status(order) == "expired");
    }
    CHECK(market.stock() == "40/0/0");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
