// sql_driver_support.hpp - the sample driver of examples/c with a tap on every slot, and a shop in
// a file of the host's.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "examples/c/sqlite_driver.h"
#include "support.hpp"

namespace kameng_capi_tests {

// Which slot is to fail. The others cannot.
enum class Slot { none, acquire, execute, prepare, bind_null, bind_int64, bind_bytes, step, reset };
inline constexpr Slot failing_slots[] = {Slot::acquire,   Slot::execute,    Slot::prepare,
                                         Slot::bind_null, Slot::bind_int64, Slot::bind_bytes,
                                         Slot::step,      Slot::reset};

// The sample's slots, each announced before it runs.
struct TappedDriver {
  explicit TappedDriver(site_database* site) : inner(site_driver(site)) { fill(); }
  TappedDriver(const TappedDriver&) = delete;
  TappedDriver& operator=(const TappedDriver&) = delete;

  void fail(Slot which, int at, std::int32_t with) {
    slot = which;
    fail_at = at;
    fail_with = with;
    seen = 0;
    failures = 0;
  }

  // What the slot has to return instead of running; OK when it runs.
  std::int32_t announce(Slot which) {
    ++calls;
    if (reenter != 0) {
      kameng_result result = 0;
      refused =
          refused &&
          kameng_call(reenter, plain_operation, nullptr, 0, nullptr, 0, &result) == KAMENG_MISUSE &&
          std::string(kameng_result_json(result)).find("engine.reentered") != std::string::npos &&
          kameng_register_sql_driver("other", nullptr, nullptr) == KAMENG_MISUSE &&
          kameng_close(reenter) == KAMENG_MISUSE;
      kameng_result_free(result);
    }
    if (slot == Slot::none || which != slot || ++seen != fail_at) {
      return KAMENG_SQL_OK;
    }
    ++failures;
    return fail_with;
  }
  void fill();
  void fill_statement_slots();

