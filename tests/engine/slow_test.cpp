// slow_test.cpp - statements that take too long are told of, and what each took can be asked for.
#include <chrono>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/shop.hpp"

using namespace kameng::test;
using kameng::sql::Fault;

namespace {

// A busy server is slow by itself.
const int limit_ms = on_server() ? 500 : 25;

// A shop that times its statements, and whose statement of one name takes longer than the limit.
struct SlowShop {
  std::string name = "none";
  std::unique_ptr<Shop> shop;

  SlowShop() {
    kameng::engine::use_seams({.before_statement =
                                   [this](std::string_view statement) {
                                     if (statement == name) {
                                       std::this_thread::sleep_for(
                                           std::chrono::milliseconds(limit_ms + 5));
                                     }
                                     return Fault::none;
                                   },
                               .trace = {}});
    ShopOptions options;
    options.extra = {{"storage", {{"slow_ms", limit_ms}}}};
    shop = std::make_unique<Shop>(options);
    kameng::engine::use_seams({});
  }
};

Json find(const Json& items, const char* key, const std::string& value) {
  for (const Json& item : items) {
    if (item[key] == value) {
      return item;
    }
  }
  return Json();
}

Json slow_events(Shop& shop) {
  Json events = Json::array();
  const Json page = shop.must("event.pull", {{"limit", 1000}});
  for (const Json& item : page["items"]) {
    if (item["kind"] == "storage.slow") {
      events.push_back(item);
    }
  }
  return events;
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: a slow query and a slow write are told of by name, once for a minute however often they
  //       were slow, and what is quick is not.
  // Method: a seam makes one statement wait longer than the limit; twice in the first minute.
  TEST_CASE("slow statements are told of once a minute") {
    SlowShop slow;
    Shop& shop = *slow.shop;
    slow.name = "category.insert";
    shop.must("category.create", {{"name", "A"}});
    shop.must("category.create", {{"name", "B"}});
    slow.name = "category.list_top";
    shop.must("category.list");
    slow.name = "none";
    CHECK(shop.must("system.run_due")["jobs"]["storage.slow"] == 2);
    const Json events = slow_events(shop);
    REQUIRE(events.size() == 2);
    const Json insert = find(events, "subject", "category.insert");
    CHECK(insert["details"]["count"] == "2");
    CHECK(std::stoi(insert["details"]["slowest_ms"].get<std::string>()) >= limit_ms + 5);
    CHECK(find(events, "subject", "category.list_top")["details"]["count"] == "1");

    slow.name = "category.insert";
    shop.must("category.create", {{"name", "C"}});
    slow.name = "none";
    CHECK(shop.must("system.run_due")["jobs"].contains("storage.slow") == false);
    shop.must("system.advance_clock", {{"by_ms", 60'000}});
    CHECK(shop.must("system.run_due")["jobs"]["storage.slow"] == 1);
    CHECK(slow_events(shop).size() == 3);
  }

  // Goal: system.metrics counts every run of every statement, and nothing where nobody asked.
  TEST_CASE("what statements took can be asked for") {
    SlowShop slow;
    for (const char* name : {"A", "B", "C"}) {
      slow.shop->must("category.create", {{"name", name}});
    }
    const Json metrics = slow.shop->must("system.metrics");
    const Json insert = find(metrics["statements"], "name", "category.insert");
    CHECK(insert["runs"] == 3);
    CHECK(insert["slow"] == 0);
    CHECK(insert["total_us"] >= insert["slowest_us"]);
    CHECK(find(metrics["statements"], "name", "commit")["runs"] >= 3);
    CHECK(metrics["counters"]["commits"] >= 3);
    Shop quiet;
    quiet.must("category.create", {{"name", "A"}});
    CHECK(quiet.must("system.metrics")["statements"].empty());
  }
}
