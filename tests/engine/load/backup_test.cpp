// backup_test.cpp - backups that are made while the shop trades, and searched for plaintext.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "plaintext.hpp"
#include "rush.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"
#include "threads.hpp"

namespace kameng::test {

namespace {

// What has been answered so far.
struct Answered {
  std::vector<std::string> ordered, delivered;
};

class Ledger {
 public:
  void add(const Purchase& purchase) {
    const std::lock_guard lock(mutex_);
    answered_.ordered.push_back(purchase.order_id);
    if (purchase.status == "delivered") {
      answered_.delivered.push_back(purchase.order_id);
    }
  }
  [[nodiscard]] Answered now() {
    const std::lock_guard lock(mutex_);
    return answered_;
  }

 private:
  std::mutex mutex_;
  Answered answered_;
};

struct Point {
  Answered before, after;
  std::int64_t number = 0;
};

// The shop of one point, opened: all that was answered before the backup began is in it, nothing
// that began after it ended, and it is in order.
void check_point(const Point& point, const std::string& path, const std::string& key_file,
                 int threads) {
  CAPTURE(point.number);
  const std::int64_t orders = SideDoor(path).number("SELECT count(*) FROM kameng_order");
  CHECK(orders >= std::ssize(point.before.ordered));
  CHECK(orders <= std::ssize(point.after.ordered) + threads);
  Json config = shop_config({.path = path});
  config["vault"] = {{"key_file", key_file}};
  auto opened = Engine::open(config.dump());
  REQUIRE(opened.ok());
  Shop shop(std::move(*opened));
  shop.check_books();
  std::ptrdiff_t found = 0, delivered = 0;
  for (const std::string& order : point.before.ordered) {
    found += shop.host("order.get", {{"order_id", order}}).ok ? 1 : 0;
  }
  for (const std::string& order : point.before.delivered) {
    const Outcome outcome = shop.host("code.reveal", {{"order_id", order}});
    delivered += outcome.ok && outcome.answer["codes"].size() == 1 ? 1 : 0;
  }
  CHECK(found == std::ssize(point.before.ordered));
  CHECK(delivered == std::ssize(point.before.delivered));
}

}  // namespace

TEST_SUITE_BEGIN("engine.backup");

// Goal: backups that are made while buyers trade are each of one moment: system.verify holds, all
// that was acknowledged before the backup began is in it, and nothing that began after it ended;
// nobody is refused because of them. Method: 4 threads of buyers on one file; meanwhile a full
// backup and increments, until the buyers are done; each point is restored, opened and asked for
// every order. The numbers are exact where the moment is known.
TEST_CASE("a backup of a busy shop is of one moment") {
  const TempFolder folder;
  const std::string path = folder.file("a.db"), chain = folder.file("chain");
  const Rush rush{.buyers = 400, .codes = 400, .threads = 4, .from_wallet = true};
  std::vector<Point> points;
  {
    Shop shop({.path = path, .extra = {{"timeout_ms", 120'000}}});
    const std::string sku = shop.stock_sku(rush.codes);
    std::vector<Purchase> purchases = arrive(shop, rush);
    Ledger ledger;
    std::atomic<bool> over = false;
    std::thread buyers([&] {
      share_out(rush.threads, rush.buyers, [&](int n) {
        Purchase& purchase = purchases[static_cast<std::size_t>(n)];
        order(shop, rush, sku, purchase);
        if (purchase.refusal.empty()) {
          pay(shop, rush, purchase);
        }
        ledger.add(purchase);
      });
      over = true;
    });
    std::vector<Outcome> outcomes;
    std::size_t wanted = 0;
    while (!over) {
      Point point{.before = ledger.now()};
      if (point.before.ordered.size() < wanted) {
        std::this_thread::yield();
        continue;
      }
      wanted = point.before.ordered.size() + 50;
      outcomes.push_back(
          shop.host(points.empty() ? "backup.create" : "backup.increment", {{"folder", chain}}));
      point.after = ledger.now();
      point.number = std::ssize(points) + 1;
      points.push_back(std::move(point));
    }
    buyers.join();
    for (const Outcome& outcome : outcomes) {
      CHECK_MESSAGE(outcome.ok, outcome.error.dump());
    }
    check(shop, rush, sku, purchases);
    points.push_back(
        {.before = ledger.now(), .after = ledger.now(), .number = std::ssize(points) + 1});
    shop.must("backup.increment", {{"folder", chain}});
    for (const Point& point : points) {
      shop.must("backup.restore", {{"folder", chain},
                                   {"path", folder.file(std::to_string(point.number))},
                                   {"number", point.number}});
    }
    CHECK(shop.must("backup.verify", {{"folder", chain}})["ok"] == true);
  }
  const std::int64_t during = std::count_if(points.begin(), points.end(), [](const Point& point) {
    return !point.before.ordered.empty() && point.after.ordered.size() < 400;
  });
  MESSAGE(points.size() << " points, " << during << " of them between the first and last order");
  CHECK(during > 0);
  CHECK(points.back().before.delivered.size() == 400);
  for (const Point& point : points) {
    check_point(point, folder.file(std::to_string(point.number)), path + ".key", rush.threads);
  }
}

// Goal: no code, contact or key is in any file of a chain, in any usual encoding, nor in the files
// that restoring and checking leave. Method: codes in every state, a full backup and an increment;
// every file is searched. The same search finds what is planted in a name.
TEST_CASE("no secret is found in any file of a backup") {
  const TempFolder folder;
  const std::string path = folder.file("a.db"), chain = folder.file("chain");
  Shop shop({.path = path});
  const std::string email = "Wang.Xiaoming@Example.com";
  const std::string account = shop.customer(email);
  const std::string sku = shop.stock_sku(20, 10'000'000, "QX7~ZK?");
  Search search;
  search.look_for("e-mail", email);
  search.look_for("e-mail, normal", "wang.xiaoming@example.com");
  for (int n = 1; n <= 20; ++n) {
    search.look_for("code " + std::to_string(n), "QX7~ZK?-" + std::to_string(n));
  }
  const std::string digits = read_folder(folder.file("."))["a.db.key"].substr(
      read_folder(folder.file("."))["a.db.key"].find("kmk1-") + 5, 64);
  search.look_for("master key's digits", digits);
  const Json placed = shop.must_as(shop.on_behalf(account), "order.place",
                                   {{"lines", {{{"sku_id", sku}, {"quantity", 3}}}}});
  shop.must("backup.create", {{"folder", chain}});
  CHECK(shop.pay(placed["order_id"]) == "delivered");
  shop.must_as(shop.on_behalf(account), "code.reveal", {{"order_id", placed["order_id"]}});
  shop.must("backup.increment", {{"folder", chain}});
  CHECK(shop.must("backup.verify", {{"folder", chain}})["ok"] == true);
  shop.must("backup.restore", {{"folder", chain}, {"path", folder.file("b.db")}});
  std::vector<std::string> found;
  const auto search_in = [&](const std::string& where) {
    for (const auto& [name, bytes] : read_folder(where)) {
      if (name != "a.db.key") {
        const std::vector<std::string> here = search.in(name, bytes);
        found.insert(found.end(), here.begin(), here.end());
      }
    }
  };
  CHECK(read_folder(chain).size() == 6);
  search_in(chain);
  search_in(folder.file("."));
  CHECK(Json(found) == Json::array());
  shop.must("category.create", {{"name", "plant QX7~ZK?-20"}});
  shop.must("backup.increment", {{"folder", chain}});
  search_in(chain);
  // Itself and the code whose beginning is the same.
  CHECK(Json(found) == Json({"code 2 as UTF-8 in 000003.data", "code 20 as UTF-8 in 000003.data"}));
}

TEST_SUITE_END();

}  // namespace kameng::test
