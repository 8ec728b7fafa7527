#include <atomic>
#include <set>
#include <thread>

#include "vault/fixture.hpp"

namespace kameng {
namespace {

constexpr sql::Statement set_status{"test.set_status",
                                    "UPDATE {p}code SET status = ? WHERE id = ?"};
constexpr sql::Statement count_owned{"test.count_owned",
                                     "SELECT COUNT(*) FROM {p}code WHERE order_id = ?"};

}  // namespace

TEST_SUITE("vault") {
  // Goal: a code's whole life changes rows and counts together, before and after folds.
  // Method: hold, sell, reveal, release, return, claim; the counts after each, with folds between.
  TEST_CASE("codes are held, sold, revealed, released and returned") {
    vault::test::Shop shop;
    shop.stock_up(shop.sku, 10);
    const auto first = shop.next_id<OrderId>();
    const auto second = shop.next_id<OrderId>();
    const auto write = [&](auto body) {
      shop.memory.write([&](sql::Transaction& tx) {
        body(tx);
        return !tx.failed();
      });
    };
    CHECK(shop.stock(shop.sku) == "10/0/0");
    write([&](auto& tx) {
      const auto codes = vault::pick(tx, shop.sku, 3);
      REQUIRE(codes.size() == 3);
      CHECK(codes[0] < codes[1]);
      vault::hold(tx, codes, shop.sku, {first, 0}, 1000);
      vault::hold(tx, vault::pick(tx, shop.sku, 2), shop.sku, {second, 1}, 1000);
    });
    CHECK(shop.stock(shop.sku) == "5/5/0");
    write([&](auto& tx) {
      const auto held = vault::held(tx, first);
      REQUIRE(held.size() == 3);
      CHECK(held[0].sku_id == shop.sku);
      vault::sell(tx, first, held);
      CHECK(vault::held(tx, first).empty());
      vault::release(tx, second, vault::held(tx, second));
    });
    CHECK(shop.stock(shop.sku) == "7/0/3");
    write([&](auto& tx) {
      vault::claim(tx, vault::pick(tx, shop.sku, 2), shop.sku, {second, 1});
      // On SQLite it was counted in place; on servers there is more than one row to fold.
      CHECK(vault::fold_stock(tx, 1) == kameng::test::on_server());
    });
    CHECK(shop.stock(shop.sku) == "5/0/5");
    CHECK(shop.sound());
    write([&](auto& tx) {
      vault::mark_revealed(tx, first);
      vault::mark_revealed(tx, first);
      vault::return_unrevealed(tx, first, vault::sold_to(tx, first));
      vault::return_unrevealed(tx, second, vault::sold_to(tx, second));
    });
    CHECK(shop.stock(shop.sku) == "7/0/3");
    write([&](auto& tx) {
      const auto sold = vault::sold_to(tx, first);
      REQUIRE(sold.size() == 3);
      CHECK(sold[0].revealed);
      CHECK(vault::sold_to(tx, second).empty());
      CHECK(vault::pick(tx, shop.sku, 100).size() == 7);
      CHECK(vault::pick(tx, SkuId{}, 1).empty());
    });
    CHECK(shop.sound());
  }

  // Goal: what was revealed never returns, whoever writes the statement.
  // Method: an UPDATE by hand.
  TEST_CASE("a revealed code never returns to stock") {
    vault::test::Shop shop;
    shop.stock_up(shop.sku, 1);
    const auto order = shop.next_id<OrderId>();
    std::int64_t code = 0;
    shop.memory.write([&](sql::Transaction& tx) {
      const auto codes = vault::pick(tx, shop.sku, 1);
      code = codes.at(0);
      vault::claim(tx, codes, shop.sku, {order, 0});
      vault::mark_revealed(tx, order);
      return 0;
    });
    const auto outcome = shop.memory.database().write(tests::MemoryDatabase::soon(),
                                                      [&](sql::Transaction& tx) -> Result<void> {
                                                        tx.run(set_status, 3, code);
                                                        return {};
                                                      });
    CHECK_FALSE(outcome.ok());
  }

  // Goal: the schema refuses a code that is somebody's without an order, or the reverse, and
  // unknown states. Method: each status set by hand on a code for sale.
  TEST_CASE("the schema ties a code's state to its order") {
    vault::test::Shop shop;
    shop.stock_up(shop.sku, 1);
    for (const int status : {-1, 2, 3, 4, 5}) {
      CAPTURE(status);
      const auto outcome = shop.memory.database().write(
          tests::MemoryDatabase::soon(), [&](sql::Transaction& tx) -> Result<void> {
            tx.run(set_status, status, vault::pick(tx, shop.sku, 1).at(0));
            return {};
          });
      CHECK_FALSE(outcome.ok());
    }
    CHECK(shop.sound());
  }

  // Goal: a change that does not start from the expected state is a conflict and changes nothing.
  // Method: hold twice, sell with a stale list, release nothing as something.
  TEST_CASE("a change that lost its ground is a conflict") {
    vault::test::Shop shop;
    shop.stock_up(shop.sku, 2);
    const auto order = shop.next_id<OrderId>();
    const auto fault_of = [&](auto body) {
      sql::Fault fault = sql::Fault::none;
      const auto outcome = shop.memory.database().write(
          Deadline::after_ms(2'000), [&](sql::Transaction& tx) -> Result<void> {
            body(tx);
            tx.settle();
            fault = tx.failure().fault;
            return Error{Status::internal, "test.rolled_back", "the test rolls back"};
          });
      CHECK_FALSE(outcome.ok());
      return fault;
    };
    CHECK(fault_of([&](sql::Transaction& tx) {
            const auto codes = vault::pick(tx, shop.sku, 1);
            vault::hold(tx, codes, shop.sku, {order, 0}, 1);
            vault::hold(tx, codes, shop.sku, {order, 0}, 1);
          }) == sql::Fault::conflict);
    CHECK(fault_of([&](sql::Transaction& tx) {
            vault::hold(tx, vault::pick(tx, shop.sku, 1), SkuId{}, {order, 0}, 1);
          }) == sql::Fault::conflict);
    CHECK(fault_of([&](sql::Transaction& tx) {
            vault::hold(tx, vault::pick(tx, shop.sku, 1), shop.sku, {order, 0}, 1);
            const auto stale = vault::held(tx, order);
            vault::release(tx, order, stale);
            vault::sell(tx, order, stale);
          }) == sql::Fault::conflict);
    CHECK(shop.stock(shop.sku) == "2/0/0");
  }

  // Goal: no code is held twice and none is lost when many want them at once.
  // Method: 64 threads hold 3 codes each as long as there are any; exact counts afterwards.
  TEST_CASE("many customers draw from one stock") {
    vault::test::Shop shop;
    constexpr int stock = 150;
    constexpr int threads = 64;
    shop.stock_up(shop.sku, stock);
    std::vector<OrderId> orders;
    for (int i = 0; i < threads; ++i) {
      orders.push_back(shop.next_id<OrderId>());
    }
    std::atomic<int> failures = 0;
    std::vector<int> held(threads, 0);
    {
      std::vector<std::jthread> crowd;
      for (int i = 0; i < threads; ++i) {
        crowd.emplace_back([&, i] {
          const auto index = static_cast<std::size_t>(i);
          const auto outcome = shop.memory.database().write(
              Deadline::after_ms(60'000), [&, index](sql::Transaction& tx) -> Result<void> {
                held[index] = 0;
                const auto codes = vault::pick(tx, shop.sku, 3);
                if (codes.size() == 3) {
                  vault::hold(tx, codes, shop.sku, {orders[index], 0}, 1);
                  held[index] = 3;
                }
                return {};
              });
          failures += outcome.ok() ? 0 : 1;
        });
      }
    }
    CHECK(failures == 0);
    int total = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      total += held[i];
      const auto rows = shop.memory.read([&](sql::Transaction& tx) {
        sql::Rows found = tx.query(count_owned, orders[i]);
        return found.next() ? found.int64(0) : -1;
      });
      CHECK(rows == held[i]);
    }
    CHECK(total == stock);
    CHECK(shop.stock(shop.sku) == "0/150/0");
    CHECK(shop.sound());
  }

