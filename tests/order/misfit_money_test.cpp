// misfit_money_test.cpp - money that does not fit: short, in excess, double, late, for a dead
// order, of another merchant or currency, of a trade nobody began. Each ends in its books.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

TEST_SUITE("order") {
  // Goal: a part of the price waits for the rest, and together they buy.
  // Method: 3.00 and then the rest of 10.00 by a second payment.
  TEST_CASE("short money waits for the rest") {
    Market market;
    const Json order = market.place();
    const Json first = market.begin(order);
    CHECK(market.notice(first, Market::amount(300)) == "short");
    CHECK(market.status(order) == "pending_payment");
    CHECK(market.paid(order) == 300);
    CHECK(market.books() == "A.clearing=-300 L.suspense=300");
    CHECK(market.explain(order) == "rest_of_payment customer until");
    CHECK(market.explained_until(order) == order["expires_at_ms"]);
    market.shop.check_books();

    const Json rest = market.begin(order);
    CHECK(rest["amount"]["amount"] == 700);
    CHECK(market.notice(rest) == "delivered");
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    CHECK(market.stock() == "4/0/1");
    CHECK(market.explain(order) == "nothing nobody");
    CHECK(market.pull().empty());
    market.shop.check_books();
  }

  // Goal: a part that stays alone goes back when the order expires.
  // Method: 9.99 of 10.00; the end of the time; the refund's success.
  TEST_CASE("short money goes back at the end") {
    Market market;
    const Json order = market.place();
    CHECK(market.notice(market.begin(order), Market::amount(999)) == "short");
    market.advance(hold_ms);
    CHECK(market.run_due()["order.expire"] == 1);
    CHECK(market.status(order) == "expired");
    CHECK(market.paid(order) == 0);
    CHECK(market.stock() == "5/0/0");
    CHECK(market.books() == "A.clearing=-999 L.refund_transit=999");
    CHECK(market.explain(order) == "refund provider until");
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books().empty());
    CHECK(market.explain(order) == "nothing nobody");
    market.shop.check_books();
  }

  // Goal: however small the parts, each is given back and none is forgotten.
  // Method: thirty payments of one fen, then cancelled: thirty refunds and thirty calls at once.
  TEST_CASE("many parts of one order all go back") {
    Market market;
    const Json order = market.place();
    for (int part = 0; part < 30; ++part) {
      CHECK(market.notice(market.begin(order), Market::amount(1)) == "short");
    }
    CHECK(market.books() == "A.clearing=-30 L.suspense=30");
    market.shop.must("order.cancel", {{"order_id", order["order_id"]}});
    CHECK(market.books() == "A.clearing=-30 L.refund_transit=30");
    CHECK(market.answer_all() == 30);
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: too much money buys, and the rest goes back.
  // Method: 12.50 for 10.00; the refund's success.
  TEST_CASE("excess is refunded") {
    Market market;
    const Json order = market.place();
    CHECK(market.notice(market.begin(order), Market::amount(1250)) == "excess_refunded");
    CHECK(market.status(order) == "delivered");
    CHECK(market.paid(order) == 1000);
    CHECK(market.books() == "A.clearing=-1250 I.sales=1000 L.refund_transit=250");
    CHECK(market.explain(order) == "refund provider until");
    market.shop.check_books();
    const Json call = market.pull_one("refund.send");
    CHECK(Json::parse(call["http"]["body"].get<std::string>())["amount"]["amount"] == 250);
    CHECK(market.answer(call) == "done");
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    CHECK(market.explain(order) == "nothing nobody");
    market.shop.check_books();
  }

  // Goal: a second payment of a paid order goes back; the other open one was asked to close first.
  // Method: two payments begun, both paid, the second before the close could reach it.
  TEST_CASE("double payment is refunded") {
    Market market;
    const Json order = market.place();
    const Json first = market.begin(order);
    const Json second = market.begin(order);
    CHECK(market.notice(first) == "delivered");
    const Json close = market.pull_one("payment.close");
    CHECK(market.notice(second) == "refunded");
    CHECK(market.books() == "A.clearing=-2000 I.sales=1000 L.refund_transit=1000");
    CHECK(market.answer(close) == "done");  // it finds the trade paid, which is known
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    CHECK(market.stock() == "4/0/1");
    market.shop.check_books();
  }

  // Goal: the open payments beside the one that paid do not stay open.
  // Method: two payments, one paid, the other closed by the provider.
  TEST_CASE("the other payment of a paid order is closed") {
    Market market;
    const Json order = market.place();
    const Json first = market.begin(order);
    const Json second = market.begin(order);
    CHECK(market.notice(first) == "delivered");
    CHECK(market.payment_status(second) == "pending");
    CHECK(market.answer(market.pull_one("payment.close")) == "done");
    CHECK(market.payment_status(second) == "expired");
    CHECK(market.status(order) == "delivered");
    market.shop.check_books();
  }

  // Goal: late money buys when codes can still be claimed at the paid price.
  // Method: an expired order, its code in stock again; exact and excess money.
  TEST_CASE("late money with codes in stock delivers") {
    for (const std::int64_t paid : {1000, 1100}) {
      Market market(1);
      const Json order = market.place();
      const Json begun = market.begin(order);
      market.advance(hold_ms);
      market.run_due();
      CHECK(market.answer(market.pull_one("payment.close")) == "done");
      CHECK(market.status(order) == "expired");
      CHECK(market.payment_status(begun) == "expired");
      CHECK(market.stock() == "1/0/0");
      CHECK(market.notice(begun, Market::amount(paid)) == "late_delivered");
      CHECK(market.status(order) == "delivered");
      CHECK(market.stock() == "0/0/1");
      CHECK(market.answer_all() == (paid > 1000 ? 1 : 0));
      CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
      const Json codes = market.shop.must("code.reveal", {{"order_id", order["order_id"]}});
      CHECK(codes["codes"].size() == 1);
      market.shop.check_books();
    }
  }

  // Goal: late money without codes, or less than the price, goes back.
  // Method: the code is another's by then; then a part of the price with the code in stock.
  TEST_CASE("late money without codes, or short, is refunded") {
    for (const bool sold_out : {true, false}) {
      Market market(1);
      const Json order = market.place();
      const Json begun = market.begin(order);
      market.advance(hold_ms);
      market.run_due();
      market.answer_all();
      if (sold_out) {
        const Json other = market.place();
        CHECK(market.notice(market.begin(other)) == "delivered");
      }
      const std::string sales = sold_out ? " I.sales=1000" : "";
      CHECK(market.notice(begun, Market::amount(sold_out ? 1000 : 999)) == "late_refunded");
      CHECK(market.status(order) == "expired");
      CHECK(market.books() == (sold_out ? "A.clearing=-2000 I.sales=1000 L.refund_transit=1000"
                                        : "A.clearing=-999 L.refund_transit=999"));
      CHECK(market.answer(market.pull_one("refund.send")) == "done");
      CHECK(market.books() == (sold_out ? "A.clearing=-1000 I.sales=1000" : ""));
      CHECK(market.stock() == (sold_out ? "0/0/1" : "1/0/0"));
      market.shop.check_books();
    }
  }

  // Goal: a cancelled order stays cancelled; its late money is refunded, even with stock.
  // Method: cancelled by the customer, then paid; the close's answer comes last.
  TEST_CASE("money for a cancelled order is refunded") {
    Market market;
    const Json order = market.place();
    const Json begun = market.begin(order);
    market.shop.must_as(
        Json::object(), "order.cancel",
        {{"order_id", order["order_id"]}, {"lookup_secret", order["lookup_secret"]}});
    CHECK(market.stock() == "5/0/0");
    CHECK(market.notice(begun) == "refunded");
    CHECK(market.status(order) == "cancelled");
    CHECK(market.books() == "A.clearing=-1000 L.refund_transit=1000");
    CHECK(market.answer_all() == 2);  // the close and the refund
    CHECK(market.books().empty());
    CHECK(market.stock() == "5/0/0");
    market.shop.check_books();
  }

  // Goal: a cancelled order's payment that turns out to be paid is found by its close.
  // Method: the notice is lost; the close answers "paid".
  TEST_CASE("the close of a cancelled order finds it paid") {
    Market market;
    const Json order = market.place();
    const Json begun = market.begin(order);
    market.shop.notice_for(begun["out_trade_no"]);  // paid at the provider, never told
    market.shop.must("order.cancel", {{"order_id", order["order_id"]}});
    CHECK(market.answer(market.pull_one("payment.close")) == "done");
    CHECK(market.books() == "A.clearing=-1000 L.refund_transit=1000");
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books().empty());
    CHECK(market.payment_status(begun) == "success");
    market.shop.check_books();
  }

  // Goal: money of another merchant or currency is never taken: a case, in suspense, once, and a
  // person owns it until and after the order's end.
  // Method: each, told twice under new event ids; then the order expires.
  TEST_CASE("another merchant, another currency") {
    const Json other_merchant{{"merchant", "somebody"}};
    const Json other_currency{{"amount", {{"amount", 1000}, {"currency", "USD"}}}};
    for (const Json& difference : {other_merchant, other_currency}) {
      Market market;
      const Json order = market.place();
      const Json begun = market.begin(order);
      CHECK(market.notice(begun, difference) == "integrity_failure");
      CHECK(market.status(order) == "pending_payment");
      CHECK(market.paid(order) == 0);
      CHECK(market.payment_status(begun) == "integrity_failure");
      const std::string books = difference.contains("merchant")
                                    ? "A.clearing=-1000 L.suspense=1000"
                                    : "USD:A.clearing=-1000 USD:L.suspense=1000";
      CHECK(market.books() == books);
      CHECK(market.explain(order) == "payment staff until");
      CHECK(market.notice(begun, difference) == "integrity_failure");
      CHECK(market.notice(begun) == "integrity_failure");  // nor does good news resolve it
      CHECK(market.books() == books);
      CHECK(market.stock() == "4/1/0");

      market.advance(hold_ms);
      market.run_due();
      CHECK(market.status(order) == "expired");
      CHECK(market.explain(order) == "payment staff");
      CHECK(market.books() == books);
      CHECK(market.events()["payment.integrity_failure"] == 1);
      market.shop.check_books();
    }
  }

  // Goal: after a failed check the customer can still buy, by a new payment.
  // Method: a wrong merchant, then a right payment; the case stays a person's.
  TEST_CASE("a new payment after an integrity failure") {
    Market market;
    const Json order = market.place();
    CHECK(market.notice(market.begin(order), {{"merchant", "somebody"}}) == "integrity_failure");
    CHECK(market.notice(market.begin(order)) == "delivered");
    CHECK(market.books() == "A.clearing=-2000 I.sales=1000 L.suspense=1000");
    CHECK(market.explain(order) == "payment staff");
    market.shop.check_books();
  }

  // Goal: money of a trade nobody began is kept aside, once, however often it is told.
  // Method: an unknown number and a well-formed one of nobody, twice each under new event ids.
  TEST_CASE("money of a trade nobody began") {
    for (const std::string number : {"XYZ-1", "P00000000000000000000000001"}) {
      Market market;
      CHECK(market.receive(market.shop.notice_for(number)) == "unattributed");
      CHECK(market.receive(market.shop.notice_for(number)) == "repeated");
      CHECK(market.books() == "A.clearing=-100 L.suspense=100");
      CHECK(market.events()["payment.unattributed"] == 1);
      CHECK(market.run_due().empty());
      market.shop.check_books();
    }
  }

  // Goal: a wallet's payment cannot be paid again through a channel.
  // Method: a notice with the trade number of a wallet payment.
  TEST_CASE("a channel's notice for a wallet's payment") {
    Market market;
    const std::string account = market.shop.customer("lin@example.com");
    market.shop.must("wallet.credit", {{"account_id", account},
                                       {"amount", {{"amount", 1000}, {"currency", "CNY"}}},
                                       {"source", "bank"},
                                       {"reason", "paid in"}});
    const Json order =
        market.place(1, market.shop.on_behalf(account), {{"pay", {{"provider", "wallet"}}}});
    CHECK(order["status"] == "delivered");
    CHECK(market.notice(order["payment"]) == "integrity_failure");
    CHECK(market.status(order) == "delivered");
    CHECK(market.books() == "A.clearing=-1000 A.bank=-1000 I.sales=1000 L.suspense=1000");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
