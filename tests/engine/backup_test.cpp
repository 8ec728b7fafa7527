// backup_test.cpp - shops that are backed up, restored, and backed up on time.
#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "engine/backup_service.hpp"
#include "support/chain_files.hpp"
#include "support/clean_database.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;

// An order for one code, paid and delivered; the code as its buyer reads it.
struct Bought {
  std::string order_id;
  std::string code;
};

Bought buy(Shop& shop, const std::string& sku) {
  const Json order = shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}});
  CHECK(shop.pay(order["order_id"]) == "delivered");
  const Json revealed = shop.must("code.reveal", {{"order_id", order["order_id"]}});
  return {order["order_id"], revealed["codes"][0]["text"]};
}

Json config_of(const std::string& path, const std::string& key_file) {
  Json config = shop_config({.path = path});
  config["vault"] = {{"key_file", key_file}};
  return config;
}

std::string open_reason(const Json& config) {
  const auto opened = Engine::open(config.dump());
  return opened.ok() ? "ok" : opened.error().reason;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files_in(folder)) {
    names.push_back(name);
  }
  return names;
}

std::int64_t events(Shop& shop, const std::string& kind) {
  std::int64_t count = 0;
  std::int64_t after = 0;
  for (bool more = true; more;) {
    const Json page = shop.must("event.pull", {{"after", after}, {"limit", 1000}});
    for (const Json& item : page["items"]) {
      count += item["kind"] == kind ? 1 : 0;
    }
    after = page["next"];
    more = page["more"];
  }
  return count;
}

// A shop whose backups are made by system.run_due.
struct Scheduled {
  TempFolder temp{TempFolder::in_memory()};
  const std::string place = temp.file("backups");
  Shop shop;

  Scheduled()
      : shop({.path = temp.file("shop.db"),
              .extra = {{"backup",
                         {{"folder", place},
                          {"every_ms", hour_ms},
                          {"increments_max", 2},
                          {"keep", 2}}}}}) {}
  Json run_after(std::int64_t ms) {
    if (ms > 0) {
      shop.must("system.advance_clock", {{"by_ms", ms}});
    }
    Json jobs = shop.must("system.run_due")["jobs"];
    for (const char* other : {"audit.hash", "ledger.fold", "stock.fold", "idempotency.prune"}) {
      jobs.erase(other);
    }
    return jobs;
  }
};

const Json full{{"backup.create", 1}};
const Json more{{"backup.increment", 1}};
const Json nothing = Json::object();

constexpr const char* servers_copy = "a server is backed up with its own tool";

}  // namespace

