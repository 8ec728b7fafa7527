// quota_test.cpp - how many unpaid orders one account, contact, device or network may hold, and how
// much of a stock.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

TEST_SUITE("order") {
  // Goal: five unpaid orders are enough for one account, contact or device, and fifty for one
  // network; whoever pays, cancels or lets one expire may order again; the absent counts nothing.
  // Method: each dimension alone, with the defaults, up to its limit and one more.
  TEST_CASE("unpaid orders are limited by account, contact, device and network") {
    struct Dimension {
      const char* name;
      int limit;
    };
    for (const Dimension dimension : {Dimension{"account", 5}, Dimension{"contact", 5},
                                      Dimension{"device", 5}, Dimension{"network", 50}}) {
      CAPTURE(std::string(dimension.name));
      Market market(400);
      const std::string name = dimension.name;
      Json context = Json::object();
      Json extra = Json::object();
      if (name == "account") {
        context = market.shop.on_behalf(market.shop.customer("lin@example.com"));
      } else if (name == "contact") {
        extra["contact"] = "Guest@Example.com";
      } else if (name == "device") {
        context["device"] = "phone-1";
      } else {
        context["ip"] = "203.0.113.7";
      }
      std::vector<Json> orders;
      for (int i = 0; i < dimension.limit; ++i) {
        orders.push_back(market.place(1, context, extra));
      }
      const auto refused = [&] {
        const Outcome outcome = market.try_place(1, context, extra);
        CHECK(outcome.reason() == "order.too_many_unpaid");
        return outcome.error["details"]["counted_by"] == name;
      };
      CHECK(refused());
      CHECK(market.try_place(1).ok);  // somebody of whom nothing is known

      CHECK(market.notice(market.begin(orders[0])) == "delivered");
      market.place(1, context, extra);
      CHECK(refused());
      market.shop.must("order.cancel", {{"order_id", orders[1]["order_id"]}});
      market.place(1, context, extra);
      CHECK(refused());
      market.advance(hold_ms);
      CHECK(refused());  // until the engine has looked
      market.run_due();
      market.place(1, context, extra);
      market.shop.check_books();
    }
  }

  // Goal: the same person is recognised however the contact is written and wherever in the network
  // the address lies; another person and another network are not.
  // Method: five orders in one spelling, then others.
  TEST_CASE("who counts as the same") {
    Market market(100);
    for (const char* contact : {"guest@example.com", "GUEST@example.com", " guest@example.com",
                                "guest@EXAMPLE.COM", "Guest@Example.Com"}) {
      CHECK(market.try_place(1, Json::object(), {{"contact", contact}}).reason() == "ok");
    }
    CHECK(market.try_place(1, Json::object(), {{"contact", "guest@example.com"}}).reason() ==
          "order.too_many_unpaid");
    CHECK(market.try_place(1, Json::object(), {{"contact", "guest2@example.com"}}).ok);

    Market networks(400, {.extra = {{"orders", {{"unpaid_per_network", 2}}}}});
    const auto from = [&](const char* ip) { return networks.try_place(1, {{"ip", ip}}).reason(); };
    CHECK(from("203.0.113.7") == "ok");
    CHECK(from("::ffff:203.0.113.200") == "ok");
    CHECK(from("203.0.113.99") == "order.too_many_unpaid");
    CHECK(from("203.0.114.7") == "ok");
    CHECK(from("2001:db8:1:200::1") == "ok");
    CHECK(from("2001:db8:1:2ff:ffff::1") == "ok");
    CHECK(from("2001:db8:1:2aa::5") == "order.too_many_unpaid");
    CHECK(from("2001:db8:1:300::1") == "ok");
    CHECK(from("not an address") == "context.ip_malformed");
    networks.shop.check_books();
  }

  // Goal: a first order may take the whole stock; a further unpaid one of the same person half of
  // what is left; everybody may take the last one.
  // Method: ten codes, orders of one device.
  TEST_CASE("the share of a stock that unpaid orders may hold") {
    Market market(10);
    const Json device{{"device", "phone-1"}};
    const Json all = market.place(10, device);
    CHECK(market.stock() == "0/10/0");
    market.shop.must("order.cancel", {{"order_id", all["order_id"]}});

    market.place(2, device);
    CHECK(market.try_place(5, device).reason() == "order.stock_share");
    CHECK(market.try_place(4, device).reason() == "ok");
    CHECK(market.stock() == "4/6/0");
    CHECK(market.try_place(3, device).reason() == "order.stock_share");
    CHECK(market.try_place(3, {{"device", "phone-2"}}).reason() == "ok");
    CHECK(market.try_place(2, device).reason() == "stock.sold_out");
    CHECK(market.try_place(1, device).reason() == "ok");
    CHECK(market.stock() == "0/10/0");
    CHECK(market.try_place(1).reason() == "stock.sold_out");
    market.shop.check_books();
  }

  // Goal: a refused order holds nothing.
  // Method: two lines of which the second is sold out; counts before and after.
  TEST_CASE("an order is held whole or not at all") {
    Market market(3);
    const std::string second = market.shop.stock_sku(1, 10'000'000, "OTHER");
    const Json lines{{{"sku_id", market.sku}, {"quantity", 2}},
                     {{"sku_id", second}, {"quantity", 2}}};
    const Outcome outcome = market.shop.host("order.place", {{"lines", lines}});
    CHECK(outcome.reason() == "stock.sold_out");
    CHECK(outcome.error["field"] == "lines[1].quantity");
    CHECK(market.stock() == "3/0/0");
    CHECK(market.stock_of(second) == "1/0/0");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
