// due_test.cpp - a forgotten cron: what writes do for it, and what they never do to their callers.
#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;
using kameng::sql::Fault;

namespace {

constexpr std::int64_t hold_ms = 15 * 60'000;
constexpr std::int64_t overdue_ms = 30'000;
constexpr std::int64_t lease_ms = 60'000;

Json one_of(const std::string& sku) {
  return {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
}

// A write helps for a moment only, in which a busy server may not get done: there the next ones, of
// which this one stores nothing, go on, once the lease of what was begun is over.
template <class Condition>
bool comes(Shop& shop, const Condition& there) {
  for (int more = on_server() ? 100 : 0; more > 0 && !there(); --more) {
    shop.must("system.advance_clock", {{"by_ms", lease_ms}});
  }
  return there();
}

// A shop whose statement of one name can be made to fail.
struct Fragile {
  std::string name;
  Fault fault = Fault::none;
  std::vector<std::string> warnings;
  std::unique_ptr<Shop> shop;

  explicit Fragile(ShopOptions options = {}) {
    kameng::engine::use_seams(
        {.before_statement =
             [this](std::string_view statement) { return statement == name ? fault : Fault::none; },
         .trace = {}});
    options.host.log = [this](int level, std::string_view line) {
      if (level <= 1) {
        warnings.emplace_back(line);
      }
    };
    shop = std::make_unique<Shop>(options);
    kameng::engine::use_seams({});
  }
  void fail(std::string statement, Fault how) {
    name = std::move(statement);
    fault = how;
  }
};

}  // namespace

TEST_SUITE("engine") {
  // Goal: when nobody runs what is due, writes do, a refused one too, so that no stock is frozen;
  //       within the first half minute and by reading nothing is done.
  // Method: the only code is held by an order whose time is over, by more and more.
  TEST_CASE("a write does what is overdue by 30 seconds") {
    Shop shop;
    const std::string sku = shop.stock_sku(1);
    shop.must("order.place", one_of(sku));
    const auto free = [&] { return shop.must("stock.get", {{"sku_id", sku}})["available"] == 1; };
    shop.must("system.advance_clock", {{"by_ms", hold_ms + overdue_ms - 1}});
    shop.must("category.create", {{"name", "Music"}});
    CHECK_FALSE(free());
    shop.must("system.advance_clock", {{"by_ms", 1}});
    CHECK_FALSE(free());
    static_cast<void>(shop.call("category.create", {{"name", "x"}}, Json::object()));
    CHECK_FALSE(free());  // a stranger starts nothing
    CHECK(shop.host("order.place", one_of(sku)).reason() == "stock.sold_out");
    CHECK(comes(shop, free));
    CHECK(shop.host("order.place", one_of(sku)).ok);
    CHECK(shop.must("system.health").contains("last_run_due_ms") == false);
  }

  // Goal: what goes wrong with due work never reaches the caller whose write helped; it is logged,
  //       and stays due.
  // Method: the statement that looks for due orders fails while a write helps.
  TEST_CASE("an error of due work is not the caller's") {
    Fragile fragile;
    Shop& shop = *fragile.shop;
    const std::string sku = shop.stock_sku(1);
    shop.must("order.place", one_of(sku));
    shop.must("system.advance_clock", {{"by_ms", hold_ms + overdue_ms}});
    for (const Fault fault : {Fault::io, Fault::full, Fault::corrupt, Fault::out_of_memory}) {
      fragile.warnings.clear();
      fragile.fail("order.find_due", fault);
      CHECK(shop.host("category.create", {{"name", "Music"}}).ok);
      REQUIRE(fragile.warnings.size() == 1);
      CHECK(fragile.warnings[0].starts_with("due work: "));
    }
    CHECK(shop.must("stock.get", {{"sku_id", sku}})["available"] == 0);
    fragile.fail("", Fault::none);
    shop.must("category.create", {{"name", "Films"}});
    CHECK(comes(shop, [&] { return shop.must("stock.get", {{"sku_id", sku}})["available"] == 1; }));
    CHECK(shop.must("category.list")["items"].size() == 6);
  }

  // Goal: helping waits for nobody long: when another process has the file, the answer comes all
  // the
  //       same.
  // Method: overdue work while the door beside the engine holds the file; the helping call writes
  //         nothing itself and may take an hour, so that an answer at all is the proof.
  TEST_CASE("a write that helps does not wait for a file that is taken" *
            sqlite_only("it takes the whole file")) {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    SideDoor door(temp.file("shop.db"));
    const std::string sku = shop.stock_sku(1);
    shop.must("order.place", one_of(sku));
    shop.must("system.advance_clock", {{"by_ms", hold_ms + overdue_ms}});
    door.run("BEGIN IMMEDIATE");
    shop.must_as({{"as", "host"}, {"timeout_ms", 3'600'000}}, "system.advance_clock",
                 {{"by_ms", 1}});
    door.run("COMMIT");
    CHECK(shop.must("stock.get", {{"sku_id", sku}})["available"] == 0);
    shop.must("category.create", {{"name", "Music"}});
    CHECK(shop.must("stock.get", {{"sku_id", sku}})["available"] == 1);
  }

  // Goal: a verified notice whose effect fails for a reason of ours is acknowledged and kept, and
  //       its effect comes later, by a write when nobody runs what is due.
  // Method: a constraint refuses the order's change while the notice is received.
  TEST_CASE("a notice whose effect fails is deferred and then applied") {
    const TempFolder temp;
    Fragile fragile({.path = temp.file("shop.db")});
    Shop& shop = *fragile.shop;
    const std::string sku = shop.stock_sku(1);
    const Json order = shop.must("order.place", one_of(sku));
    const Json begun =
        shop.must("payment.begin", {{"order_id", order["order_id"]}, {"provider", "sandbox"}});
    const Json notice = shop.notice_for(begun["out_trade_no"]);
    fragile.fail("order.update", Fault::check);
    const Json received = shop.must_as(Json::object(), "notice.receive", notice);
    CHECK(received["outcome"] == "deferred");
    CHECK(received["reply"]["status"] == 200);
    fragile.fail("", Fault::none);
    const auto status = [&] {
      return shop.must("order.get", {{"order_id", order["order_id"]}})["status"];
    };
    CHECK(status() == "pending_payment");
    shop.must("system.advance_clock", {{"by_ms", overdue_ms}});
    shop.must("category.create", {{"name", "Music"}});
    CHECK(comes(shop, [&] { return status() == "delivered"; }));
    CHECK(shop.must_as(Json::object(), "notice.receive", notice)["reply"]["status"] == 200);
    CHECK(shop.must("stock.get", {{"sku_id", sku}})["sold"] == 1);
    shop.check_books();
  }

  // Goal: a site sees whether the worker beside it is alive.
  // Method: two engines on one file; one runs due work, the other one's health tells when; runs
  // within ten seconds are told as one, and a clock that is behind is believed.
  TEST_CASE("health tells when due work ran, whichever process ran it") {
    const TempFolder folder;
    Shop site({.path = folder.file("shop.db")});
    Shop worker({.path = folder.file("shop.db")});
    CHECK_FALSE(site.must("system.health").contains("last_run_due_ms"));
    const Json started = worker.must("system.advance_clock", {{"by_ms", 60'000}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == started["now_ms"]);
    worker.must("system.advance_clock", {{"by_ms", 10'000}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == started["now_ms"]);
    const Json later = worker.must("system.advance_clock", {{"by_ms", 1}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == later["now_ms"]);
    site.must("system.run_due");  // its clock is behind
    CHECK(site.must("system.health")["last_run_due_ms"] == site.must("system.health")["now_ms"]);
  }
}
