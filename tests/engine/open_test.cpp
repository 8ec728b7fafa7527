// open_test.cpp - opening: the configuration, the master key's file, the log, the sandbox.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support/conversation.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

// What opening came to: "ok", or the reason and field it failed with.
std::string open(const std::string& config, Host host = {}) {
  const auto engine = Engine::open(config, std::move(host));
  if (engine.ok()) {
    return "ok";
  }
  const Error& error = engine.error();
  return std::string(status_name(error.status)) + " " + error.reason +
         (error.field.empty() ? "" : " at " + error.field);
}

std::string open(const Json& config, Host host = {}) {
  return open(config.dump(), std::move(host));
}

Json file_config(const TempFolder& temp) {
  return shop_config({.path = temp.file("shop.db")});
}

Host with_key(std::uint8_t byte) {
  Host host;
  host.load_key = [byte](std::span<std::uint8_t, 32> key) {
    std::fill(key.begin(), key.end(), byte);
    return true;
  };
  return host;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: a configuration that cannot be meant is refused with its reason and place.
  // Method: one document per mistake.
  TEST_CASE("a wrong configuration is refused where it is wrong") {
    const std::pair<const char*, const char*> rows[] = {
        {"", "ok"},
        {"{}", "ok"},
        {"[]", "ok"},
        {"{", "INVALID_ARGUMENT document.malformed"},
        {"7", "INVALID_ARGUMENT field.type"},
        {R"({"storag":{}})", "INVALID_ARGUMENT field.unknown at storag"},
        {R"({"storage":{"pth":"x"}})", "INVALID_ARGUMENT field.unknown at storage.pth"},
        {R"({"storage":{"path":7}})", "INVALID_ARGUMENT field.type at storage.path"},
        {R"({"storage":{"driver":"oracle"}})",
         "INCOMPATIBLE storage.driver_missing at storage.driver"},
        {R"({"require":["order.place","order.steal"]})",
         "INCOMPATIBLE operation.missing at require"},
        {R"({"require":["order.place"]})", "ok"},
        {R"({"origin":"my shop"})", "INVALID_ARGUMENT config.origin at origin"},
        {R"({"accounts":{"tiers":[{"name":"normal"},{"name":"vip"},{"name":"vip"}]}})",
         "INVALID_ARGUMENT config.tiers at accounts.tiers[2]"},
        {R"({"accounts":{"tiers":[{"name":"normal","spend":1}]}})",
         "INVALID_ARGUMENT config.tiers at accounts.tiers[0]"},
        {R"({"identities":{"qq":{"app_id":"1","app_secret":"s"}}})",
         "INVALID_ARGUMENT field.missing at identities.qq.redirect_uri"},
        {R"({"timeout_ms":0})", "INVALID_ARGUMENT field.range at timeout_ms"},
        {R"({"clock":{"manual_ms":-1}})", "INVALID_ARGUMENT field.range at clock.manual_ms"},
        {R"({"accounts":{"verify_contact":"never"}})",
         "INVALID_ARGUMENT field.not_one_of at accounts.verify_contact"},
        {R"({"accounts":{"password_scheme":"md5"}})",
         "INVALID_ARGUMENT field.not_one_of at accounts.password_scheme"},
        {R"({"accounts":{"password_scheme":"bcrypt","bcrypt_cost":16}})", "ok"},
        {R"({"accounts":{"bcrypt_cost":17}})",
         "INVALID_ARGUMENT field.range at accounts.bcrypt_cost"},
        {R"({"accounts":{"bcrypt_cost":9}})",
         "INVALID_ARGUMENT field.range at accounts.bcrypt_cost"},
        {R"({"accounts":{"argon2_memory_kib":1048576}})", "ok"},
        {R"({"accounts":{"argon2_memory_kib":1048577}})",
         "INVALID_ARGUMENT field.range at accounts.argon2_memory_kib"},
        {R"({"orders":{"hold_ms":1}})", "INVALID_ARGUMENT field.range at orders.hold_ms"},
        {R"({"log":{"level":"loud"}})", "INVALID_ARGUMENT field.not_one_of at log.level"},
        {R"({"log":{"path":"/nowhere/at/all/log"}})", "FAILED_PRECONDITION log.not_writable"},
        {R"({"storage":{"path":"/nowhere/at/all/shop.db"},"vault":{"key_file":"/nowhere/key"}})",
         "UNAVAILABLE storage.cannot_open"},
        {R"({"share":false,"share":true})", "INVALID_ARGUMENT document.duplicate_key at share"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.first);
      CHECK(open(std::string(row.first)) == row.second);
    }
  }

  // Goal: the key file is made once, for its owner alone, and is never replaced when something is
  //       sealed under it; a wrong key is told at open.
  // Method: a shop's key file is missing, made, open to others, gone, another one's, and back.
  TEST_CASE("the life of a key file" * sqlite_only("it looks at the files beside the database")) {
    const TempFolder temp;
    const Json create = file_config(temp);
    const std::string key = temp.file("shop.db.key");
    Json found = create;
    found["vault"]["create"] = false;
    Json none = create;
    none.erase("vault");
    CHECK(open(none) == "FAILED_PRECONDITION vault.key_missing");
    CHECK(open(found) == "FAILED_PRECONDITION vault.key_missing");
    CHECK_FALSE(std::filesystem::exists(key));

    CHECK(open(create) == "ok");
    CHECK(mode_of(key) == 0600);
    CHECK(mode_of(temp.file("shop.db")) == 0600);
    const std::string written = read_bytes(key);
    CHECK(open(create) == "ok");
    CHECK(open(found) == "ok");
    CHECK(read_bytes(key) == written);

    REQUIRE(::chmod(key.c_str(), 0644) == 0);
    CHECK(open(create) == "FAILED_PRECONDITION vault.key_file_open");
    REQUIRE(::chmod(key.c_str(), 0600) == 0);

    std::filesystem::rename(key, temp.file("away"));
    CHECK(open(create) == "FAILED_PRECONDITION vault.key_missing");
    CHECK_FALSE(std::filesystem::exists(key));

    const TempFolder other;
    CHECK(open(file_config(other)) == "ok");
    std::filesystem::copy_file(other.file("shop.db.key"), key);
    CHECK(open(create) == "FAILED_PRECONDITION vault.key_wrong");
    std::ofstream(key) << "kmk1-zz\n";
    CHECK(open(create) == "FAILED_PRECONDITION vault.key_file_invalid");
    std::filesystem::rename(temp.file("away"), key);
    CHECK(open(create) == "ok");
    // No draft of a key is left beside it.
    CHECK(std::distance(std::filesystem::directory_iterator(other.file("")),
                        std::filesystem::directory_iterator()) == 2);
  }

  // Goal: the host's slot takes the place of the file, and its key is held to the same rules.
  // Method: no key, a key, the same, another; a code sealed under the first is read under it.
  TEST_CASE("the host may bring the master key") {
    const TempFolder temp;
    ShopOptions options{.path = temp.file("shop.db"), .extra = {{"vault", nullptr}}};
    Host without;
    without.load_key = [](std::span<std::uint8_t, 32>) { return false; };
    CHECK(open(shop_config(options), without) == "FAILED_PRECONDITION vault.key_missing");
    Json order;
    {
      options.host = with_key(7);
      Shop shop(options);
      const std::string sku = shop.stock_sku(1);
      order = shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}});
      CHECK(shop.pay(order["order_id"]) == "delivered");
    }
    CHECK(open(shop_config(options), with_key(8)) == "FAILED_PRECONDITION vault.key_wrong");
    Shop shop(options);
    CHECK(shop.must("code.reveal", {{"order_id", order["order_id"]}})["codes"][0]["text"] ==
          "CODE-1");
    CHECK_FALSE(std::filesystem::exists(temp.file("shop.db.key")));
  }

  // Goal: the sandbox gives goods away, so a file needs a word for it, and the log keeps that word.
  // Method: without and with allow_sandbox; audit entries of two openings; none in memory.
  TEST_CASE("the sandbox on a file must be allowed and is audited" *
            sqlite_only("it is about a database that is a file")) {
    const TempFolder temp;
    Json config = file_config(temp);
    config["allow_sandbox"] = false;
    CHECK(open(config) == "FAILED_PRECONDITION sandbox.not_allowed at allow_sandbox");
    CHECK_FALSE(std::filesystem::exists(temp.file("shop.db")));
    config["allow_sandbox"] = true;
    CHECK(open(config) == "ok");
    CHECK(open(config) == "ok");
    config["providers"]["sandbox"]["enabled"] = false;
    CHECK(open(config) == "ok");
    SideDoor door(temp.file("shop.db"));
    CHECK(door.number("SELECT count(*) FROM kameng_audit_entry WHERE body LIKE"
                      " '%\"kind\":\"sandbox.allowed\"%'") == 2);
    CHECK(door.number("SELECT count(*) FROM kameng_audit_entry") == 2);
    Shop memory({.extra = {{"allow_sandbox", false}}});
    CHECK(memory.must("system.health")["audit_entries"] == 0);
  }

  // Goal: the log goes to its file or to the host, as detailed as asked, without secrets.
  // Method: one trade at each level; lines are counted and searched.
  TEST_CASE("the log says what it is asked to say, and no secret") {
    const TempFolder temp;
    const auto trade = [](Shop& shop) {
      const std::string sku = shop.stock_sku(1, 10'000'000, "TOP-SECRET");
      shop.customer("li.na@example.com");
      static_cast<void>(shop.call("account.login",
                                  {{"identifier", "li.na@example.com"}, {"password", "guess 77"}},
                                  Json::object()));
      const Json order =
          shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}});
      CHECK(shop.pay(order["order_id"]) == "delivered");
      shop.must("code.reveal", {{"order_id", order["order_id"]}});
    };
    std::map<std::string, std::ptrdiff_t> lines;
    for (const std::string level : {"error", "info", "debug", "trace"}) {
      const std::string path = temp.file(level);
      {
        Shop shop({.extra = {{"log", {{"path", path}, {"level", level}}}}});
        trade(shop);
      }
      CHECK(mode_of(path) == 0600);
      const std::string text = read_bytes(path);
      lines[level] = std::count(text.begin(), text.end(), '\n');
      for (const char* secret : {"TOP-SECRET", "li.na", "guess 77", "correct horse", "kst_"}) {
        CHECK(text.find(secret) == std::string::npos);
      }
    }
    CHECK(lines["error"] == 0);
    CHECK(lines["info"] == 1);
    CHECK(lines["debug"] == 2);
    CHECK(lines["trace"] == 12);

    std::vector<std::pair<int, std::string>> heard;
    Host host;
    host.log = [&](int level, std::string_view line) { heard.emplace_back(level, line); };
    Shop shop({.host = host});
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].first == 2);
    CHECK(heard[0].second == "engine: open, storage " + storage_under_test());
  }

  // Goal: with its clock and random numbers given, an engine is deterministic.
  // Method: the same trade twice with the host's slots; all tables are equal, and the times are the
  //         host's.
  TEST_CASE("the same clock and random numbers give the same shop") {
    const auto trade = [](const std::string& path) {
      std::uint8_t next = 0;
      Host host = with_key(7);
      host.now_ms = [] { return std::int64_t{1'800'000'000'000}; };
      host.random = [&next](std::span<std::uint8_t> bytes) {
        for (std::uint8_t& byte : bytes) {
          byte = next++;
        }
      };
      Shop shop({.path = path, .manual_ms = 0, .extra = {{"vault", nullptr}}, .host = host});
      CHECK(shop.must("system.health")["now_ms"] == 1'800'000'000'000);
      CHECK(shop.host("system.advance_clock", {{"by_ms", 1}}).reason() == "clock.not_manual");
      const std::string sku = shop.stock_sku(3);
      const Json order =
          shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 2}}}}});
      CHECK(order["expires_at_ms"] == 1'800'000'900'000);
      CHECK(shop.pay(order["order_id"]) == "delivered");
      SideDoor::Tables tables = SideDoor(path).tables();
      // On servers the tables are there before the shop, and say until when they were being made.
      if (on_server()) {
        tables.erase("kameng_migration");
      }
      return tables;
    };
    const TempFolder one;
    const TempFolder two;
    CHECK(differences(trade(one.file("shop.db")), trade(two.file("shop.db"))) == "");
  }
}
