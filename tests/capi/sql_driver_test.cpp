#include <atomic>
#include <cstddef>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <kameng.h>

#include "sql_driver_support.hpp"

namespace kameng_capi_tests {

namespace {

std::string register_reason(const char* name, const kameng_sql_driver* driver) {
  Answer answer;
  answer.status = kameng_register_sql_driver(name, driver, &answer.result);
  return answer.status == KAMENG_OK ? "ok" : answer.reason();
}

void run(sqlite3* connection, const char* sql) {
  REQUIRE(site_run(connection, sql) == SQLITE_OK);
}

}  // namespace

TEST_SUITE_BEGIN("sql_driver");

// Goal: whoever hands over a driver hears why it is not taken, and is let go exactly once.
// Method: every way to be refused, counting destroy.
TEST_CASE("a driver that is refused is destroyed once") {
  TappedDriver driver(nullptr);
  int destroyed = 0;
  const auto refused = [&](const char* name, std::string_view reason) {
    CHECK(register_reason(name, &driver.slots) == reason);
    CHECK(driver.destroy_count == ++destroyed);
  };
  refused(nullptr, "call.null_argument");
  for (const char* const name :
       {"", "Site", "1site", "si te", "a123456789012345678901234567890123"}) {
    refused(name, "sql_driver.name");
  }
  for (const char* const name : {"sqlite", "postgres", "mariadb"}) {
    refused(name, "sql_driver.exists");
  }
  driver.slots.dialect = 4;
  refused("site", "sql_driver.dialect");
  driver.slots.dialect = 0;
  refused("site", "sql_driver.dialect");
  driver.slots.dialect = KAMENG_SQL_SQLITE;
  CHECK(register_reason("site", nullptr) == "sql_driver.not_found");
}

// Goal: a name has one driver, and giving the name up ends it.
// Method: register twice, give up twice.
TEST_CASE("a name is taken until it is given up") {
  TappedDriver first(nullptr), second(nullptr);
  CHECK(register_reason("site", &first.slots) == "ok");
  CHECK(register_reason("site", &second.slots) == "sql_driver.exists");
  CHECK(second.destroy_count == 1);
  CHECK(first.destroy_count == 0);
  CHECK(register_reason("site", nullptr) == "ok");
  CHECK(first.destroy_count == 1);
  CHECK(register_reason("site", nullptr) == "sql_driver.not_found");
  CHECK(first.destroy_count == 1);
}

// Goal: an incomplete driver is refused before it is called.
// Method: leave out each slot in turn; only the last two may be missing.
TEST_CASE("every slot but constraint and destroy is needed") {
  constexpr std::size_t first = offsetof(kameng_sql_driver, acquire);
  constexpr std::size_t optional = offsetof(kameng_sql_driver, constraint);
  int slots = 0;
  for (std::size_t at = first; at < sizeof(kameng_sql_driver); at += sizeof(void*), ++slots) {
    TappedDriver driver(nullptr);
    std::memset(reinterpret_cast<unsigned char*>(&driver.slots) + at, 0, sizeof(void*));
    const bool needed = at < optional;
    CHECK(register_reason("site", &driver.slots) == (needed ? "sql_driver.slot_missing" : "ok"));
    if (needed) {
      CHECK(driver.destroy_count == 1);
    } else {
      CHECK(register_reason("site", nullptr) == "ok");
    }
  }
  CHECK(slots == 18);
}

// Goal: releases that are older or newer than the library are told apart from noise.
// Method: sizes that are wrong, a struct that ends early, one with a slot more.
TEST_CASE("the size of the struct says what is in it") {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{offsetof(kameng_sql_driver, finalize)},
        sizeof(kameng_sql_driver) + 1, std::uint64_t{1} << 20, UINT64_MAX}) {
    TappedDriver driver(nullptr);
    driver.slots.struct_size = size;
    CHECK(register_reason("site", &driver.slots) == "sql_driver.struct_size");
    CHECK(driver.destroy_count == 0);
  }
  TappedDriver driver(nullptr);
  driver.slots.struct_size = offsetof(kameng_sql_driver, constraint);
  CHECK(register_reason("site", &driver.slots) == "ok");
  CHECK(register_reason("site", nullptr) == "ok");
  CHECK(driver.destroy_count == 0);  // the slot is not in such a struct

  struct Newer {
    kameng_sql_driver known;
    void* unknown_slot;
  };
  Newer newer{driver.slots, nullptr};
  newer.known.struct_size = sizeof newer;
  CHECK(register_reason("site", &newer.known) == "ok");
  CHECK(register_reason("site", nullptr) == "ok");
  CHECK(driver.destroy_count == 1);
  newer.unknown_slot = &newer;
  CHECK(register_reason("site", &newer.known) == "sql_driver.unknown_slot");
  CHECK(driver.destroy_count == 2);
}