  // Goal: a fault in the rows has a name in system.verify.
  // Method: each fault made by hand, and the finding that must tell of it.
  TEST_CASE("verify finds what is wrong") {
    const auto finding_after = [](const char* script) {
      vault::test::Shop shop;
      shop.stock_up(shop.sku, 2);
      shop.memory.write([](sql::Transaction& tx) { return vault::fold_stock(tx, 100); });
      shop.memory.damage(script);
      std::string wrong;
      for (const Finding& finding :
           shop.memory.read([](sql::Transaction& tx) { return vault::verify(tx); })) {
        if (!finding.ok) {
          CHECK_FALSE(finding.detail.empty());
          wrong += std::string(finding.name) + " ";
        }
      }
      return wrong;
    };
    CHECK(finding_after("SELECT 1") == "");
    CHECK(finding_after("UPDATE {p}stock_count SET available = available + 1") ==
          "vault.stock_counts_match ");
    CHECK(finding_after("DELETE FROM {p}code WHERE ordinal = 0") == "vault.stock_counts_match ");
    CHECK(finding_after("UPDATE {p}code SET ordinal = 0") == "vault.ordinals_are_unique ");
    CHECK(finding_after("UPDATE {p}batch SET next_ordinal = 1") == "vault.codes_fit_their_batch ");
    CHECK(finding_after("DELETE FROM {p}batch") == "vault.codes_fit_their_batch ");
    CHECK(finding_after("PRAGMA ignore_check_constraints = 1;"
                        "UPDATE {p}code SET line = 1 WHERE ordinal = 0") ==
          "vault.codes_have_one_owner ");
  }
}

}  // namespace kameng
