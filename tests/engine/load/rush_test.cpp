// rush_test.cpp - everybody comes at once: exactly as many are served as there are codes.
#include "rush.hpp"

#include <chrono>
#include <memory>

#include <doctest/doctest.h>

#include "child.hpp"
#include "support/clean_database.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

// More buyers than codes, and fewer.
constexpr int crowds[][2] = {{400, 200}, {200, 400}};

std::string told(const Rush& rush) {
  return std::to_string(rush.buyers) + " buyers for " + std::to_string(rush.codes) + " codes, " +
         std::to_string(rush.threads) + " threads, " +
         (rush.pay_later ? "order first, pay later" : "order and pay at once") +
         (rush.from_wallet ? ", wallet" : ", sandbox");
}

// The default quotas stay on; a loaded machine may take its time.
ShopOptions patient(const std::string& path) {
  return {.path = path, .extra = {{"timeout_ms", 120'000}}};
}

void rush_in(const ShopOptions& options, const Rush& rush) {
  CAPTURE(options.path);
  CAPTURE(told(rush));
  Shop shop(options);
  const std::string sku = shop.stock_sku(rush.codes);
  std::vector<Purchase> purchases = arrive(shop, rush);
  run(shop, rush, sku, purchases);
  check(shop, rush, sku, purchases);
}

Child::Time in_time() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(2);
}

// Each process has its share of the buyers; they start, and in the second half pay, together.
void rush_of_processes(const std::string& path, const Rush& rush, int processes) {
  CAPTURE(told(rush));
  Shop shop(patient(path));
  const std::string sku = shop.stock_sku(rush.codes);
  const std::vector<Purchase> buyers = arrive(shop, rush);
  std::vector<std::unique_ptr<Child>> children;
  for (int n = 0; n < processes; ++n) {
    Json share = Json::array();
    for (std::size_t i = static_cast<std::size_t>(n); i < buyers.size();
         i += static_cast<std::size_t>(processes)) {
      share.push_back(buyers[i]);
    }
    children.push_back(std::make_unique<Child>("buyers"));
    REQUIRE(children.back()->tell(Json{
        {"config", shop_config(patient(path))},
        {"sku", sku},
        {"threads", rush.threads},
        {"pay_later", rush.pay_later},
        {"from_wallet", rush.from_wallet},
        {"purchases", share}}.dump()));
  }
  for (const char* const step : {"ready", "ordered"}) {
    for (const auto& child : children) {
      REQUIRE(child->line_until(in_time()) == step);
    }
    for (const auto& child : children) {
      REQUIRE(child->tell("go"));
    }
  }
  std::vector<Purchase> purchases;
  for (const auto& child : children) {
    const auto share = Json::parse(child->line_until(in_time())).get<std::vector<Purchase>>();
    purchases.insert(purchases.end(), share.begin(), share.end());
    CHECK(child->wait() == 0);
  }
  REQUIRE(purchases.size() == buyers.size());
  check(shop, rush, sku, purchases);
}

}  // namespace

TEST_SUITE_BEGIN("engine.rush");

// Goal: in a rush every code goes to one paying buyer, nobody pays without getting one, and nobody
// is turned away while codes are left. Method: 8 threads, more buyers than codes and fewer, paying
// at once and later, in memory and on a file.
TEST_CASE("eight threads of buyers") {
  const TempFolder folder;
  int files = 0;
  for (const auto& [buyers, codes] : crowds) {
    for (const bool pay_later : {false, true}) {
      const Rush rush{buyers, codes, 8, pay_later, false};
      rush_in(patient(":memory:"), rush);
      rush_in(patient(folder.file(std::to_string(++files) + ".db")), rush);
    }
  }
}

// Goal: the same for those who pay from their wallet, whose balance is exact afterwards.
// Method: as above.
TEST_CASE("eight threads of buyers with wallets") {
  const TempFolder folder;
  int files = 0;
  for (const auto& [buyers, codes] : crowds) {
    for (const bool pay_later : {false, true}) {
      const Rush rush{buyers, codes, 8, pay_later, true};
      rush_in(patient(":memory:"), rush);
      rush_in(patient(folder.file(std::to_string(++files) + ".db")), rush);
    }
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("engine.server_rush");

// Goal: the same where each buyer's transaction is a session of its own on a server.
// Method: 32 threads on as many connections; every crowd, shape and way to pay.
TEST_CASE("thirty-two threads of buyers on a server") {
  REQUIRE(on_server());
  for (const auto& [buyers, codes] : crowds) {
    for (const bool pay_later : {false, true}) {
      for (const bool from_wallet : {false, true}) {
        const Rush rush{buyers, codes, 32, pay_later, from_wallet};
        rush_in({.path = ":memory:",
                 .extra = {{"timeout_ms", 120'000}, {"storage", {{"pool_size", 32}}}}},
                rush);
      }
    }
  }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("engine.rush_many");

// Goal: the same with as many threads as a group commit has members.
// Method: 64 threads; every crowd, shape and way to pay, in memory and on a file.
TEST_CASE("sixty-four threads of buyers") {
  const TempFolder folder;
  int files = 0;
  for (const auto& [buyers, codes] : crowds) {
    for (const bool pay_later : {false, true}) {
      for (const bool from_wallet : {false, true}) {
        const Rush rush{buyers, codes, 64, pay_later, from_wallet};
        rush_in(patient(":memory:"), rush);
        rush_in(patient(folder.file(std::to_string(++files) + ".db")), rush);
      }
    }
  }
}

// Goal: the same when the buyers come through several processes on one file.
// Method: four processes of eight threads, started together and, for the second half, again.
TEST_CASE("four processes of buyers") {
  const TempFolder folder;
  int files = 0;
  for (const auto& [buyers, codes] : crowds) {
    for (const bool pay_later : {false, true}) {
      for (const bool from_wallet : {false, true}) {
        rush_of_processes(folder.file(std::to_string(++files) + ".db"),
                          {buyers, codes, 8, pay_later, from_wallet}, 4);
      }
    }
  }
}

TEST_SUITE_END();

}  // namespace kameng::test