// Goal: a configuration that names a driver nobody registered says so.
// Method: open.
TEST_CASE("an unknown driver is INCOMPATIBLE") {
  kameng_engine engine = 0;
  Answer answer;
  open(R"({"storage":{"driver":"nobodys"}})", nullptr, engine, answer);
  CHECK(answer.status == KAMENG_INCOMPATIBLE);
  CHECK(answer.reason() == "storage.driver_missing");
}

// Goal: the whole trade works on a host's connections; nothing borrowed is kept; a driver outlives
// its name while an engine uses it.
// Method: a sale with a reveal, counting loans and statements; give the name up before closing.
TEST_CASE("an engine trades on connections that it borrows") {
  TappedDriver* driver = nullptr;
  Site site;
  driver = &site.driver;
  site.open();
  site.stock(3);
  const std::string order = site.ask("order.place", site.order(), "order_id", site.customer());
  CHECK(site.ask("code.reveal", R"({"order_id":")" + order + R"("})", "text", site.customer()) ==
        "CODE-1000");
  Answer answer;
  call(site.engine, "system.verify", as_host, "{}", answer);
  CHECK(answer.status == KAMENG_OK);
  CHECK(answer.json().find("\"ok\":false") == std::string::npos);
  CHECK(site.rows("kameng_order") == 1);
  CHECK(driver->lent == 0);
  CHECK(driver->statements == 0);
  CHECK(register_reason("site", nullptr) == "ok");
  CHECK(driver->destroy_count == 0);
  CHECK(site.ask("stock.get", R"({"sku_id":")" + site.sku + R"("})", "").empty());
  CHECK(kameng_close(site.engine) == KAMENG_OK);
  site.engine = 0;
  CHECK(driver->destroy_count == 1);
}

// Goal: the host's row and the order are there together or not at all.
// Method: roll back, then commit; look from another connection before and after.
TEST_CASE("a joined order is committed and rolled back by the host") {
  Site site;
  site.open();
  site.stock(3);
  for (const bool commits : {false, true}) {
    sqlite3* const connection = site_begin(site.database);
    run(connection, "INSERT INTO site_sale VALUES ('row')");
    // The same key both times: what was rolled back has left no answer behind.
    site.ask("order.place", site.order(), "order_id", site.customer("k"));
    CHECK(site.rows("kameng_order") == 0);
    CHECK(site.rows("site_sale") == 0);
    if (commits) {
      CHECK(site_commit(site.database) == SQLITE_OK);
    } else {
      site_rollback(site.database);
    }
    CHECK(site.rows("kameng_order") == (commits ? 1 : 0));
    CHECK(site.rows("site_sale") == (commits ? 1 : 0));
  }
  CHECK(site.driver.lent == 0);
}

// Goal: a refusal or a fault inside the host's transaction leaves the rest of it standing.
// Method: a row, an operation that is refused and one that fails, another row; commit.
TEST_CASE("what fails in a joined call takes nothing of the host's with it") {
  Site site;
  site.open();
  site.stock(1);
  sqlite3* const connection = site_begin(site.database);
  run(connection, "INSERT INTO site_sale VALUES ('before')");
  Answer answer;
  call(site.engine, "goods.create", as_host, R"({"category_id":"cat_0","name":"x"})", answer);
  CHECK(answer.status != KAMENG_OK);
  site.driver.fail(Slot::step, 3, KAMENG_SQL_FULL);
  call(site.engine, "order.place", site.customer(), site.order(), answer);
  CHECK(answer.reason() == "storage.full");
  CHECK(site.driver.failures == 1);
  run(connection, "INSERT INTO site_sale VALUES ('after')");
  CHECK(site_commit(site.database) == SQLITE_OK);
  CHECK(site.rows("site_sale") == 2);
  CHECK(site.rows("kameng_order") == 0);
}

