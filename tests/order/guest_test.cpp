// guest_test.cpp - who sees and moves an order: its customer, the host, and whoever has a guest's
// lookup secret. An order's number alone opens nothing.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

// Every operation that names an order, with a request that would work.
struct Step {
  std::string operation;
  Json request;
};
std::vector<Step> operations(const Json& order_id) {
  return {{"order.get", {{"order_id", order_id}}},
          {"order.explain", {{"order_id", order_id}}},
          {"code.reveal", {{"order_id", order_id}}},
          {"payment.begin", {{"order_id", order_id}, {"provider", "sandbox"}}},
          {"order.cancel", {{"order_id", order_id}}}};
}

TEST_SUITE("order") {
  // Goal: a guest's order opens to its secret and the host, and to nobody else; a stranger changes
  // nothing.
  // Method: each operation with no, a wrong, another order's and an account's claim; then the
  // right secret.
  TEST_CASE("a guest's order opens to its lookup secret alone") {
    Market market;
    const Json order = market.place(1, Json::object(), {{"contact", "guest@example.com"}});
    const Json other = market.place(1);
    CHECK(order["guest"] == true);
    const std::string secret = order["lookup_secret"];
    CHECK(secret.size() >= 32);
    CHECK(secret != other["lookup_secret"].get<std::string>());
    const std::string account = market.shop.customer("lin@example.com");

    for (const Step& step : operations(order["order_id"])) {
      CAPTURE(step.operation);
      Json wrong = step.request;
      wrong["lookup_secret"] = "wrong";
      Json of_other = step.request;
      of_other["lookup_secret"] = other["lookup_secret"];
      const Json me = market.shop.on_behalf(account);
      // A payment page needs the order's number alone; whoever pays for somebody else sees nothing.
      const std::string without = step.operation == "payment.begin" ? "ok" : "order.not_found";
      CHECK(market.shop.call(step.operation, step.request, Json::object()).reason() == without);
      CHECK(market.shop.call(step.operation, wrong, Json::object()).reason() == "order.not_found");
      CHECK(market.shop.call(step.operation, of_other, Json::object()).reason() ==
            "order.not_found");
      CHECK(market.shop.call(step.operation, step.request, me).reason() == without);
    }
    CHECK(market.status(order) == "pending_payment");
    CHECK(market.explain(order) == "payment customer until");

    for (Step step : operations(order["order_id"])) {
      CAPTURE(step.operation);
      step.request["lookup_secret"] = secret;
      const std::string reason =
          market.shop.call(step.operation, step.request, Json::object()).reason();
      CHECK(reason == (step.operation == "code.reveal" ? "order.not_delivered" : "ok"));
    }
    CHECK(market.status(order) == "cancelled");
    market.shop.check_books();
  }

  // Goal: a customer's order is the customer's and the host's, whatever secret a stranger brings.
  // Method: each operation by nobody and by another customer; an unknown id answers the same.
  TEST_CASE("somebody else's order is an unknown order") {
    Market market;
    const Json me = market.shop.on_behalf(market.shop.customer("lin@example.com"));
    const Json you = market.shop.on_behalf(market.shop.customer("wang@example.com"));
    const Json order = market.place(1, me);
    CHECK(order["guest"] == false);
    CHECK_FALSE(order.contains("lookup_secret"));
    const Json nowhere = "ord_00000000000000000000000001";
    for (const Step& step : operations(order["order_id"])) {
      Json unknown = step.request;
      unknown["order_id"] = nowhere;
      const Outcome missing = market.shop.call(step.operation, unknown, me);
      CHECK(missing.reason() == "order.not_found");
      for (const Json& stranger : {you, Json::object()}) {
        Json with_secret = step.request;
        with_secret["lookup_secret"] = "0123456789";
        CHECK(market.shop.call(step.operation, step.request, stranger).error == missing.error);
        CHECK(market.shop.call(step.operation, with_secret, stranger).error == missing.error);
      }
    }
    CHECK(market.shop.must_as(you, "order.list")["items"].empty());
    CHECK(market.shop.must_as(me, "order.list")["items"].size() == 1);
    CHECK(market.shop.must("order.list")["items"].size() == 1);
    CHECK(market.status(order) == "pending_payment");

    const Json begun = market.begin(order);
    const Json payment{{"payment_id", begun["payment_id"]}};
    CHECK(market.shop.call("payment.get", payment, you).reason() == "payment.not_found");
    CHECK(market.shop.call("payment.get", payment, Json::object()).reason() == "payment.not_found");
    CHECK(market.shop.must_as(me, "payment.get", payment)["status"] == "pending");
    market.shop.check_books();
  }

  // Goal: each look at the codes is in the log; a refunded order shows none.
  // Method: two reveals of a delivered order whose excess is being refunded; one of an order whose
  // money is on its way back.
  TEST_CASE("codes revealed while money is being refunded") {
    Market market;
    const Json order = market.place();
    CHECK(market.notice(market.begin(order), Market::amount(1500)) == "excess_refunded");
    const Json ask{{"order_id", order["order_id"]}, {"lookup_secret", order["lookup_secret"]}};
    CHECK(market.shop.must_as(Json::object(), "code.reveal", ask)["codes"].size() == 1);
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.shop.must_as(Json::object(), "code.reveal", ask)["codes"].size() == 1);
    CHECK(market.events()["code.revealed"] == 2);
    CHECK(market.shop.call("order.cancel", ask, Json::object()).reason() ==
          "order.not_cancellable");

    const Json gone = market.place();
    const Json begun = market.begin(gone);
    market.shop.must("order.cancel", {{"order_id", gone["order_id"]}});
    CHECK(market.notice(begun) == "refunded");
    const Json ask_gone{{"order_id", gone["order_id"]}, {"lookup_secret", gone["lookup_secret"]}};
    CHECK(market.shop.call("code.reveal", ask_gone, Json::object()).reason() ==
          "order.not_delivered");
    CHECK(market.events()["code.revealed"] == 2);
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
