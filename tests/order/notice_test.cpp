// notice_test.cpp - notices as they come: before, during and after the browser, twice, late,
// forged, altered, as a probe.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

TEST_SUITE("order") {
  // Goal: it does not matter whether the notice or the browser comes back first; looking changes
  // nothing.
  // Method: order.get, payment.get and order.explain before, between and after; then the notice.
  TEST_CASE("a notice before, during and after the browser's return") {
    for (int looks_before = 0; looks_before < 3; ++looks_before) {
      Market market;
      const Json order = market.place();
      const Json begun = market.begin(order);
      const Json notice = market.shop.notice_for(begun["out_trade_no"]);
      for (int look = 0; look < looks_before; ++look) {
        CHECK(market.status(order) == "pending_payment");
        CHECK(market.payment_status(begun) == "pending");
        CHECK(market.explain(order) == "payment customer until");
        CHECK(market.shop.host("code.reveal", {{"order_id", order["order_id"]}}).reason() ==
              "order.not_delivered");
      }
      CHECK(market.stock() == "4/1/0");
      CHECK(market.receive(notice) == "delivered");
      CHECK(market.status(order) == "delivered");
      CHECK(market.payment_status(begun) == "success");
      CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
      market.shop.check_books();
    }
  }

  // Goal: the same notice is answered with success each time and works once.
  // Method: ten times the same bytes; then the same trade under a new event id; then, when keys
  // of that time are long pruned, the old bytes again.
  TEST_CASE("a notice that comes again and again") {
    Market market;
    const Json order = market.place();
    const Json begun = market.begin(order);
    const Json notice = market.shop.notice_for(begun["out_trade_no"]);
    for (int time = 0; time < 10; ++time) {
      CHECK(market.receive(notice) == "delivered");
    }
    CHECK(market.notice(begun) == "repeated");
    market.advance(std::int64_t{8} * 24 * 60 * minute_ms);
    CHECK(market.run_due()["idempotency.prune"].get<int>() > 0);
    CHECK(market.receive(notice) == "delivered");
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    CHECK(market.stock() == "4/0/1");
    CHECK(market.events()["order.delivered"] == 1);
    CHECK(market.events()["payment.succeeded"] == 1);
    market.shop.check_books();
  }

  // Goal: what is not signed by the provider changes nothing and is answered with failure.
  // Method: no, a wrong, a truncated and a foreign signature; altered bodies; a probe.
  TEST_CASE("a notice that is not the provider's") {
    Market market;
    Market other;
    const Json order = market.place();
    const Json begun = market.begin(order);
    const Json good = market.shop.notice_for(begun["out_trade_no"]);
    const std::string signature = good["headers"][1][1];
    REQUIRE(good["headers"][1][0] == "Sandbox-Signature");

    struct Forgery {
      const char* outcome;
      Json headers;
      std::string body;
    };
    const std::string body = good["body"];
    std::string bigger = body;
    bigger.replace(bigger.find("1000"), 4, "1001");
    const Json foreign = other.shop.notice_for(begun["out_trade_no"], Market::amount(1000));
    const Forgery forgeries[] = {
        {"unverified", Json::array(), body},
        {"unverified", {{"Sandbox-Signature", ""}}, body},
        {"unverified", {{"Sandbox-Signature", std::string(64, '0')}}, body},
        {"unverified", {{"Sandbox-Signature", signature.substr(0, 62)}}, body},
        {"unverified", {{"Sandbox-Signature", signature + "00"}}, body},
        {"unverified", {{"Sandbox-Signature", "not hex"}}, body},
        {"unverified", good["headers"], bigger},
        {"unverified", good["headers"], body + " "},
        {"unverified", good["headers"], ""},
        {"unverified", foreign["headers"], foreign["body"]},
        {"probe", {{"Sandbox-Signature", "SIGNTEST/" + signature}}, body},
    };
    for (const Forgery& forgery : forgeries) {
      CAPTURE(forgery.headers.dump());
      CHECK(market.receive(
                {{"provider", "sandbox"}, {"headers", forgery.headers}, {"body", forgery.body}}) ==
            forgery.outcome);
    }
    CHECK(market.status(order) == "pending_payment");
    CHECK(market.books().empty());
    CHECK(market.shop.call("notice.receive", {{"provider", "wallet"}}, Json::object()).reason() ==
          "provider.unknown");
    CHECK(market.shop.call("notice.receive", {{"provider", "alipay"}}, Json::object()).reason() ==
          "provider.unknown");

    // The same bytes with a header in other letters, or in base64, are the provider's.
    CHECK(market.receive({{"provider", "sandbox"},
                          {"headers", {{"sAnDbOx-SiGnAtUrE", signature}}},
                          {"body", body}}) == "delivered");
    market.shop.check_books();
  }

  // Goal: a notice that says the trade is closed ends the payment, not the order.
  // Method: closed, closed again, and then a new payment that pays.
  TEST_CASE("a notice that says closed") {
    Market market;
    const Json order = market.place();
    const Json first = market.begin(order);
    CHECK(market.notice(first, {{"outcome", "closed"}}) == "closed");
    CHECK(market.payment_status(first) == "expired");
    CHECK(market.notice(first, {{"outcome", "closed"}}) == "ignored");
    CHECK(market.status(order) == "pending_payment");
    CHECK(market.explain(order) == "payment customer until");
    CHECK(market.notice(market.begin(order)) == "delivered");
    // Money of the closed one would be double now.
    CHECK(market.notice(first) == "refunded");
    CHECK(market.answer_all() == 1);
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    market.shop.check_books();
  }

  // Goal: money between the end of the time and the engine's next look still finds its codes.
  // Method: paid a minute late, before run_due; then run_due has nothing to do.
  TEST_CASE("money in the gap before the engine looks") {
    Market market(1);
    const Json order = market.place();
    const Json begun = market.begin(order);
    market.advance(hold_ms + minute_ms);
    CHECK(market.notice(begun) == "delivered");
    CHECK_FALSE(market.run_due().contains("order.expire"));
    CHECK(market.status(order) == "delivered");
    CHECK(market.stock() == "0/0/1");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