// Goal: what a caller has used up is not given back when the host rolls back, and nothing of it is
//       in the host's database.
// Method: the whole burst of one address joined, rolled back; one call more, joined and not.
TEST_CASE("rate limits are outside of the host's transaction") {
  Site site;
  site.open();
  const std::string from = R"({"ip":"203.0.113.7"})";
  Answer answer;
  REQUIRE(site_begin(site.database) != nullptr);
  for (int call_number = 0; call_number < 3; ++call_number) {
    call(site.engine, "category.list", from, "{}", answer);
    CHECK(answer.status == KAMENG_OK);
  }
  call(site.engine, "category.list", from, "{}", answer);
  CHECK(answer.reason() == "limit.exceeded");
  site_rollback(site.database);
  call(site.engine, "category.list", from, "{}", answer);
  CHECK(answer.reason() == "limit.exceeded");
  CHECK(answer.status == KAMENG_RESOURCE_EXHAUSTED);
  CHECK(site.rows("kameng_rate_limit") == -1);
  CHECK(site.driver.lent == 0);
}

// Goal: what cannot be taken back is not given out in a transaction that may be.
// Method: every operation that gives a secret or acts outside, joined, and once more afterwards.
TEST_CASE("operations that give something out are refused in the host's transaction") {
  Site site;
  site.open();
  site.stock(5);
  const std::string order = site.ask("order.place", site.order(), "order_id", site.customer());
  const std::string by_order = R"({"order_id":")" + order + R"("})";
  const struct {
    const char* operation;
    std::string context, request;
  } cases[] = {
      {"account.login", "{}", R"({"identifier":"li@example.com","password":"correct horse"})"},
      {"code.reveal", site.customer(), by_order},
      {"order.place", "{}", site.order()},                      // a guest's lookup secret
      {"order.place", site.customer(), site.order("sandbox")},  // a call to send
      {"payment.begin", site.customer(), R"({"order_id":")" + order + R"(","provider":"sandbox"})"},
      {"outbox.pull", std::string(as_host), "{}"},
      {"event.pull", std::string(as_host), "{}"},
      {"audit.checkpoint", std::string(as_host), "{}"},
      {"system.run_due", std::string(as_host), "{}"},
      {"system.advance_clock", std::string(as_host), R"({"by_ms":1})"},
  };
  for (const auto& one : cases) {
    INFO(std::string(one.operation));
    REQUIRE(site_begin(site.database) != nullptr);
    Answer answer;
    call(site.engine, one.operation, one.context, one.request, answer);
    CHECK(answer.status == KAMENG_FAILED_PRECONDITION);
    CHECK(answer.reason() == "storage.joined_transaction");
    site_rollback(site.database);
    call(site.engine, one.operation, one.context, one.request, answer);
    CHECK(answer.reason() != "storage.joined_transaction");
  }
  REQUIRE(site_begin(site.database) != nullptr);
  kameng_engine second = 0;
  Answer answer;
  open(site.config(), nullptr, second, answer);
  CHECK(answer.reason() == "storage.joined_transaction");
  site_rollback(site.database);
}

// Goal: a call never commits by itself what the host meant to commit with its own rows.
// Method: the transaction is gone before the call, goes in the middle of it, cannot write any more,
// and is open without being told of.
TEST_CASE("a transaction that is gone is told, and nothing is written") {
  Site site;
  site.open();
  site.stock(3);
  Answer answer;
  const auto place = [&] {
    call(site.engine, "order.place", site.customer(), site.order(), answer);
    CHECK(site.rows("kameng_order") == 0);
    return answer.reason();
  };
  sqlite3* connection = site_begin(site.database);
  run(connection, "ROLLBACK");
  CHECK(place() == "storage.transaction_lost");
  CHECK(answer.status == KAMENG_ABORTED);
  site_rollback(site.database);

  // At RELEASE, and at the statements: what a deadlock does on a server.
  for (const Slot slot : {Slot::execute, Slot::step}) {
    connection = site_begin(site.database);
    site.driver.run_first = slot == Slot::execute ? "ROLLBACK" : nullptr;
    site.driver.fail(slot, 2, KAMENG_SQL_CONFLICT);
    CHECK(place() == "storage.transaction_lost");
    CHECK(site.driver.failures == 1);  // and it was not run again
    site_rollback(site.database);
  }
  site.driver.run_first = nullptr;

  // It has read, somebody else has written since.
  connection = site_begin(site.database);
  run(connection, "COMMIT");
  run(connection, "BEGIN");
  run(connection, "SELECT count(*) FROM site_sale");
  std::thread([&] {
    site_run(site_begin(site.database), "INSERT INTO site_sale VALUES ('newer')");
    site_commit(site.database);
  }).join();
  CHECK(site.rows("site_sale") == 1);
  CHECK(place() == "storage.transaction_lost");
  site_rollback(site.database);

  connection = site_begin(site.database);
  site.driver.denies_joining = true;
  CHECK(place() == "storage.transaction_open");
  CHECK(answer.status == KAMENG_MISUSE);
  site.driver.denies_joining = false;
  site_rollback(site.database);
  site.ask("order.place", site.order(), "order_id", site.customer());
  CHECK(site.driver.lent == 0);
}

