// upgrade_test.cpp - a shop that was made with an earlier schema, or a later one.
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/account_sql.hpp"
#include "audit/audit_schema.hpp"
#include "catalog/catalog_sql.hpp"
#include "command/command_schema.hpp"
#include "engine/migrations.hpp"
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
  const sql::Migration first = first_schema();
  if (test::on_server()) {
    test::begin_database_at(path, {&first, 1}).spoil();
    return;
  }
  sql::sqlite::Options options;
  options.path = path;
  auto opened = sql::sqlite::open(options);
  REQUIRE(opened.ok());
  REQUIRE((*opened)->migrate({&first, 1}, 0, Deadline::after_ms(10'000)).ok());
}

// Everything that a shop of today holds, as it looked under the first schema. On SQLite half of
// each stock count is folded, the other half in deltas of which some are negative; servers have
// counted so from the first.
void fill_first(const std::string& path, const std::string& today) {
  if (test::on_server()) {
    test::database_at(path).fill_from(test::database_at(today));
    return;
  }
  SideDoor old(path);
  SideDoor now(today);
  std::string script = "ATTACH '" + today + "' AS lived; DELETE FROM main.kameng_ledger_mark;";
  for (const auto& [table, rows] : old.tables()) {
    if (table != "kameng_migration" && !table.starts_with("kameng_stock_")) {
      // New columns stand behind those that were there; some have another name today.
      std::string taken;
      const std::vector<std::string> names = now.columns(table);
      for (std::size_t i = 0; i < old.columns(table).size(); ++i) {
        taken += (i == 0 ? "" : ", ") + names[i];
      }
      script += "INSERT INTO main." + table + " SELECT " + taken + " FROM lived." + table + ";";
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

// A shop that has traded, and its tables as they are under the first schema, with the same key.
struct OldShop {
  TempFolder temp{TempFolder::in_memory()};
  std::string today = temp.file("today.db");
  std::string old = temp.file("old.db");
  std::string sku, other;
  Json placed;
  Json key{{"as", "host"}, {"idempotency_key", "one order"}};
  SideDoor::Tables before;

  OldShop() {
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
    before = SideDoor(today).tables();
    CHECK(SideDoor(old).number("SELECT COUNT(*) FROM kameng_migration") == 1);
    if (!test::on_server()) {
      CHECK(SideDoor(old).number("SELECT COUNT(*) FROM kameng_stock_delta") == 4);
    }
  }

  // Every row is there, besides `opened` audit entries of openings.
  void check_rows(std::size_t opened) {
    auto after = SideDoor(old).tables();
    const std::vector<std::string>& entries = before["kameng_audit_entry"];
    CHECK(std::erase_if(after["kameng_audit_entry"], [&](const std::string& row) {
            return std::find(entries.begin(), entries.end(), row) == entries.end();
          }) == opened);
    auto expected = before;
    for (const char* table : {"kameng_migration", "kameng_quota_lock"}) {  // locks are made anew
      expected.erase(table);
      after.erase(table);
    }
    CHECK(test::differences(expected, after) == "");
    CHECK(after.size() == expected.size());
    CHECK(SideDoor(old).number("SELECT COUNT(*) FROM kameng_migration WHERE state = 'done'") ==
          static_cast<std::int64_t>(engine::migrations().size()));
  }

  // It goes on trading where it was.
  void check_trade(Shop& shop) {
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
};

// Opens and closes the shop in a process of its own, as soon as the other end of `gate` is closed.
pid_t open_in_child(const Json& config, int gate_read, int gate_write) {
  const std::string document = config.dump();
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(gate_write);
    char ignored = 0;
    const bool waited = ::read(gate_read, &ignored, 1) == 0;
    const bool opened = waited && Engine::open(document).ok();
    ::_exit(opened ? 0 : 1);
  }
  return child;
}

bool ended_well(pid_t child) {
  int status = -1;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

TEST_SUITE("engine") {
  // Goal: files of the first schema stay readable: its text must never change.
  // Method: the checksum that such files hold.
  TEST_CASE("the first schema is what files were made with") {
    CHECK(sql::checksum(first_schema(), sql::Dialect::sqlite) == "5933dac02c7ab77d");
  }

  // Goal: opening a shop of the first schema loses nothing, counts the stock as before and knows
  //       its idempotency keys, on every database.
  // Method: a shop with orders in several states is written back into the first schema; then
  //         opened.
  TEST_CASE("a shop of the first schema is brought up to date") {
    OldShop old;
    Shop shop({.path = old.old});
    old.check_rows(1);
    old.check_trade(shop);
  }

  // Goal: who was signed in before sessions had an absolute end gets one, of 90 days.
  // Method: a session under the first schema; then opened.
  TEST_CASE("sessions of the first schema end, too") {
    const TempFolder temp{TempFolder::in_memory()};
    const std::string path = temp.file("old.db");
    make_first(path);
    SideDoor door(path);
    door.run(
        "INSERT INTO kameng_account (id, status, password_hash, person_key, created_at_ms)"
        " VALUES (zeroblob(16), 'active', '', zeroblob(1), 1);"
        "INSERT INTO kameng_session (id, account_id, nonce, token_hash, created_at_ms,"
        " expires_at_ms, last_seen_ms) VALUES (zeroblob(16), zeroblob(16), zeroblob(16),"
        " zeroblob(32), 1790000000000, 1792592000000, 1790000000000)");
    Shop shop({.path = path});
    CHECK(door.number("SELECT absolute_until_ms FROM kameng_session") ==
          1'790'000'000'000 + 90LL * 24 * 60 * 60 * 1000);
  }

  // Goal: two processes that start with the new library at once both find the new schema, and the
  //       rows are moved once.
  // Method: three processes that wait at one gate; each writes the audit entry of its opening.
  TEST_CASE("processes that bring a shop up to date at once") {
    OldShop old;
    const Json config = test::shop_config({.path = old.old});
    int gate[2] = {-1, -1};
    REQUIRE(::pipe(gate) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
      children.push_back(open_in_child(config, gate[0], gate[1]));
    }
    ::close(gate[1]);
    ::close(gate[0]);
    for (const pid_t child : children) {
      CHECK(ended_well(child));
    }
    old.check_rows(children.size());
    Shop shop({.path = old.old});
    old.check_trade(shop);
  }

  // Goal: a shop that a newer, incompatible library has changed is refused and left as it is; a
  //       newer harmless step does no harm.
  // Method: the record of a step that this library does not know, first harmless, then breaking.
  TEST_CASE("a newer schema is refused when it breaks") {
    const TempFolder temp{TempFolder::in_memory()};
    const std::string path = temp.file("shop.db");
    const Json config = test::shop_config({.path = path});
    REQUIRE(Engine::open(config.dump()).ok());
    SideDoor door(path);
    if (test::on_server()) {
      test::database_at(path).spoil();
    }
    const std::string columns = std::string("name, checksum, breaking, state, applied_at_ms") +
                                (test::storage_under_test() == "mariadb" ? ", lease_until_ms" : "");
    door.run("INSERT INTO kameng_migration (number, " + columns + ") SELECT 99, " + columns +
             " FROM kameng_migration WHERE number = 1");
    CHECK(Engine::open(config.dump()).ok());
    door.run("UPDATE kameng_migration SET breaking = 1 WHERE number = 99");
    const auto before = door.tables();
    const auto refused = Engine::open(config.dump());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().status == Status::incompatible);
    CHECK(refused.error().reason == "storage.schema_newer");
    CHECK(test::differences(before, door.tables()) == "");
  }
}

}  // namespace
