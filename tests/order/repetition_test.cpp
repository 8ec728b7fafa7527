// repetition_test.cpp - the same thing done twice: with one key, with two keys, after a commit
// whose outcome was lost, with a clock that jumps back, and when its first try failed.
#include <atomic>

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "engine/seams.hpp"
#include "order/market.hpp"
#include "support/fault_vfs.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

Json with_key(const char* key) {
  return {{"as", "host"}, {"idempotency_key", key}};
}

// While it lives, databases are opened through the file system that fails when told to.
class FaultyDisk {
 public:
  FaultyDisk() : vfs(FaultVfs::install("kameng-fault")), before_(sqlite3_vfs_find(nullptr)) {
    sqlite3_vfs_register(sqlite3_vfs_find("kameng-fault"), 1);
  }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk() { sqlite3_vfs_register(before_, 1); }

  FaultVfs& vfs;

 private:
  sqlite3_vfs* before_;
};

// While it lives, engines that are opened have these seams.
class UseSeams {
 public:
  explicit UseSeams(engine::Seams seams) { engine::use_seams(std::move(seams)); }
  UseSeams(const UseSeams&) = delete;
  UseSeams& operator=(const UseSeams&) = delete;
  ~UseSeams() { engine::use_seams({}); }
};

TEST_SUITE("order") {
  // Goal: money is given back once, whoever asks how often: with one key, with two, or with none.
  // Method: the cancel of a partly paid order, four times; one refund, one call.
  TEST_CASE("a refund asked for twice") {
    Market market;
    const Json order = market.place();
    CHECK(market.notice(market.begin(order), Market::amount(400)) == "short");
    const Json cancel{{"order_id", order["order_id"]}};
    const Json first = market.shop.must_as(with_key("k1"), "order.cancel", cancel);
    CHECK(market.shop.must_as(with_key("k1"), "order.cancel", cancel) == first);
    CHECK(market.shop.must_as(with_key("k2"), "order.cancel", cancel) == first);
    CHECK(market.shop.must("order.cancel", cancel) == first);
    CHECK(market.books() == "A.clearing=-400 L.refund_transit=400");
    CHECK(market.events()["refund.requested"] == 1);
    CHECK(market.events()["order.cancelled"] == 1);
    CHECK(market.answer(market.pull_one("refund.send")) == "done");
    CHECK(market.books().empty());
    market.shop.check_books();
  }

  // Goal: a step that is repeated with its key is the same step; another request under the key is
  // refused and does nothing.
  // Method: place, begin and credit, twice each; then each with something else in it.
  TEST_CASE("a key is one step") {
    Market market;
    const std::string account = market.shop.customer("lin@example.com");
    const Json one{{"lines", {{{"sku_id", market.sku}, {"quantity", 1}}}}};
    const Json two{{"lines", {{{"sku_id", market.sku}, {"quantity", 2}}}}};
    const Json order = market.shop.must_as(with_key("p"), "order.place", one);
    CHECK(market.shop.must_as(with_key("p"), "order.place", one) == order);
    CHECK(market.shop.call("order.place", two, with_key("p")).reason() == "idempotency.mismatch");
    CHECK(market.stock() == "4/1/0");

    const Json begin{{"order_id", order["order_id"]}, {"provider", "sandbox"}};
    const Json begun = market.shop.must_as(with_key("b"), "payment.begin", begin);
    CHECK(market.shop.must_as(with_key("b"), "payment.begin", begin) == begun);
    CHECK(market.events()["payment.begun"] == 1);

    Json credit{{"account_id", account},
                {"amount", {{"amount", 500}, {"currency", "CNY"}}},
                {"source", "bank"},
                {"reason", "paid in"}};
    market.shop.must_as(with_key("c"), "wallet.credit", credit);
    CHECK(market.shop.must_as(with_key("c"), "wallet.credit", credit)["balance"]["amount"] == 500);
    credit["amount"]["amount"] = 501;
    CHECK(market.shop.call("wallet.credit", credit, with_key("c")).reason() ==
          "idempotency.mismatch");
    CHECK(market.books() == "A.bank=-500 L.wallet=500");
    market.shop.check_books();
  }

  // Goal: a decision stays decided: a refusal is repeated with its key although it could be
  // accepted now.
  // Method: sold out, then restocked; the old key and a new one.
  TEST_CASE("a refusal under a key stays") {
    Market market(1);
    market.place();
    const Json one{{"lines", {{{"sku_id", market.sku}, {"quantity", 1}}}}};
    CHECK(market.shop.call("order.place", one, with_key("k")).reason() == "stock.sold_out");
    market.shop.import_codes(market.sku, 3, "MORE");
    CHECK(market.shop.call("order.place", one, with_key("k")).reason() == "stock.sold_out");
    CHECK(market.shop.call("order.place", one, with_key("k2")).ok);
    market.shop.check_books();
  }

  // Goal: a commit whose outcome nobody knows is answered rightly and done once, at each step of
  // the trade.
  // Method: the WAL's flush fails at the commit, a server's connection ends there; on the reopened
  // file or another connection the work is found or done again.
  TEST_CASE("a commit is lost after COMMIT") {
    const FaultyDisk disk;
    std::atomic<bool> loses_next = false;
    const UseSeams seams({.before_statement = [&loses_next](std::string_view name) {
      return name == "commit" && loses_next.exchange(false) ? sql::Fault::lost : sql::Fault::none;
    }});
    const TempFolder folder;
    Market market(5, {.path = folder.file("shop.db")});
    const auto lose_commit = [&] {
      if (on_server()) {
        loses_next = true;
      } else {
        disk.vfs.fail_next_sync("-wal");
      }
    };
    lose_commit();
    const Json order = market.place();
    CHECK(market.stock() == "4/1/0");
    lose_commit();
    const Json begun = market.begin(order);
    const Json notice = market.shop.notice_for(begun["out_trade_no"], Market::amount(1200));
    lose_commit();
    CHECK(market.receive(notice) == "excess_refunded");
    CHECK(market.receive(notice) == "excess_refunded");
    const Json call = market.pull_one("refund.send");
    lose_commit();
    CHECK(market.answer(call) == "done");
    CHECK(market.answer(call) == "repeated");
    CHECK(market.stock() == "4/0/1");
    CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
    CHECK(market.events()["order.delivered"] == 1);
    CHECK(market.shop.must("order.list")["items"].size() == 1);
    CHECK(market.shop.must("system.health")["metrics"]["retries"] == 4);
    market.shop.check_books();
  }

  // Goal: when the effect of a verified notice fails for a reason of ours, the provider hears
  // success, the notice is kept, and the effect happens later, once.
  // Method: the write of the sale fails once inside the phase; then run_due, with and without a
  // second copy of the notice before it.
  TEST_CASE("the effect of a notice fails once") {
    for (const bool copy_comes_first : {false, true}) {
      CAPTURE(copy_comes_first);
      int failures = 0;
      const UseSeams seams({.before_statement = [&failures](std::string_view name) {
        return name == "code.sell" && failures-- > 0 ? sql::Fault::check : sql::Fault::none;
      }});
      Market market;
      const Json order = market.place();
      const Json begun = market.begin(order);
      const Json notice = market.shop.notice_for(begun["out_trade_no"]);
      failures = 1;
      CHECK(market.receive(notice) == "deferred");
      CHECK(market.status(order) == "pending_payment");
      CHECK(market.books().empty());
      CHECK(market.events()["notice.deferred"] == 1);
      if (copy_comes_first) {
        CHECK(market.receive(notice) == "delivered");
      }
      CHECK(market.run_due()["notice.apply"] == 1);
      CHECK(market.status(order) == "delivered");
      CHECK(market.receive(notice) == "delivered");
      CHECK(market.notice(begun) == "repeated");
      CHECK(market.books() == "A.clearing=-1000 I.sales=1000");
      market.shop.check_books();
    }
  }

  // Goal: a clock that jumps back neither expires an order early nor loses what was due.
  // Method: a file shop that is closed and opened again an hour earlier, with an order placed, one
  // paid, one closing and a call leased.
  TEST_CASE("the clock jumps back") {
    const TempFolder folder;
    const std::int64_t start_ms = 1'790'000'000'000;
    Json waiting;
    Json closing;
    Json begun;
    std::string sku;
    {
      Market market(5, {.path = folder.file("shop.db"), .manual_ms = start_ms});
      sku = market.sku;
      closing = market.place();
      market.begin(closing);
      market.advance(hold_ms);
      market.run_due();
      waiting = market.place();
      begun = market.begin(waiting);
      CHECK(market.pull().size() == 1);
    }
    Shop shop({.path = folder.file("shop.db"), .manual_ms = start_ms - 60 * minute_ms});
    const auto status = [&](const Json& order) {
      return shop.must("order.get", {{"order_id", order["order_id"]}})["status"];
    };
    CHECK(shop.must("system.run_due")["jobs"].contains("order.expire") == false);
    CHECK(status(waiting) == "pending_payment");
    CHECK(status(closing) == "closing");
    CHECK(shop.must("outbox.pull")["calls"].empty());
    CHECK(shop.must_as(Json::object(), "notice.receive",
                       shop.notice_for(begun["out_trade_no"]))["outcome"] == "delivered");
    // The old times come again, and with them what was due.
    shop.must("system.advance_clock", {{"by_ms", 60 * minute_ms + hold_ms + 10 * minute_ms}});
    CHECK(shop.must("system.run_due")["jobs"]["order.expire"] == 1);
    CHECK(status(closing) == "expired");
    CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
          Json{{"available", 4}, {"held", 0}, {"sold", 1}});
    shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
