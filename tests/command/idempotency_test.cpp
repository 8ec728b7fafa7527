// idempotency_test.cpp - keys, as callers see them: through documents.
#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "base/bytes.hpp"
#include "engine/seams.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;
using kameng::sql::Fault;

namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;
const Json nobody = Json::object();

Json keyed(Json context, const std::string& key) {
  context["idempotency_key"] = key;
  return context;
}

Json order_of(const std::string& sku, int quantity = 1) {
  return {{"lines", {{{"sku_id", sku}, {"quantity", quantity}}}}};
}

Json held(Shop& shop, const std::string& sku) {
  return shop.must("stock.get", {{"sku_id", sku}})["held"];
}

}  // namespace

TEST_SUITE("command") {
  // Goal: a repeated call gets the stored answer and does nothing; another request under its key is
  //       told so and does nothing either; writing the request differently does not make it
  //       another.
  // Method: one key; the same request as another document, then another one, then the first again.
  TEST_CASE("the same key and request give the stored answer, another request a mismatch") {
    Shop shop;
    const std::string sku = shop.stock_sku(5);
    const Json me = keyed(shop.on_behalf(shop.customer("li.na@example.com")), "cart-1");
    const Json first = shop.must_as(me, "order.place", order_of(sku));
    Json rewritten = order_of(sku);
    rewritten["contact"] = nullptr;
    CHECK(shop.must_as(me, "order.place", rewritten) == first);
    const auto answer = shop.engine().call_document(
        "order.place", me.dump(),
        R"( {"pay" : null, "lines" : [ {"quantity":1 , "sku_id":")" + sku + R"("} ]} )");
    REQUIRE(answer.ok());
    CHECK(Json::parse(*answer) == first);

    const Outcome other = shop.call("order.place", order_of(sku, 2), me);
    CHECK(other.reason() == "idempotency.mismatch");
    CHECK(other.error["status"] == "FAILED_PRECONDITION");
    CHECK(other.error["retry"] == "never");
    CHECK(shop.must_as(me, "order.place", order_of(sku)) == first);
    CHECK(held(shop, sku) == 1);
  }

  // Goal: a refusal that was decided stays decided, word for word; a new key decides anew.
  // Method: sold out, then stocked.
  TEST_CASE("a decided refusal is stored with all it said") {
    Shop shop;
    const std::string sku = shop.stock_sku(1);
    const Json me = keyed(nobody, "k");
    const Outcome refused = shop.call("order.place", order_of(sku, 2), me);
    CHECK(refused.reason() == "stock.sold_out");
    shop.import_codes(sku, 5, "MORE");
    const Outcome again = shop.call("order.place", order_of(sku, 2), me);
    CHECK(again.error == refused.error);
    CHECK(again.error["field"] == "lines[0].quantity");
    CHECK(again.error["retry"] == "later");
    CHECK(again.error["details"]["available"] == "1");
    CHECK(held(shop, sku) == 0);
    CHECK(shop.call("order.place", order_of(sku, 2), keyed(nobody, "k2")).ok);
  }

  // Goal: nobody meets another actor's key, and an operation not another's.
  // Method: one key by two customers, by the host, for itself and on behalf, and for two
  // operations.
  TEST_CASE("keys are scoped to actor and operation") {
    Shop shop;
    const std::string sku = shop.stock_sku(9);
    const std::string li = shop.customer("li.na@example.com");
    const std::string wu = shop.customer("wu.di@example.com");
    const Json login =
        shop.must_as(nobody, "account.login",
                     {{"identifier", "li.na@example.com"}, {"password", "correct horse"}});
    const auto place = [&](const Json& context) {
      return shop.must_as(keyed(context, "k"), "order.place", order_of(sku))["order_id"];
    };
    const Json by_li = place(shop.on_behalf(li));
    const Json by_wu = place(shop.on_behalf(wu));
    const Json by_host = place({{"as", "host"}});
    const Json by_nobody = place(nobody);
    CHECK(std::set<Json>{by_li, by_wu, by_host, by_nobody}.size() == 4);
    // Whether she came herself or the host speaks for her: the same actor.
    CHECK(place({{"token", login["token"]}}) == by_li);
    CHECK(shop.must_as(keyed({{"as", "host"}}, "k"), "category.create", {{"name", "Music"}})
              .contains("category_id"));
    CHECK(held(shop, sku) == 4);
  }

  // Goal: a repeated call gets its secret again, and no table holds it.
  // Method: a sign-in, a guest's order and a reveal, each twice under one key; every table is
  //         searched for the secrets and for what the callers said in confidence.
  TEST_CASE("secrets are made again on a replay and are in no table") {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    const std::string sku = shop.stock_sku(2, 10'000'000, "TOP-SECRET");
    shop.customer("li.na@example.com");
    const Json who{{"identifier", "li.na@example.com"}, {"password", "correct horse"}};
    const Json session = shop.must_as(keyed(nobody, "k"), "account.login", who);
    CHECK(shop.must_as(keyed(nobody, "k"), "account.login", who) == session);
    const Json order = shop.must_as(keyed(nobody, "k"), "order.place", order_of(sku));
    CHECK(shop.must_as(keyed(nobody, "k"), "order.place", order_of(sku)) == order);
    CHECK(shop.pay(order["order_id"]) == "delivered");
    const Json ask{{"order_id", order["order_id"]}, {"lookup_secret", order["lookup_secret"]}};
    const Json codes = shop.must_as(keyed(nobody, "k"), "code.reveal", ask);
    CHECK(shop.must_as(keyed(nobody, "k"), "code.reveal", ask) == codes);

    const auto tables = SideDoor(temp.file("shop.db")).tables();
    for (const std::string& secret :
         {session["token"].get<std::string>(), order["lookup_secret"].get<std::string>(),
          codes["codes"][0]["text"].get<std::string>(), std::string("correct horse"),
          std::string("li.na@example.com")}) {
      for (const auto& table : tables) {
        const auto& rows = table.second;
        const bool found = std::any_of(rows.begin(), rows.end(), [&](const std::string& row) {
          return row.find(secret) != std::string::npos ||
                 row.find(kameng::to_hex(kameng::as_bytes(secret))) != std::string::npos;
        });
        CHECK_MESSAGE(!found, table.first);
      }
    }
    // Each answer of a reveal stands for itself: two entries, and no key.
    const auto& entries = tables.at("kameng_audit_entry");
    CHECK(std::count_if(entries.begin(), entries.end(), [](const std::string& row) {
            return row.find("\"code.revealed\"") != std::string::npos;
          }) == 2);
  }

  // Goal: what was no decision does not use up a key: a document refused before the phase, a caller
  //       not allowed, a wrong password, a full disk.
  // Method: each under one key, then the right call under it.
  TEST_CASE("what is refused before the phase, a failed sign-in and a full disk store nothing") {
    const TempFolder temp;
    Fault fault = Fault::none;
    kameng::engine::use_seams(
        {.before_statement =
             [&](std::string_view name) { return name == "category.insert" ? fault : Fault::none; },
         .trace = {}});
    Shop shop({.path = temp.file("shop.db")});
    kameng::engine::use_seams({});
    shop.customer("li.na@example.com");
    SideDoor door(temp.file("shop.db"));
    const auto keys = [&] { return door.number("SELECT count(*) FROM kameng_idempotency"); };
    const std::int64_t before = keys();

    const Json host = keyed({{"as", "host"}}, "k");
    CHECK(shop.call("category.create", {{"nam", "Music"}}, host).reason() == "field.unknown");
    CHECK(shop.call("category.create", {{"name", "Music"}}, keyed(nobody, "k")).reason() ==
          "call.unauthenticated");
    fault = Fault::full;
    CHECK(shop.call("category.create", {{"name", "Music"}}, host).reason() == "storage.full");
    fault = Fault::none;
    Json who{{"identifier", "li.na@example.com"}, {"password", "wrong horse"}};
    CHECK(shop.call("account.login", who, keyed(nobody, "k")).reason() ==
          "account.bad_credentials");
    CHECK(keys() == before);

    CHECK(shop.call("category.create", {{"name", "Music"}}, host).ok);
    who["password"] = "correct horse";
    CHECK(shop.call("account.login", who, keyed(nobody, "k")).ok);
    CHECK(keys() == before + 2);
  }

  // Goal: a key is kept 7 days and then forgotten, with those that callers did not bring.
  // Method: the clock moves to the last moment and over it; run_due in between.
  TEST_CASE("keys are pruned after 7 days") {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    const Json host = keyed({{"as", "host"}}, "k");
    const Json first = shop.must_as(host, "category.create", {{"name", "Music"}});
    shop.must("category.create", {{"name", "Films"}});
    SideDoor door(temp.file("shop.db"));
    const auto keys = [&] { return door.number("SELECT count(*) FROM kameng_idempotency"); };
    shop.must("system.advance_clock", {{"by_ms", 7 * day_ms}});
    shop.must("system.run_due");
    CHECK(shop.must_as(host, "category.create", {{"name", "Music"}}) == first);
    CHECK(keys() == 2);
    shop.must("system.advance_clock", {{"by_ms", 1}});
    CHECK(shop.must("system.run_due")["jobs"]["idempotency.prune"] == 2);
    CHECK(keys() == 0);
    CHECK(shop.must_as(host, "category.create", {{"name", "Music"}}) != first);
  }

  // Goal: callers that come with one key at once are one call.
  // Method: 8 threads, one key, in memory and on a file: one order, and everybody hears of it.
  TEST_CASE("8 parallel callers with one key place one order") {
    const TempFolder temp;
    for (const std::string& path : {std::string(":memory:"), temp.file("shop.db")}) {
      CAPTURE(path);
      Shop shop({.path = path});
      const std::string sku = shop.stock_sku(20);
      std::array<Outcome, 8> outcomes;
      std::vector<std::thread> threads;
      for (Outcome& outcome : outcomes) {
        threads.emplace_back(
            [&] { outcome = shop.call("order.place", order_of(sku, 2), keyed(nobody, "one")); });
      }
      for (std::thread& thread : threads) {
        thread.join();
      }
      for (const Outcome& outcome : outcomes) {
        REQUIRE_MESSAGE(outcome.ok, outcome.error.dump());
        CHECK(outcome.answer == outcomes[0].answer);
      }
      CHECK(held(shop, sku) == 2);
      CHECK(shop.must("order.list")["items"].size() == 1);
      shop.check_books();
    }
  }
}

