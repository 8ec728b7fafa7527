// notice_rush_test.cpp - a provider that sends the same notice many times at once.
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"
#include "threads.hpp"

namespace kameng::test {

namespace {

constexpr int copies = 8;
constexpr int rounds = 50;

void deliver_in_copies(const std::string& path) {
  CAPTURE(path);
  Shop shop({.path = path, .extra = {{"timeout_ms", 120'000}}});
  const std::string sku = shop.stock_sku(rounds);
  std::map<std::string, int> answers;
  int wrong_rounds = 0;
  for (int round = 1; round <= rounds; ++round) {
    const Json buyer = shop.on_behalf(shop.customer("b" + std::to_string(round) + "@example.com"));
    const Json placed = shop.must_as(
        buyer, "order.place",
        {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}, {"pay", {{"provider", "sandbox"}}}});
    const Json notice = shop.notice_for(placed["payment"]["out_trade_no"]);
    std::vector<Outcome> outcomes(copies);
    share_out(copies, copies, [&](int index) {
      outcomes[static_cast<std::size_t>(index)] =
          shop.call("notice.receive", notice, Json::object());
    });
    for (const Outcome& outcome : outcomes) {
      ++answers[outcome.ok ? outcome.answer["reply"]["status"].dump() : outcome.reason()];
    }
    const Json stock = shop.must("stock.get", {{"sku_id", sku}});
    const Json order = shop.must_as(buyer, "order.get", {{"order_id", placed["order_id"]}});
    const Json revealed = shop.must_as(buyer, "code.reveal", {{"order_id", placed["order_id"]}});
    wrong_rounds += stock != Json{{"available", rounds - round}, {"held", 0}, {"sold", round}} ||
                    order["status"] != "delivered" || order["paid"] != order["total"] ||
                    revealed["codes"].size() != 1;
  }
  CHECK(Json(answers).dump() == Json{{"200", rounds * copies}}.dump());
  CHECK(wrong_rounds == 0);
  // One delivery and one payment for each order, as the audit log tells it.
  std::map<std::string, int> events;
  std::int64_t position = 0;
  Json items;
  do {
    items = shop.must("event.pull", {{"after", position}, {"limit", 1000}})["items"];
    for (const Json& item : items) {
      ++events[item["kind"]];
      position = item["position"];
    }
  } while (!items.empty());
  CHECK(events["order.delivered"] == rounds);
  CHECK(events["payment.succeeded"] == rounds);
  shop.check_books();
}

}  // namespace

TEST_SUITE_BEGIN("engine.rush");

// Goal: a notice that comes eight times in parallel delivers once and is answered with success
// eight times. Method: fifty orders, the same bytes of each one's notice on eight threads at once.
TEST_CASE("one notice in eight copies at once") {
  const TempFolder folder;
  deliver_in_copies(":memory:");
  deliver_in_copies(folder.file("a.db"));
}

TEST_SUITE_END();

}  // namespace kameng::test