// Goal: a slot that fails once, wherever it is, gives a declared reason and harms nothing; the same
// key succeeds afterwards, once.
// Method: fail the n-th call of each slot for every n that an order makes; FULL is final, CONFLICT
// and LOST are run again by the engine.
TEST_CASE("every slot may fail at every call") {
  Site site;
  site.open();
  site.stock(900);
  int orders = 0, injected = 0;
  for (const Slot slot : failing_slots) {
    for (const std::int32_t outcome : {KAMENG_SQL_FULL, KAMENG_SQL_CONFLICT, KAMENG_SQL_LOST}) {
      int at = 0;
      bool failed = false;
      do {
        site.driver.fail(slot, ++at, outcome);
        const std::string context = site.customer("key-" + std::to_string(orders));
        Answer answer;
        call(site.engine, "order.place", context, site.order(), answer);
        failed = site.driver.failures == 1;
        site.driver.fail(Slot::none, 0, KAMENG_SQL_OK);
        injected += failed ? 1 : 0;
        const bool is_final = outcome == KAMENG_SQL_FULL && failed;
        // The dispatch's own look at the connection is not repeated.
        const bool is_look = slot == Slot::acquire && at == 1;
        if (is_final || is_look) {
          CHECK(answer.status != KAMENG_OK);
          CHECK(answer.reason().substr(0, 8) == "storage.");
        } else {
          INFO(static_cast<int>(slot), " ", at, " ", answer.json());
          CHECK(answer.status == KAMENG_OK);
        }
        call(site.engine, "order.place", context, site.order(), answer);
        CHECK(answer.status == KAMENG_OK);
        ++orders;
      } while (failed);
      CHECK(at > 1);
    }
  }
  CHECK(injected > 100);
  CHECK(site.rows("kameng_order") == orders);
  CHECK(site.driver.lent == 0);
  CHECK(site.driver.statements == 0);
  Answer answer;
  call(site.engine, "system.verify", as_host, "{}", answer);
  CHECK(answer.json().find("\"ok\":false") == std::string::npos);
}

// Goal: slots are leaves.
// Method: each calls the engine, registers and closes.
TEST_CASE("calling the engine from a slot of a driver is MISUSE") {
  Site site;
  site.open();
  site.stock(1);
  site.driver.reenter = site.engine;
  const int before = site.driver.calls;
  site.ask("order.place", site.order(), "order_id", site.customer());
  CHECK(site.driver.calls > before + 50);
  CHECK(site.driver.refused);
  site.driver.reenter = 0;
}

// Goal: callers on connections of their own, joined and not, sell each code once.
// Method: four threads, ten orders each, every second one with a row of the host's.
TEST_CASE("callers on several connections") {
  Site site;
  site.open();
  site.stock(40);
  std::atomic<int> joined{0}, alone{0}, unexpected{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int order = 0; order < 10; ++order) {
        const bool joins = order % 2 == 0;
        sqlite3* connection = nullptr;
        while (joins && connection == nullptr) {
          connection = site_begin(site.database);
        }
        kameng_result result = 0;
        const std::string context = site.customer(), request = site.order();
        const kameng_status status =
            kameng_call(site.engine, "order.place", context.data(), context.size(), request.data(),
                        request.size(), &result);
        kameng_result_free(result);
        unexpected += status == KAMENG_OK ? 0 : 1;
        if (joins) {
          site_run(connection, "INSERT INTO site_sale VALUES ('x')");
          joined += site_commit(site.database) == SQLITE_OK ? 1 : 0;
        } else {
          ++alone;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(unexpected == 0);
  CHECK(joined == 20);
  CHECK(alone == 20);
  CHECK(site.rows("kameng_order") == 40);
  CHECK(site.rows("site_sale") == 20);
  Answer answer;
  call(site.engine, "stock.get", as_host, R"({"sku_id":")" + site.sku + R"("})", answer);
  CHECK(answer.json().find("\"available\":0,\"held\":0,\"sold\":40") != std::string::npos);
  call(site.engine, "system.verify", as_host, "{}", answer);
  CHECK(answer.json().find("\"ok\":false") == std::string::npos);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
