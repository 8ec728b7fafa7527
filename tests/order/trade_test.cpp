// trade_test.cpp - the main job, end to end, through documents.
#include <doctest/doctest.h>

#include "support/shop.hpp"

using kameng::test::Json;
using kameng::test::Outcome;
using kameng::test::Shop;

TEST_SUITE("order") {
  // Goal: the whole trade works: imported, published, registered, placed, paid by notice,
  // delivered, revealed, balanced,
  //       proven.
  // Method: one engine in memory; every step a document, every answer looked at.
  TEST_CASE("a customer buys two codes and the books and the log agree") {
    Shop shop;
    const std::string sku = shop.stock_sku(5);
    const std::string account = shop.customer("lin@example.com");
    const Json login =
        shop.must_as(Json::object(), "account.login",
                     {{"identifier", "lin@example.com"}, {"password", "correct horse"}});
    CHECK(login["account_id"] == account);
    const Json me{{"token", login["token"]}};

    const Json placed = shop.must_as(
        me, "order.place",
        {{"lines", {{{"sku_id", sku}, {"quantity", 2}}}}, {"pay", {{"provider", "sandbox"}}}});
    CHECK(placed["status"] == "pending_payment");
    CHECK(placed["total"] == Json{{"amount", 2000}, {"currency", "CNY"}});
    CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
          Json{{"available", 3}, {"held", 2}, {"sold", 0}});

    const Json notice = shop.notice_for(placed["payment"]["out_trade_no"]);
    const Json received = shop.must_as(Json::object(), "notice.receive", notice);
    CHECK(received["outcome"] == "delivered");
    CHECK(received["reply"]["status"] == 200);
    CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
          Json{{"available", 3}, {"held", 0}, {"sold", 2}});

    const Json order = shop.must_as(me, "order.get", {{"order_id", placed["order_id"]}});
    CHECK(order["status"] == "delivered");
    CHECK(order["paid"] == order["total"]);
    const Json revealed = shop.must_as(me, "code.reveal", {{"order_id", placed["order_id"]}});
    REQUIRE(revealed["codes"].size() == 2);
    CHECK(revealed["codes"][0] == Json{{"sku_id", sku}, {"text", "CODE-1"}});
    CHECK(revealed["codes"][1]["text"] == "CODE-2");
    shop.check_books();

    const Json checkpoint = shop.must("audit.checkpoint");
    const Json proof = shop.must("audit.prove", {{"position", 1}});
    Json claim{{"note", checkpoint["note"]},
               {"verifier_key", checkpoint["verifier_key"]},
               {"entry", proof["entry"]},
               {"position", 1},
               {"proof", proof["proof"]}};
    CHECK(shop.must_as(Json::object(), "audit.verify", claim)["ok"] == true);
    claim["entry"] = claim["entry"].get<std::string>() + " ";
    CHECK(shop.must_as(Json::object(), "audit.verify", claim)["ok"] == false);
  }
}
