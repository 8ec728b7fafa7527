// copy_test.cpp - a shop of a million codes and a hundred thousand orders moves to a server.
#include <chrono>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "engine/migrations.hpp"
#include "engine/seams.hpp"
#include "support/clean_database.hpp"
#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

constexpr int codes_a_call = 50'000;

double seconds_since(std::chrono::steady_clock::time_point from) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

// A smaller shop, to try the test itself.
int shop_size(int full) {
  const char* part = std::getenv("KAMENG_TEST_COPY_PART");
  return part == nullptr ? full : full / std::atoi(part);
}

// Sold one by one through the engine, so that every invariant holds by itself.
void fill(Shop& shop, int codes, int orders) {
  const std::string sku = shop.stock_sku(1);
  for (int first = 0; first < codes; first += codes_a_call) {
    shop.import_codes(sku, std::min(codes_a_call, codes - first), "C" + std::to_string(first));
  }
  const std::string buyer = shop.customer("li.na@example.com");
  const Json li = shop.on_behalf(buyer);
  shop.must("wallet.credit",
            {{"account_id", buyer},
             {"amount", {{"amount", std::int64_t{1000} * orders}, {"currency", "CNY"}}},
             {"source", "bank"},
             {"reason", "transfer"}});
  for (int order = 0; order < orders; ++order) {
    shop.must_as(
        li, "order.place",
        {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}, {"pay", {{"provider", "wallet"}}}});
  }
}

}  // namespace

TEST_SUITE_BEGIN("engine.copy_long");

// Goal: a large shop moves whole: the same rows, totals and audit root, and system.verify holds on
//       the server. Method: a million codes, a hundred thousand orders sold one by one; the times
//       are printed.
TEST_CASE("a million codes and a hundred thousand orders move to a server") {
  const TempFolder folder;
  const std::string path = folder.file("shop.db");
  const CleanDatabase target("kameng_", engine::migrations());
  Json storage{{"driver", "sqlite"}, {"path", folder.file("target.db")}};
  if (on_server()) {
    storage = {{"driver", target.config().driver},
               {"dsn", *target.config().dsn},
               {"table_prefix", target.config().table_prefix}};
  }
  Json extra{{"storage",
              {{"driver", "sqlite"}, {"path", path}, {"dsn", nullptr}, {"table_prefix", nullptr}}},
             {"timeout_ms", 3'600'000}};
  const int codes = shop_size(1'000'000), orders = shop_size(100'000);
  engine::use_seams({.durable = false});
  Json copied;
  {
    Shop shop({.path = path, .extra = extra});
    engine::use_seams({});
    auto from = std::chrono::steady_clock::now();
    fill(shop, codes, orders);
    MESSAGE(codes << " codes, " << orders << " orders made in " << seconds_since(from) << " s");
    from = std::chrono::steady_clock::now();
    shop.must("system.run_due", {{"budget_ms", 600'000}});
    shop.check_books();
    MESSAGE("source verified in " << seconds_since(from) << " s");
    from = std::chrono::steady_clock::now();
    copied = shop.must("storage.copy", {{"storage", storage}, {"budget_ms", 0}});
    int calls = 1;
    while (copied["done"] == false) {
      copied = shop.must("storage.copy", {{"storage", storage}, {"budget_ms", 10'000}});
      ++calls;
    }
    MESSAGE(storage_under_test() << ": " << copied["rows_total"] << " rows copied and verified in "
                                 << seconds_since(from) << " s, " << calls << " calls; "
                                 << copied["audit_entries"] << " audit entries, root "
                                 << copied["audit_root"].get<std::string>());
  }
  CHECK(copied["ok"] == true);
  for (const Json& check : copied["checks"]) {
    CHECK_MESSAGE(check["ok"] == true, check.dump());
  }
  CHECK(copied["rows_copied"] == copied["rows_total"]);
  extra["storage"].update(storage);
  Shop moved({.path = path, .extra = extra});
  const auto from = std::chrono::steady_clock::now();
  moved.check_books();
  MESSAGE("target verified again in " << seconds_since(from) << " s");
}

TEST_SUITE_END();

}  // namespace kameng::test
