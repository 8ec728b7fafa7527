// tier_price_test.cpp - who bears what a customer's tier takes off.
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "support/shop.hpp"

using namespace kameng::test;

namespace {

// Account -> credit less debit, of CNY.
std::map<std::string, std::int64_t> books(Shop& shop) {
  std::map<std::string, std::int64_t> accounts;
  const Json balance = shop.must("ledger.balance");
  for (const Json& currency : balance["currencies"]) {
    for (const Json& account : currency["accounts"]) {
      accounts[account["code"].get<std::string>()] =
          account["credit"].get<std::int64_t>() - account["debit"].get<std::int64_t>();
    }
  }
  return accounts;
}

}  // namespace

TEST_SUITE("order") {
  // Goal: the shop bears the discount: the supplier and its commission are those of the list price,
  //       and a refund gives back what was paid, no more.
  // Method: list 100.00, 5 % off, commission 10 %: delivered, and cancelled before delivery; a
  //         price whose discount is rounded.
  TEST_CASE("the shop bears what a tier takes off") {
    Shop shop({.extra = {{"accounts",
                          {{"tiers",
                            {{{"name", "normal"}}, {{"name", "vip"}, {"discount_bp", 500}}}}}}}});
    const std::string sku =
        shop.stock_sku(1, 100'000'000, "S", {{"supplier_id", "sup-1"}, {"commission_bp", 1000}});
    const std::string account = shop.customer("li.na@example.com");
    const Json me = shop.on_behalf(account);
    shop.must("tier.set", {{"account_id", account}, {"tier", "vip"}, {"reason", "x"}});
    const Json one{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
    const Json placed = shop.must_as(me, "order.place", one);
    CHECK(placed["total"]["amount"] == 9500);
    CHECK(shop.pay(placed["order_id"]) == "delivered");
    CHECK(books(shop) == std::map<std::string, std::int64_t>{{"A.clearing", -9500},
                                                             {"I.commission", 1000},
                                                             {"L.escrow", 0},
                                                             {"L.sup_pending", 9000},
                                                             {"X.promo_tier", -500}});
    shop.check_books();

    const std::string own = shop.stock_sku(3, 3'330'000, "O");
    const Json three{{"lines", {{{"sku_id", own}, {"quantity", 3}}}}};
    const Json paid = shop.must_as(me, "order.place", three);
    CHECK(paid["total"]["amount"] == 949);  // 9.99 less 0.49950, rounded half up
    CHECK(shop.pay(paid["order_id"]) == "delivered");
    CHECK(books(shop)["I.sales"] == 999);
    CHECK(books(shop)["X.promo_tier"] == -550);
    shop.check_books();
  }
}
