// tier_price_test.cpp - who bears what a customer's tier takes off, and the tier that is bought.
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

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

  // Goal: buying one of a tier's SKUs opens it, for the buyer and for as long as it lasts; a
  // guest's
  //       order opens nothing.
  // Method: the SKU has to be there before the configuration names it, so the shop is opened twice.
  TEST_CASE("buying what opens a tier opens it") {
    const TempFolder folder;
    std::string sku;
    {
      Shop shop({.path = folder.file("a.db")});
      sku = shop.stock_sku(2);
    }
    Shop shop({.path = folder.file("a.db"),
               .extra = {{"accounts",
                          {{"tiers",
                            {{{"name", "normal"}},
                             {{"name", "vip"}, {"skus", {sku}}, {"lasts_days", 30}}}}}}}});
    const std::string account = shop.customer("li.na@example.com");
    const Json one{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
    const Json guests = shop.must_as(Json::object(), "order.place", one);
    CHECK(shop.pay(guests["order_id"]) == "delivered");
    shop.must("system.run_due");
    const Json me = shop.on_behalf(account);
    CHECK(shop.must_as(me, "account.get")["tier"] == "normal");
    const Json placed = shop.must_as(me, "order.place", one);
    CHECK(shop.pay(placed["order_id"]) == "delivered");
    shop.must("system.run_due");
    const Json view = shop.must_as(me, "account.get");
    CHECK(view["tier"] == "vip");
    CHECK(view["tier_until_ms"] == 1'790'000'000'000 + 30LL * 86'400'000);
    CHECK(shop.must_as(me, "tier.history")["items"][0]["cause"] == "purchase");
    shop.check_books();
  }
}
