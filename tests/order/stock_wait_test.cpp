// stock_wait_test.cpp - paid but short of stock. Held codes cannot go missing by any operation of
// today, so the test takes them away with the file in hand, as an accident would.
#include <doctest/doctest.h>

#include "order/market.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

// A shop on a file with one order of two codes, both held; then both codes are somebody else's.
struct Robbed {
  TempFolder folder;
  Market market;
  Json order;

  explicit Robbed(const Json& config = Json::object())
      : market(2, {.path = folder.file("shop.db"), .extra = config}), order(market.place(2)) {}

  // Takes held codes away: they are destroyed, and the counts say so. Due work has put the counts
  // into one row before. MariaDB takes a LIMIT only in a query inside the query.
  void rob(int codes) {
    const std::string limit = std::to_string(codes);
    market.run_due();
    SideDoor(folder.file("shop.db"))
        .run("UPDATE kameng_stock_count SET held = held - " + limit +
             "; DELETE FROM kameng_code WHERE id IN (SELECT id FROM (SELECT id FROM kameng_code"
             " WHERE status = 2 ORDER BY id LIMIT " +
             limit + ") AS robbed)");
  }
};

TEST_SUITE("order") {
  // Goal: a paid order whose codes are missing keeps its money in escrow, names its state and its
  // end, and is delivered as soon as stock comes.
  // Method: one of two codes lost; paid; a restock of one.
  TEST_CASE("a paid order waits for stock and is delivered after a restock") {
    Robbed shop;
    Market& market = shop.market;
    shop.rob(1);
    CHECK(market.stock() == "0/1/0");
    CHECK(market.notice(market.begin(shop.order)) == "paid");
    CHECK(market.status(shop.order) == "paid");
    CHECK(market.paid(shop.order) == 2000);
    CHECK(market.books() == "A.clearing=-2000 L.escrow=2000");
    CHECK(market.explain(shop.order) == "stock system until");
    CHECK(market.explained_until(shop.order) ==
          shop.order["expires_at_ms"].get<std::int64_t>() + 60 * minute_ms);
    CHECK(market.shop.host("code.reveal", {{"order_id", shop.order["order_id"]}}).reason() ==
          "order.not_delivered");
    // The customer has been promised codes; only the shop may give up.
    CHECK(market.shop
              .call("order.cancel",
                    {{"order_id", shop.order["order_id"]},
                     {"lookup_secret", shop.order["lookup_secret"]}},
                    Json::object())
              .reason() == "order.not_cancellable");
    market.shop.check_books();

    market.advance(minute_ms);
    CHECK_FALSE(market.run_due().contains("order.deliver"));
    CHECK(market.status(shop.order) == "paid");
    market.shop.import_codes(market.sku, 3, "MORE");
    CHECK_FALSE(market.run_due().contains("order.deliver"));  // it looks once a minute
    market.advance(minute_ms);
    CHECK(market.run_due()["order.deliver"] == 1);
    CHECK(market.status(shop.order) == "delivered");
    CHECK(market.stock() == "2/0/2");
    CHECK(market.books() == "A.clearing=-2000 I.sales=2000");
    CHECK(market.shop.must("code.reveal", {{"order_id", shop.order["order_id"]}})["codes"].size() ==
          2);
    market.shop.check_books();
  }

  // Goal: a forgotten cron does not keep a paid order waiting for its stock.
  // Method: paid short of stock, restocked; nobody calls system.run_due, and any write 30 s after
  // the order's next look does its work.
  TEST_CASE("a write delivers a paid order that due work forgot") {
    Robbed shop;
    Market& market = shop.market;
    shop.rob(1);
    CHECK(market.notice(market.begin(shop.order)) == "paid");
    market.shop.import_codes(market.sku, 1, "MORE");
    market.advance(minute_ms + 29'000);
    market.shop.must("category.create", {{"name", "Too early"}});
    CHECK(market.status(shop.order) == "paid");
    market.advance(1'000);
    market.shop.must("category.create", {{"name", "In time"}});
    CHECK(market.status(shop.order) == "delivered");
    market.shop.check_books();
  }

  // Goal: when the shop's time is over, all money goes back and the rest of the codes to stock.
  // Method: one of two codes lost; paid with excess; the time passes.
  TEST_CASE("a paid order is refunded when no stock comes") {
    Robbed shop(Json{{"orders", {{"stock_wait_ms", 30 * minute_ms}}}});
    Market& market = shop.market;
    shop.rob(1);
    CHECK(market.notice(market.begin(shop.order), Market::amount(2100)) == "excess_refunded");
    CHECK(market.status(shop.order) == "paid");
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    market.advance(hold_ms + 30 * minute_ms - 1);
    market.run_due();
    CHECK(market.status(shop.order) == "paid");
    market.advance(minute_ms);
    CHECK(market.run_due()["order.refund"] == 1);
    CHECK(market.status(shop.order) == "cancelled");
    CHECK(market.books() == "A.clearing=-2000 L.refund_transit=2000");
    CHECK(market.explain(shop.order) == "refund provider until");
    CHECK(market.stock() == "1/0/0");
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: the shop may give a waiting order up at once; a second payment of it is double.
  // Method: all codes lost; paid twice; cancelled by the host.
  TEST_CASE("the shop gives a waiting order up") {
    Robbed shop;
    Market& market = shop.market;
    shop.rob(2);
    const Json first = market.begin(shop.order);
    const Json second = market.begin(shop.order);
    CHECK(market.notice(first) == "paid");
    CHECK(market.notice(second) == "refunded");
    CHECK(market.books() == "A.clearing=-4000 L.escrow=2000 L.refund_transit=2000");
    market.shop.must("order.cancel", {{"order_id", shop.order["order_id"]}});
    CHECK(market.books() == "A.clearing=-4000 L.refund_transit=4000");
    CHECK(market.answer_all() == 3);  // two refunds, and the close of the second payment
    CHECK(market.books().empty());
    CHECK(market.stock() == "0/0/0");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