TEST_SUITE("engine") {
  // Goal: each point of a chain is the shop of that moment: with the orders there were and no
  //       others, in order, with codes that the same master key opens and no other.
  // Method: orders between the points; every point is restored beside the shop, opened, counted
  //         and verified; the code that was read before the point reads the same.
  TEST_CASE("a shop is restored to each point of its chain" * sqlite_only(servers_copy)) {
    const TempFolder temp(TempFolder::in_memory());
    const std::string chain = temp.file("chain"), key = temp.file("shop.db.key");
    std::vector<Bought> bought;
    std::vector<Json> points;
    {
      Shop shop({.path = temp.file("shop.db")});
      const std::string sku = shop.stock_sku(10);
      for (const char* operation : {"backup.create", "backup.increment", "backup.increment"}) {
        bought.push_back(buy(shop, sku));
        shop.must("audit.checkpoint");
        points.push_back(shop.must(operation, {{"folder", chain}}));
      }
      buy(shop, sku);
      const Json verified = shop.must("backup.verify", {{"folder", chain}});
      CHECK_MESSAGE(verified["ok"] == true, verified.dump());
      CHECK(verified["checkpoint_size"] > 0);
      CHECK(verified["checks"].size() == shop.must("system.verify")["checks"].size() + 1);
      CHECK(events(shop, "backup.created") == 1);
      CHECK(events(shop, "backup.incremented") == 2);
      CHECK(events(shop, "backup.verified") == 1);
      for (std::size_t number = 1; number <= 3; ++number) {
        const std::string path = temp.file("point" + std::to_string(number));
        shop.must("backup.restore", {{"folder", chain}, {"path", path}, {"number", number}});
        CHECK(read_file(path).size() == points[number - 1]["bytes"]);
      }
    }
    for (std::size_t number = 1; number <= 3; ++number) {
      CAPTURE(number);
      const std::string path = temp.file("point" + std::to_string(number));
      Json without_key = config_of(path, key);
      without_key["vault"]["key_file"] = temp.file("none.key");
      CHECK(open_reason(without_key) == "vault.key_missing");
      without_key["vault"] = {{"key_file", temp.file("other.key")}, {"create", true}};
      CHECK(open_reason(without_key) == "vault.key_missing");
      std::filesystem::remove(temp.file("other.db"));
      CHECK(open_reason({{"storage", {{"path", temp.file("other.db")}}},
                         {"vault", {{"key_file", temp.file("other.key")}, {"create", true}}}}) ==
            "ok");
      CHECK(open_reason(without_key) == "vault.key_wrong");
      std::filesystem::remove(temp.file("other.key"));
      auto opened = Engine::open(config_of(path, key).dump());
      REQUIRE(opened.ok());
      Shop restored(std::move(*opened));
      restored.check_books();
      CHECK(SideDoor(path).number("SELECT count(*) FROM kameng_order") ==
            static_cast<std::int64_t>(number));
      for (std::size_t i = 0; i < number; ++i) {
        const Json codes =
            restored.must("code.reveal", {{"order_id", bought[i].order_id}})["codes"];
        CHECK(codes[0]["text"] == bought[i].code);
      }
    }
    for (const char* name : {"point1", "chain/000001.data", "chain/000002.json"}) {
      struct stat status {};
      REQUIRE(::stat(temp.file(name).c_str(), &status) == 0);
      CHECK((status.st_mode & 0777U) == 0600);
    }
  }

  // Goal: an increment is small when little has changed.
  // Method: 20,000 codes, then one sale; the increment may have a quarter of the database's bytes.
  TEST_CASE("an increment holds what changed" * sqlite_only(servers_copy)) {
    const TempFolder temp(TempFolder::in_memory());
    Shop shop({.path = temp.file("shop.db")});
    const std::string sku = shop.stock_sku(20'000);
    const Json folder{{"folder", temp.file("chain")}};
    const Json first = shop.must("backup.create", folder);
    CHECK(first["stored_bytes"] == first["bytes"]);
    const Json idle = shop.must("backup.increment", folder);
    buy(shop, sku);
    const Json next = shop.must("backup.increment", folder);
    CHECK(idle["stored_bytes"] <= next["stored_bytes"]);
    CHECK(next["stored_bytes"] > 0);
    CHECK(next["stored_bytes"].get<std::int64_t>() < next["bytes"].get<std::int64_t>() / 4);
    CHECK(read_file(temp.file("chain/000003.data")).size() == next["stored_bytes"]);
  }

  // Goal: a backup of a shop that is not in order says so, and what was restored by hand is told
  //       from what was made.
  // Method: a stock of codes is damaged with the file in hand before the backup is made.
  TEST_CASE("verify tells what is wrong in the shop that was backed up" *
            sqlite_only(servers_copy)) {
    const TempFolder temp(TempFolder::in_memory());
    Shop shop({.path = temp.file("shop.db")});
    buy(shop, shop.stock_sku(3));
    shop.must("audit.checkpoint");
    SideDoor(temp.file("shop.db"))
        .run(
            "DROP TRIGGER kameng_audit_entry_no_update;"
            "UPDATE kameng_audit_entry SET body = replace(body, 'host', 'hast')"
            " WHERE position = 1;");
    const Json folder{{"folder", temp.file("chain")}};
    shop.must("backup.create", folder);
    const Json verified = shop.must("backup.verify", folder);
    CHECK(verified["ok"] == false);
    for (const Json& check : verified["checks"]) {
      CHECK((check["ok"] == true || check["name"] == "audit.checkpoints"));
    }
    CHECK(names_in(temp.file("chain")) ==
          std::vector<std::string>{"000001.data", "000001.hashes", "000001.json"});
  }

  // Goal: a database on a server is told its own tool, with the command.
  // Method: the refusal for each driver there will be.
  TEST_CASE("a server's database is backed up with the server's tool") {
    const auto command = [](const char* driver, const char* key) {
      const Error error = engine::server_tool(driver);
      CHECK(error.status == Status::failed_precondition);
      CHECK(error.reason == "backup.server_tool");
      for (const auto& [name, value] : error.details) {
        if (name == key) {
          return value.substr(0, value.find(' '));
        }
      }
      return std::string();
    };
    CHECK(command("postgres", "dump") == "pg_dump");
    CHECK(command("postgres", "copy") == "pg_basebackup");
    CHECK(command("mariadb", "dump") == "mariadb-dump");
    CHECK(command("mariadb", "copy") == "mariadb-backup");
    CHECK(command("host", "dump").empty());
  }

  // Goal: the companions of a database that is gone are not taken for the restored one's.
  // Method: a WAL by itself where the file shall be.
  TEST_CASE("a shop is not restored beside another's write-ahead log" * sqlite_only(servers_copy)) {
    const TempFolder temp(TempFolder::in_memory());
    Shop shop;
    shop.must("backup.create", {{"folder", temp.file("chain")}});
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
      const std::string left = temp.file(std::string("a.db") + suffix);
      write_file(left, "x");
      const Outcome outcome = shop.host(
          "backup.restore", {{"folder", temp.file("chain")}, {"path", temp.file("a.db")}});
      CHECK(outcome.reason() == "backup.exists");
      CHECK(outcome.error["field"] == "path");
      CHECK_FALSE(std::filesystem::exists(temp.file("a.db")));
      std::filesystem::remove(left);
    }
  }

  // Goal: system.run_due makes backups when they are due: a full one, so many increments, then a
  //       new chain, of which the newest are kept; each chain can be verified.
  // Method: the clock moves by hours; the folders are looked at.
  TEST_CASE("backups are made on time, and old ones go" * sqlite_only(servers_copy)) {
    Scheduled at;
    const std::vector<std::pair<std::int64_t, Json>> hours{
        {0, full},       {0, nothing}, {hour_ms - 1, nothing}, {1, more},       {5 * hour_ms, more},
        {hour_ms, full}, {0, nothing}, {hour_ms, more},        {hour_ms, more}, {hour_ms, full}};
    for (const auto& [ms, jobs] : hours) {
      CHECK(at.run_after(ms) == jobs);
    }
    CHECK(names_in(at.place) == std::vector<std::string>{"chain-000002", "chain-000003"});
    CHECK(names_in(at.place + "/chain-000002").size() == 9);
    CHECK(names_in(at.place + "/chain-000003").size() == 3);
    for (const char* chain : {"/chain-000002", "/chain-000003"}) {
      CHECK(at.shop.must("backup.verify", {{"folder", at.place + chain}})["ok"] == true);
    }
    CHECK(events(at.shop, "backup.failed") == 0);
  }

  // Goal: the schedule goes on from what it finds: a damaged chain, one that broke off, a place it
  //       cannot use; due work is done all the same, and what failed is an event.
  // Method: each of them in turn.
  TEST_CASE("the schedule survives what happens to its folder" * sqlite_only(servers_copy)) {
    Scheduled at;
    CHECK(at.run_after(0) == full);
    flip_byte(at.place + "/chain-000001/000001.json", 30);
    CHECK(at.run_after(hour_ms) == full);
    CHECK(events(at.shop, "backup.failed") == 1);
    CHECK(names_in(at.place) == std::vector<std::string>{"chain-000001", "chain-000002"});
    // One that broke off before its first backup is begun again in its place.
    std::filesystem::remove(at.place + "/chain-000002/000001.json");
    write_file(at.place + "/chain-000002/image.tmp", "half");
    CHECK(at.run_after(hour_ms) == full);
    CHECK(names_in(at.place + "/chain-000002").size() == 3);
    CHECK(events(at.shop, "backup.failed") == 1);
    // No place to write: told once, and tried again after ten minutes.
    std::filesystem::remove_all(at.place);
    write_file(at.place, "not a folder");
    CHECK(at.run_after(hour_ms) == nothing);
    CHECK(at.run_after(599'999) == nothing);
    CHECK(events(at.shop, "backup.failed") == 2);
    CHECK(at.run_after(1) == nothing);
    CHECK(events(at.shop, "backup.failed") == 3);
    std::filesystem::remove(at.place);
    CHECK(at.run_after(600'000) == full);
    at.shop.check_books();
  }

  // Goal: a customer's write never waits for a backup.
  // Method: a backup is due and other work is long overdue; a write helps with the work alone.
  TEST_CASE("a write that helps with due work makes no backup" * sqlite_only(servers_copy)) {
    Scheduled at;
    const std::string sku = at.shop.stock_sku(2);
    at.shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}});
    at.shop.must("system.advance_clock", {{"by_ms", 24 * hour_ms}});
    at.shop.must("category.create", {{"name", "Music"}});
    CHECK(events(at.shop, "order.expired") == 1);
    CHECK_FALSE(std::filesystem::exists(at.place));
    CHECK(at.run_after(0) == full);
  }
}

}  // namespace kameng::test