namespace {

// An engine whose disk is full at the second commit of an import.
struct TornImport {
  static constexpr int codes = 20'000;
  TempFolder temp;
  int commits_left = -1;  // until the disk is full; below 0: never
  std::unique_ptr<Shop> shop;
  std::string sku;
  Json request;

  TornImport() {
    kameng::engine::use_seams({.before_statement =
                                   [this](std::string_view name) {
                                     const bool full = name == "commit" && commits_left-- == 0;
                                     return full ? Fault::full : Fault::none;
                                   },
                               .trace = {}});
    shop = std::make_unique<Shop>(ShopOptions{.path = temp.file("shop.db")});
    kameng::engine::use_seams({});
    sku = shop->stock_sku(0);
    std::string content;
    for (int i = 0; i < codes; ++i) {
      content += "C-" + std::to_string(i) + "\n";
    }
    request = {{"sku_id", sku}, {"content", content}};
  }
  Outcome import(const std::string& key) {
    return shop->call("code.import", request, keyed({{"as", "host"}}, key));
  }
  std::int64_t available() { return shop->must("stock.get", {{"sku_id", sku}})["available"]; }
};

}  // namespace

TEST_SUITE("command") {
  // Goal: an import that stops half-way keeps its place: while its lease lasts another call with
  //       the key is told to wait, and afterwards it goes on and imports each code once.
  // Method: the disk is full at the second slice; the clock is moved to the end of the lease.
  TEST_CASE("a torn import is in progress until its lease ends, and then goes on") {
    TornImport torn;
    torn.commits_left = 1;
    CHECK(torn.import("k").reason() == "storage.full");
    torn.commits_left = -1;
    const std::int64_t half = torn.available();
    CHECK(half > 0);
    CHECK(half < TornImport::codes);

    torn.shop->must("system.advance_clock", {{"by_ms", 59'999}});
    const Outcome busy = torn.import("k");
    CHECK(busy.reason() == "idempotency.in_progress");
    CHECK(busy.error["status"] == "ABORTED");
    CHECK(busy.error["retry"] == "same");
    CHECK(torn.available() == half);

    torn.shop->must("system.advance_clock", {{"by_ms", 1}});
    Json other = torn.request;
    other["content"] = "D-1\n";
    CHECK(torn.shop->call("code.import", other, keyed({{"as", "host"}}, "k")).reason() ==
          "idempotency.mismatch");
    const Outcome whole = torn.import("k");
    REQUIRE_MESSAGE(whole.ok, whole.error.dump());
    CHECK(whole.answer["imported"] == TornImport::codes);
    CHECK(whole.answer["duplicates"] == 0);
    CHECK(torn.available() == TornImport::codes);
    CHECK(torn.import("k").answer == whole.answer);
    CHECK(torn.available() == TornImport::codes);
    torn.shop->check_books();
  }
}
