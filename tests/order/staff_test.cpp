// staff_test.cpp - staff look at everybody's orders, and do nothing with them.
#include "support/staff.hpp"

#include <set>

#include <doctest/doctest.h>

#include "order/market.hpp"
#include "support/contract.hpp"

namespace kameng::test {
namespace {

// Ids of a list, newest first.
std::vector<Json> ids(const Json& page) {
  std::vector<Json> found;
  for (const Json& item : page["items"]) {
    found.push_back(item["order_id"]);
  }
  return found;
}

// What a member of staff meets who looks at the orders of two strangers.
struct Strangers {
  Json of_customer, of_guest, customer, payment;
};

void check_looking(Market& market, const Strangers& strangers, const Json& me, bool may,
                   const std::string& listed) {
  const auto said = [&](const char* operation, const Json& request) {
    return market.shop.call(operation, request, me).reason();
  };
  for (const Json& order : {strangers.of_customer, strangers.of_guest}) {
    const Json one{{"order_id", order}};
    CHECK(said("order.get", one) == (may ? "ok" : "order.not_found"));
    CHECK(said("order.explain", one) == (may ? "ok" : "order.not_found"));
    CHECK(said("code.reveal", one) == "order.not_found");
    CHECK(said("order.cancel", one) == "order.not_found");
  }
  CHECK(said("payment.get", {{"payment_id", strangers.payment}}) ==
        (may ? "ok" : "payment.not_found"));
  CHECK(said("payment.begin", {{"order_id", strangers.of_customer}, {"provider", "sandbox"}}) ==
        "order.not_found");
  CHECK(said("order.list", {{"all", true}}) == listed);
  CHECK(said("order.list", {{"account_id", strangers.customer}}) == listed);
  CHECK(ids(market.shop.must_as(me, "order.list")).empty());
}

// What staff list is what the host lists.
void check_lists(Market& market, const Strangers& strangers, const Json& me) {
  const Json all = market.shop.must_as(me, "order.list", {{"all", true}});
  CHECK(all == market.shop.must("order.list"));
  CHECK(ids(all) == std::vector<Json>{strangers.of_guest, strangers.of_customer});
  const Json narrowed = market.shop.must_as(me, "order.list", {{"account_id", strangers.customer}});
  CHECK(ids(narrowed) == std::vector<Json>{strangers.of_customer});
}

TEST_SUITE("order") {
  // Goal: who may read orders and has signed in with a second factor sees every order and payment;
  //       nobody who is staff reads a code, cancels or pays for somebody.
  // Method: each role of the table, with a second factor and without, at the orders of a customer
  //         and of a guest; the customer asks for others' too.
  TEST_CASE("staff look at orders and touch none") {
    const Json table = read_json(KAMENG_SOURCE_DIR "/tests/data/roles.json")["roles"];
    Market market;
    Strangers strangers;
    strangers.customer = market.shop.customer("lin@example.com");
    const Json theirs = market.shop.on_behalf(strangers.customer);
    const Json paid = market.place(1, theirs);
    const Json begun = market.begin(paid);
    CHECK(market.notice(begun) == "delivered");
    strangers.of_customer = paid["order_id"];
    strangers.payment = begun["payment_id"];
    market.advance(1);  // ids of one millisecond are in no order
    strangers.of_guest = market.place()["order_id"];
    int looking = 0;
    for (const auto& entry : table.items()) {
      const std::string role = entry.key();
      const bool reads = entry.value().get<std::set<std::string>>().contains("order_read");
      for (const bool by_factor : {false, true}) {
        CAPTURE(role);
        CAPTURE(by_factor);
        const Json me = signed_in(market.shop, role + (by_factor ? "1" : "0") + "@example.com",
                                  role, by_factor);
        check_looking(market, strangers, me, reads && by_factor,
                      !reads      ? "call.forbidden"
                      : by_factor ? "ok"
                                  : "factor.required");
        if (reads && by_factor) {
          ++looking;
          check_lists(market, strangers, me);
        }
      }
    }
    CHECK(looking == 5);
    CHECK(market.shop.call("order.list", {{"all", true}}, theirs).reason() == "call.forbidden");
    CHECK(ids(market.shop.must_as(theirs, "order.list", {{"account_id", strangers.customer}})) ==
          std::vector<Json>{strangers.of_customer});
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