  kameng_sql_driver inner;
  kameng_sql_driver slots = {};
  Slot slot = Slot::none;
  int fail_at = 0;
  std::int32_t fail_with = KAMENG_SQL_OK;
  int seen = 0;
  int failures = 0;
  kameng_engine reenter = 0;
  bool refused = true;
  bool denies_joining = false;      // says that no transaction is open when one is
  const char* run_first = nullptr;  // SQL that the failing execute runs on its connection first
  std::atomic<int> calls{0};
  std::atomic<int> lent{0};
  std::atomic<int> statements{0};
  std::atomic<int> destroy_count{0};
};

inline TappedDriver& tapped(void* user) {
  return *static_cast<TappedDriver*>(user);
}

inline void TappedDriver::fill() {
  slots = inner;
  slots.user = this;
  slots.acquire = [](void* user, std::int64_t timeout_ms, void** connection, std::int32_t* joined) {
    TappedDriver& self = tapped(user);
    std::int32_t outcome = self.announce(Slot::acquire);
    if (outcome == KAMENG_SQL_OK) {
      outcome = self.inner.acquire(self.inner.user, timeout_ms, connection, joined);
      self.lent += outcome == KAMENG_SQL_OK ? 1 : 0;
      *joined = self.denies_joining ? 0 : *joined;
    }
    return outcome;
  };
  slots.release = [](void* user, void* connection) {
    TappedDriver& self = tapped(user);
    static_cast<void>(self.announce(Slot::none));
    --self.lent;
    self.inner.release(self.inner.user, connection);
  };
  slots.execute = [](void* user, void* connection, const char* sql, std::size_t size) {
    TappedDriver& self = tapped(user);
    const std::int32_t outcome = self.announce(Slot::execute);
    if (outcome != KAMENG_SQL_OK && self.run_first != nullptr) {
      static_cast<void>(self.inner.execute(self.inner.user, connection, self.run_first, 0));
    }
    return outcome != KAMENG_SQL_OK ? outcome
                                    : self.inner.execute(self.inner.user, connection, sql, size);
  };
  slots.prepare = [](void* user, void* connection, const char* sql, std::size_t size,
                     void** statement) {
    TappedDriver& self = tapped(user);
    std::int32_t outcome = self.announce(Slot::prepare);
    if (outcome == KAMENG_SQL_OK) {
      outcome = self.inner.prepare(self.inner.user, connection, sql, size, statement);
      self.statements += outcome == KAMENG_SQL_OK ? 1 : 0;
    }
    return outcome;
  };
  slots.finalize = [](void* user, void* statement) {
    TappedDriver& self = tapped(user);
    --self.statements;
    self.inner.finalize(self.inner.user, statement);
  };
  fill_statement_slots();
}

inline void TappedDriver::fill_statement_slots() {
  slots.bind_null = [](void* user, void* statement, std::int32_t index) {
    TappedDriver& self = tapped(user);
    const std::int32_t outcome = self.announce(Slot::bind_null);
    return outcome != KAMENG_SQL_OK ? outcome
                                    : self.inner.bind_null(self.inner.user, statement, index);
  };
  slots.bind_int64 = [](void* user, void* statement, std::int32_t index, std::int64_t value) {
    TappedDriver& self = tapped(user);
    const std::int32_t outcome = self.announce(Slot::bind_int64);
    return outcome != KAMENG_SQL_OK
               ? outcome
               : self.inner.bind_int64(self.inner.user, statement, index, value);
  };
  slots.bind_bytes = [](void* user, void* statement, std::int32_t index, std::int32_t kind,
                        const void* data, std::size_t size) {
    TappedDriver& self = tapped(user);
    const std::int32_t outcome = self.announce(Slot::bind_bytes);
    return outcome != KAMENG_SQL_OK
               ? outcome
               : self.inner.bind_bytes(self.inner.user, statement, index, kind, data, size);
  };
  slots.step = [](void* user, void* statement) {
    TappedDriver& self = tapped(user);
    const std::int32_t outcome = self.announce(Slot::step);
    return outcome != KAMENG_SQL_OK ? outcome : self.inner.step(self.inner.user, statement);
  };
  slots.reset = [](void* user, void* statement) {
    TappedDriver& self = tapped(user);
    const std::int32_t reset = self.inner.reset(self.inner.user, statement);
    const std::int32_t outcome = self.announce(Slot::reset);
    return outcome != KAMENG_SQL_OK ? outcome : reset;
  };
  slots.in_transaction = [](void* user, void* connection) {
    TappedDriver& self = tapped(user);
    return self.inner.in_transaction(self.inner.user, connection);
  };
  slots.changes = [](void* user, void* connection) {
    TappedDriver& self = tapped(user);
    return self.inner.changes(self.inner.user, connection);
  };
  slots.bind_double = [](void* user, void* statement, std::int32_t index, double value) {
    TappedDriver& self = tapped(user);
    return self.inner.bind_double(self.inner.user, statement, index, value);
  };
  slots.column_kind = [](void* user, void* statement, std::int32_t column) {
    TappedDriver& self = tapped(user);
    return self.inner.column_kind(self.inner.user, statement, column);
  };
  slots.column_int64 = [](void* user, void* statement, std::int32_t column) {
    TappedDriver& self = tapped(user);
    return self.inner.column_int64(self.inner.user, statement, column);
  };
  slots.column_bytes = [](void* user, void* statement, std::int32_t column, std::size_t* size) {
    TappedDriver& self = tapped(user);
    return self.inner.column_bytes(self.inner.user, statement, column, size);
  };
  slots.constraint = [](void* user, void* connection) {
    TappedDriver& self = tapped(user);
    return self.inner.constraint(self.inner.user, connection);
  };
  slots.destroy = [](void* user) { ++tapped(user).destroy_count; };
}

// A site with a database of its own and an engine on it, through the tapped driver `site`.
struct Site {
  Site() : database(site_open((folder.path() + "/site.db").c_str())), driver(database) {
    sqlite3* const connection = site_begin(database);
    REQUIRE(connection != nullptr);
    site_run(connection, "CREATE TABLE site_sale (note TEXT)");
    REQUIRE(site_commit(database) == SQLITE_OK);
    REQUIRE(kameng_register_sql_driver("site", &driver.slots, nullptr) == KAMENG_OK);
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site() {
    kameng_close(engine);
    kameng_register_sql_driver("site", nullptr, nullptr);
    site_close(database);
  }

  [[nodiscard]] std::string config() const {
    return R"({"storage":{"driver":"site"},"allow_sandbox":true,"providers":{"sandbox":)"
           R"({"enabled":true}},"accounts":{"argon2_memory_kib":8,)"
           R"("argon2_passes":1,"verify_contact":"optional"},)"
           R"("limits":{"ip":{"per_minute":1,"burst":3},"account":{"per_minute":0}},)"
           R"("vault":{"key_file":")" +
           folder.path() + R"(/key","create":true}})";
  }
  void open() {
    Answer answer;
    kameng_capi_tests::open(config(), nullptr, engine, answer);
    INFO(answer.json());
    REQUIRE(answer.status == KAMENG_OK);
  }
  // An operation that has to succeed; one member of its answer.
  std::string ask(const char* operation, const std::string& request, std::string_view member,
                  std::string_view context = as_host) {
    Answer answer;
    call(engine, operation, context, request, answer);
    INFO(std::string(operation), " ", answer.json());
    REQUIRE(answer.status == KAMENG_OK);
    return answer.member(member);
  }
  // Goods with `codes` codes, and a customer with money.
  void stock(int codes) {
    const std::string category = ask("category.create", R"({"name":"Cards"})", "category_id");
    const std::string goods =
        ask("goods.create",
            R"({"category_id":")" + category +
                R"(","name":"Coins","skus":[{"name":"1","unit_price_micros":1000000,)"
                R"("currency":"CNY"}]})",
            "goods_id");
    sku = ask("goods.get", R"({"goods_id":")" + goods + R"("})", "sku_id");
    std::string content;
    for (int code = 0; code < codes; ++code) {
      content += "CODE-" + std::to_string(1000 + code) + "\\n";
    }
    ask("code.import", R"({"sku_id":")" + sku + R"(","content":")" + content + R"("})", "");
    ask("goods.publish", R"({"goods_id":")" + goods + R"("})", "");
    account = ask("account.register", R"({"email":"li@example.com","password":"correct horse"})",
                  "account_id");
    ask("wallet.credit",
        R"({"account_id":")" + account +
            R"(","amount":{"amount":1000000,"currency":"CNY"},"source":"bank","reason":"t"})",
        "");
  }
  [[nodiscard]] std::string customer(std::string_view key = {}) const {
    return R"({"as":"host","account_id":")" + account + '"' +
           (key.empty() ? std::string() : R"(,"idempotency_key":")" + std::string(key) + '"') + "}";
  }
  [[nodiscard]] std::string order(std::string_view provider = "wallet") const {
    return R"({"lines":[{"sku_id":")" + sku + R"(","quantity":1}],"pay":{"provider":")" +
           std::string(provider) + R"("}})";
  }
  // Rows as another connection sees them; -1 when it cannot.
  [[nodiscard]] int rows(const std::string& table) const {
    sqlite3* connection = nullptr;
    sqlite3_stmt* statement = nullptr;
    int count = -1;
    sqlite3_open((folder.path() + "/site.db").c_str(), &connection);
    sqlite3_prepare_v2(connection, ("SELECT count(*) FROM " + table).c_str(), -1, &statement,
                       nullptr);
    if (sqlite3_step(statement) == SQLITE_ROW) {
      count = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return count;
  }

  TempFolder folder;
  site_database* database;
  TappedDriver driver;
  kameng_engine engine = 0;
  std::string sku, account;
};

}  // namespace kameng_capi_tests
