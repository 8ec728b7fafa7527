// upgrade_test.cpp - a shop whose file was made by the first schema.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "account/account_sql.hpp"
#include "audit/audit_schema.hpp"
#include "catalog/catalog_sql.hpp"
#include "command/command_schema.hpp"
#include "keys/keys_schema.hpp"
#include "ledger/ledger_schema.hpp"
#include "order/order_schema.hpp"
#include "payment/payment_schema.hpp"
#include "queue/queue_schema.hpp"
#include "sql/database.hpp"
#include "sql/migration.hpp"
#include "sql/sqlite/sqlite.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"
#include "vault/vault_schema.hpp"

using kameng::test::Json;
using kameng::test::Shop;
using kameng::test::SideDoor;
using kameng::test::TempFolder;

namespace {

using namespace kameng;

sql::Migration first_schema() {
  return {.number = 1,
          .name = "the first schema",
          .scripts = {keys::keys_schema, ledger::ledger_schema, queue::queue_schema,
                      audit::audit_schema, command::command_schema, account::account_schema,
                      catalog::catalog_schema, vault::vault_schema, payment::payment_schema,
                      order::order_schema}};
}

void make_first(const std::string& path) {
  sql::sqlite::Options options;
  options.path = path;
  auto opened = sql::sqlite::open(options);
  REQUIRE(opened.ok());
  const sql::Migration first = first_schema();
  REQUIRE((*opened)->migrate({&first, 1}, 0, Deadline::after_ms(10'000)).ok());
}

// Everything that a shop of today holds, as its file looked under the first schema: half of each
// stock count folded, the other half in deltas of which some are negative.
void fill_first(const std::string& path, const std::string& today) {
  SideDoor old(path);
  std::string script = "ATTACH '" + today + "' AS lived; DELETE FROM main.kameng_ledger_mark;";
  for (const auto& [table, count] : test::row_counts(SideDoor(today).tables())) {
    if (table != "kameng_migration" && table != "kameng_stock_count") {
      script += "INSERT INTO main." + table + " SELECT * FROM lived." + table + ";";
    }
  }
  script +=
      "INSERT INTO main.kameng_stock_count SELECT sku_id, available + 4, held / 2, 0"
      " FROM lived.kameng_stock_count;"
      "INSERT INTO main.kameng_stock_delta (sku_id, available, held, sold)"
      " SELECT sku_id, -3, held - held / 2, 1 FROM lived.kameng_stock_count;"
      "INSERT INTO main.kameng_stock_delta (sku_id, available, held, sold)"
      " SELECT sku_id, -1, 0, sold - 1 FROM lived.kameng_stock_count;";
  old.run(script);
}

Json place(const std::string& sku, int quantity) {
  return {{"lines", {{{"sku_id", sku}, {"quantity", quantity}}}}};
}

TEST_SUITE("engine") {
  // Goal: files of the first schema stay readable: its text must never change.
  // Method: the checksum that such files hold.
  TEST_CASE("the first schema is what files were made with") {
    CHECK(sql::checksum(first_schema(), sql::Dialect::sqlite) == "5933dac02c7ab77d");
  }

  // Goal: opening a file of the first schema loses nothing, counts the stock as before and knows
  // its idempotency keys.
  // Method: a shop with orders in several states is written back into the first schema; then
  // opened.
  TEST_CASE("a file of the first schema is brought up to date" *
            test::sqlite_only("servers began with the schema of today")) {
    const TempFolder temp{TempFolder::in_memory()};
    const std::string today = temp.file("today.db");
    const std::string old = temp.file("old.db");
    std::string sku;
    std::string other;
    Json placed;
    const Json key{{"as", "host"}, {"idempotency_key", "one order"}};
    {
      Shop shop({.path = today});
      sku = shop.stock_sku(9);
      other = shop.stock_sku(4);
      placed = shop.must_as(key, "order.place", place(sku, 3));
      CHECK(shop.pay(shop.must("order.place", place(sku, 2))["order_id"]) == "delivered");
      CHECK(shop.pay(shop.must("order.place", place(other, 1))["order_id"]) == "delivered");
      shop.must("system.run_due");
    }
    make_first(old);
    fill_first(old, today);
    std::filesystem::copy_file(today + ".key", old + ".key");
    const auto before = SideDoor(today).tables();
    CHECK(SideDoor(old).number("SELECT COUNT(*) FROM kameng_stock_delta") == 4);

    Shop shop({.path = old});
    auto after = SideDoor(old).tables();
    // What opening itself has written: its audit entry.
    after["kameng_audit_entry"].pop_back();
    auto expected = before;
    expected.erase("kameng_migration");
    after.erase("kameng_migration");
    CHECK(test::differences(expected, after) == "");
    CHECK(SideDoor(old).number("SELECT COUNT(*) FROM kameng_migration WHERE state = 'done'") == 3);
    CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
          Json{{"available", 4}, {"held", 3}, {"sold", 2}});
    CHECK(shop.must("stock.get", {{"sku_id", other}}) ==
          Json{{"available", 3}, {"held", 0}, {"sold", 1}});
    CHECK(shop.must("system.verify")["ok"] == true);
    CHECK(shop.must_as(key, "order.place", place(sku, 3))["order_id"] == placed["order_id"]);
    CHECK(shop.pay(placed["order_id"]) == "delivered");
    CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
          Json{{"available", 4}, {"held", 0}, {"sold", 5}});
    shop.check_books();
  }
}

}  // namespace
