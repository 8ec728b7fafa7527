// copy_test.cpp - storage.copy: a shop moves from a SQLite file to the database under test, which
// is another file where that is SQLite too.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/copy_tables.hpp"
#include "engine/migrations.hpp"
#include "engine/storage.hpp"
#include "support/clean_database.hpp"
#include "support/shop.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;
using kameng::Deadline;
using kameng::Result;

namespace {

// On SQLite whatever the database under test is.
Json on_file(const std::string& path) {
  return {{"storage",
           {{"driver", "sqlite"}, {"path", path}, {"dsn", nullptr}, {"table_prefix", nullptr}}}};
}

struct Target {
  TempFolder temp{TempFolder::in_memory()};
  CleanDatabase tables{"kameng_", kameng::engine::migrations()};

  [[nodiscard]] kameng::engine::StorageConfig config() const {
    kameng::engine::StorageConfig config = tables.config();
    if (!on_server()) {
      config.path = temp.file("target.db");
    }
    return config;
  }
  [[nodiscard]] Json storage() const {
    const kameng::engine::StorageConfig all = config();
    Json json{{"driver", all.driver}, {"table_prefix", all.table_prefix}};
    if (all.dsn) {
      json["dsn"] = *all.dsn;
    } else {
      json["path"] = all.path;
    }
    return json;
  }
  // As a site's configuration says it after the move: the same key file.
  [[nodiscard]] Shop open(const std::string& old_path) const {
    Json extra = on_file(old_path);
    extra["storage"].update(storage());
    return Shop({.path = old_path, .extra = extra});
  }
  void run(const std::string& script) const {
    const auto database = kameng::engine::open_database(config(), {}, nullptr);
    REQUIRE(database.ok());
    REQUIRE((*database)->migrate(kameng::engine::migrations(), 0, Deadline::after_ms(60'000)).ok());
    REQUIRE((*database)
                ->write_alone(Deadline::after_ms(60'000),
                              [&](kameng::sql::Transaction& tx) -> Result<void> {
                                if (auto failure = tx.connection().execute(script)) {
                                  tx.fail(std::move(failure));
                                }
                                return {};
                              })
                .ok());
  }
};

// A shop in a SQLite file in which something of everything has happened.
struct Source {
  TempFolder temp{TempFolder::in_memory()};
  const std::string path = temp.file("shop.db");
  std::string sku, open_order, delivered, customer;
  Json codes;

  Source() {
    Shop shop = open();
    sku = shop.stock_sku(12);
    customer = shop.customer("li.na@example.com");
    const Json li = shop.on_behalf(customer);
    shop.must("wallet.credit", {{"account_id", customer},
                                {"amount", {{"amount", 5000}, {"currency", "CNY"}}},
                                {"source", "bank"},
                                {"reason", "transfer"}});
    shop.must_as(li, "order.place", place("wallet"));
    delivered = shop.must_as(li, "order.place", place())["order_id"];
    CHECK(shop.pay(delivered) == "delivered");
    codes = shop.must("code.reveal", {{"order_id", delivered}});
    const Json cancelled = shop.must_as(li, "order.place", place());
    CHECK(shop.pay(cancelled["order_id"], {{"amount", {{"amount", 400}, {"currency", "CNY"}}}}) ==
          "short");
    shop.must("order.cancel", {{"order_id", cancelled["order_id"]}});
    for (int i = 0; i < 260; ++i) {
      shop.must("category.create", {{"name", std::to_string(i)}});
    }
    shop.must("system.run_due");
    shop.must("audit.checkpoint");
    shop.must_as(li, "order.place", place("sandbox"));
    open_order = shop.must_as(li, "order.place", place())["order_id"];
    shop.must_as(Json::object(), "account.login",
                 {{"identifier", "li.na@example.com"}, {"password", "correct horse"}});
    shop.check_books();
  }
  [[nodiscard]] Shop open() const { return Shop({.path = path, .extra = on_file(path)}); }
  [[nodiscard]] Json place(const Json& pay = nullptr) const {
    Json request{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
    if (!pay.is_null()) {
      request["pay"] = {{"provider", pay}};
    }
    return request;
  }
};

Json failed(const Json& copied) {
  Json names = Json::array();
  for (const Json& check : copied["checks"]) {
    if (check["ok"] == false) {
      names.push_back(check);
    }
  }
  return names;
}

void check_done(const Json& copied) {
  CHECK(copied["done"] == true);
  CHECK(copied["ok"] == true);
  CHECK(failed(copied) == Json::array());
  CHECK(copied["rows_copied"] == copied["rows_total"]);
  CHECK(copied["audit_root"].get<std::string>().size() == 64);
}

// The shop is open on the target: what was begun before goes on, and new rows find their ids.
void check_lives(const Source& source, const Target& target) {
  Shop shop = target.open(source.path);
  shop.check_books();
  CHECK(shop.must("stock.get", {{"sku_id", source.sku}}) ==
        Json{{"available", 8}, {"held", 2}, {"sold", 2}});
  CHECK(shop.pay(source.open_order) == "delivered");
  CHECK(shop.must("code.reveal", {{"order_id", source.open_order}})["codes"].size() == 1);
  CHECK(shop.must("code.reveal", {{"order_id", source.delivered}})["codes"] ==
        source.codes["codes"]);
  CHECK(source.codes["codes"].size() == 1);
  shop.import_codes(source.sku, 3, "NEW");
  CHECK(shop.pay(shop.must("order.place", source.place())["order_id"]) == "delivered");
  shop.must("system.run_due");
  CHECK(shop.must_as(Json::object(), "account.login",
                     {{"identifier", "li.na@example.com"}, {"password", "correct horse"}})
            .contains("token"));
  shop.must("audit.checkpoint");
  shop.check_books();
}

TEST_SUITE("engine") {
  // Goal: every table of the schema is copied, or is named with the reason why not.
  // Method: the tables of a new shop, as the copy finds them, against the list of exceptions. A new
  //         table has to have a primary key, or be one of them.
  TEST_CASE("every table is copied or says why not" * sqlite_only("it is about the source")) {
    const TempFolder temp{TempFolder::in_memory()};
    const Shop shop({.path = temp.file("shop.db")});
    kameng::engine::StorageConfig config;
    config.path = temp.file("shop.db");
    const auto database = kameng::engine::open_database(config, {}, nullptr);
    REQUIRE(database.ok());
    const auto tables = kameng::engine::read_copy_tables(**database, kameng::sql::Dialect::sqlite,
                                                         Deadline::after_ms(10'000));
    REQUIRE(tables.ok());
    CHECK(tables->all.size() > 20);
    for (const auto& table : tables->copied) {
      int keys = 0;
      for (const auto& column : table->columns()) {
        keys += column.key > 0 ? 1 : 0;
      }
      CAPTURE(table->name());
      CHECK(keys > 0);
      CHECK(keys <= 3);
    }
    std::vector<std::string> left;
    for (const std::string& name : tables->all) {
      if (!kameng::engine::why_not_copied(name).empty()) {
        left.push_back(name);
      }
    }
    CHECK(left == std::vector<std::string>{"migration", "ledger_mark"});
    CHECK(tables->all.size() == tables->copied.size() + left.size());
  }

  // Goal: a shop moves with all that is in it, in one call, and lives on.
  // Method: orders in each state, a refund under way, a wallet, complete tiles, a checkpoint; then
  //         the open order is paid and new goods are sold on the target, with the same key file.
  TEST_CASE("a shop moves in one call") {
    const Source source;
    const Target target;
    Shop shop = source.open();
    check_done(shop.must("storage.copy", {{"storage", target.storage()}}));
    CHECK(shop.host("order.place", source.place()).reason() == "storage.moved");
    CHECK(shop.must("order.get", {{"order_id", source.open_order}})["status"] == "pending_payment");
    check_lives(source, target);
  }

  // Goal: whoever calls goes on where the last call ended, whichever process that was, and the old
  //       file serves readers and refuses writers all the time.
  // Method: one batch of at most 37 rows a call, each from an engine that was just opened.
  TEST_CASE("a copy goes on in another process after every batch") {
    const Source source;
    const Target target;
    const Json request{{"storage", target.storage()}, {"budget_ms", 0}, {"batch_rows", 37}};
    Json copied;
    std::int64_t before = 0;
    int calls = 0;
    do {
      Shop shop = source.open();
      copied = shop.must("storage.copy", request);
      CHECK(copied["rows_copied"].get<std::int64_t>() > before);
      before = copied["rows_copied"];
      const Outcome write = shop.host("order.place", source.place());
      CHECK(write.reason() == "storage.moved");
      CHECK(write.error["status"] == "UNAVAILABLE");
      CHECK(write.error["retry"] == "later");
      CHECK(shop.must("stock.get", {{"sku_id", source.sku}})["available"] == 8);
      ++calls;
    } while (copied["done"] == false && calls < 200);
    CHECK(calls > 10);
    check_done(copied);
    check_lives(source, target);
  }

  // Goal: a copy that is called off leaves the shop as it was, open for writers.
  TEST_CASE("a copy that is cancelled") {
    const Source source;
    const Target target;
    Shop shop = source.open();
    Json request{{"storage", target.storage()}, {"budget_ms", 0}, {"batch_rows", 5}};
    CHECK(shop.must("storage.copy", request)["done"] == false);
    CHECK(shop.host("order.place", source.place()).reason() == "storage.moved");
    request["cancel"] = true;
    shop.must("storage.copy", request);
    CHECK(shop.pay(shop.must("order.place", source.place())["order_id"]) == "delivered");
    shop.check_books();
    // What was begun is no empty place any more.
    request["cancel"] = false;
    CHECK(shop.host("storage.copy", request).reason() == "storage.copy_target");
    CHECK(shop.pay(source.open_order) == "delivered");
  }

  // Goal: nothing is copied into a database that is not meant, and then the shop is not frozen.
  // Method: a target with another shop, with one row of something, without a column.
  TEST_CASE("a target that will not do") {
    const Source source;
    Shop shop = source.open();
    const auto refused = [&](const Target& target) {
      const std::string reason =
          shop.host("storage.copy", {{"storage", target.storage()}}).reason();
      shop.must("category.create", {{"name", "not frozen"}});
      return reason;
    };
    Target used;
    used.run("INSERT INTO kameng_due_run (id, at_ms) VALUES (1, 1)");
    CHECK(refused(used) == "storage.copy_target");
    {
      const Source other;
      const Target theirs;
      check_done(other.open().must("storage.copy", {{"storage", theirs.storage()}}));
      CHECK(refused(theirs) == "storage.copy_target");
    }
    Target narrow;
    narrow.run("ALTER TABLE kameng_notice DROP COLUMN outcome");
    narrow.tables.spoil();
    CHECK(refused(narrow) == "storage.copy_unfit");
    const Outcome itself =
        shop.host("storage.copy", {{"storage", {{"driver", "sqlite"}, {"path", source.path}}}});
    CHECK(itself.reason() == "storage.copy_target");
  }

  // Goal: work that somebody has in hand is waited for.
  // Method: a call to a provider is leased by the host; when its time is over the move begins.
  TEST_CASE("a live lease holds the move up") {
    const Source source;
    const Target target;
    Shop shop = source.open();
    CHECK(shop.must("outbox.pull")["calls"].size() > 0);
    const Outcome leased = shop.host("storage.copy", {{"storage", target.storage()}});
    CHECK(leased.reason() == "storage.copy_leased");
    CHECK(leased.error["retry"] == "later");
    shop.must("system.advance_clock", {{"by_ms", 600'000}});
    check_done(shop.must("storage.copy", {{"storage", target.storage()}}));
  }
}

}  // namespace
