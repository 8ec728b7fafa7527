// retention_test.cpp - what system.run_due forgets by itself, and when.
#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;

namespace {

constexpr std::int64_t day_ms = 86'400'000;

void wait_days(Shop& shop, std::int64_t days) {
  shop.must("system.advance_clock", {{"by_ms", days * day_ms}});
  shop.must("system.run_due");
}

// An order of nobody's, delivered; what reads it.
Json guest_order(Shop& shop, const std::string& sku) {
  const Json placed = shop.must_as(
      {{"ip", "203.0.113.7"}, {"device", "d"}}, "order.place",
      {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}, {"contact", "wang@example.com"}});
  CHECK(shop.pay(placed["order_id"]) == "delivered");
  return {{"order_id", placed["order_id"]}, {"lookup_secret", placed["lookup_secret"]}};
}

const char* const with_origin =
    "SELECT count(*) FROM kameng_order WHERE contact IS NOT NULL OR contact_blind IS NOT NULL"
    " OR device_blind IS NOT NULL OR network_blind IS NOT NULL";

}  // namespace

TEST_SUITE("engine") {
  // Goal: a closed account is erased a month later, whether or not its owner asks for it earlier,
  //       and its contact is free again.
  // Method: one account that is closed and left alone, one that is erased meanwhile.
  TEST_CASE("who closed an account is erased a month later") {
    Shop shop;
    const std::string left = shop.customer("li.na@example.com");
    const std::string erased = shop.customer("wang@example.com");
    shop.must_as(shop.on_behalf(left), "account.close");
    shop.must_as(shop.on_behalf(erased), "account.close");
    shop.must_as(shop.on_behalf(erased), "privacy.erase");
    const auto status = [&](const std::string& account) {
      return shop.must("account.find", {{"account_id", account}})["status"].get<std::string>();
    };
    wait_days(shop, 29);
    CHECK(status(left) == "closed");
    CHECK(status(erased) == "erased");
    CHECK(shop.call("account.register",
                    {{"email", "li.na@example.com"}, {"password", "correct horse 9"}},
                    {{"as", "host"}})
              .reason() == "account.contact_taken");
    wait_days(shop, 1);
    CHECK(status(left) == "erased");
    CHECK(status(erased) == "erased");
    shop.customer("li.na@example.com");
    shop.check_books();
  }

  // Goal: where an order came from is forgotten after three years, each order once, while younger
  //       ones keep theirs.
  // Method: orders two years apart, looked at beside the engine, before and after the time is over;
  //         more of them than one round takes.
  TEST_CASE("orders forget their origin after three years") {
    const TempFolder folder;
    Shop shop({.path = folder.file("a.db"),
               .extra = {{"orders", {{"unpaid_per_device", 1000}, {"unpaid_per_contact", 1000}}}}});
    SideDoor door(folder.file("a.db"));
    const std::string sku = shop.stock_sku(60);
    for (int i = 0; i < 50; ++i) {
      guest_order(shop, sku);
    }
    wait_days(shop, 730);
    const Json young = guest_order(shop, sku);
    CHECK(door.number(with_origin) == 51);
    wait_days(shop, 3 * 366 - 730);
    CHECK(door.number(with_origin) == 51);
    wait_days(shop, 1);
    CHECK(door.number(with_origin) == 1);
    CHECK(shop.must_as(Json::object(), "order.get", young)["status"] == "delivered");
    wait_days(shop, 730);
    CHECK(door.number(with_origin) == 0);
    shop.check_books();
  }

  // Goal: sessions go 30 days after their end, though their owner never comes back.
  // Method: a session that ends by itself.
  TEST_CASE("ended sessions are not kept") {
    const TempFolder folder;
    Shop shop({.path = folder.file("a.db"), .extra = {{"accounts", {{"session_ms", day_ms}}}}});
    SideDoor door(folder.file("a.db"));
    shop.customer("li.na@example.com");
    shop.must_as(Json::object(), "account.login",
                 {{"identifier", "li.na@example.com"}, {"password", "correct horse"}});
    wait_days(shop, 31);
    CHECK(door.number("SELECT count(*) FROM kameng_session") == 1);
    shop.must("system.advance_clock", {{"by_ms", 1}});
    shop.must("system.run_due");
    CHECK(door.number("SELECT count(*) FROM kameng_session") == 0);
  }
}
