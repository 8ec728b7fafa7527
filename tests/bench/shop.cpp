// shop.cpp - what both doors share: stocking the shop, and checking that the trades are right.
#include "shop.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace kameng::bench {

using Json = nlohmann::json;

namespace {

// Restocked a few at a time, so that the codes of all goods lie among each other as the baseline's
// do: ten, or more where there are millions.
int codes_of_import(int codes) {
  return std::max(10, codes / 10'000);
}

Json common_config() {
  return {{"providers", {{"sandbox", {{"enabled", true}}}}},
          {"allow_sandbox", true},
          {"accounts",
           {{"argon2_memory_kib", 8}, {"argon2_passes", 1}, {"verify_contact", "optional"}}},
          {"orders",
           {{"unpaid_per_account", 100'000},
            {"unpaid_per_contact", 100'000},
            {"unpaid_per_device", 100'000},
            {"unpaid_per_network", 1'000'000}}},
          // One customer orders thousands of times a minute; the baseline counts nobody's calls.
          {"limits", {{"account", {{"per_minute", 0}}}}},
          {"timeout_ms", 60'000}};
}

}  // namespace

std::string code_lines(int first, int count) {
  std::string lines;
  for (int i = first; i < first + count; ++i) {
    char line[32];
    std::snprintf(line, sizeof line, "KMNG-%08X-%08d\n", static_cast<unsigned>(i) * 2654435761U, i);
    lines += line;
  }
  return lines;
}

void fail(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}

std::string shop_config(const std::string& path) {
  Json config = common_config();
  config["storage"] = {{"driver", "sqlite"}, {"path", path}};
  if (path != ":memory:") {
    // Copies of a database are opened with the same key.
    const std::string folder = path.substr(0, path.find_last_of('/'));
    config["vault"] = {{"key_file", folder + "/key"}, {"create", true}};
  }
  return config.dump();
}

std::string shop_config(const ServerPlace& place) {
  Json config = common_config();
  config["storage"] = {{"driver", place.driver},
                       {"dsn", place.dsn},
                       {"pool_size", place.connections},
                       {"table_prefix", place.table_prefix}};
  config["vault"] = {{"key_file", place.key_file}, {"create", true}};
  return config.dump();
}

Json Shop::as_host(std::string_view operation, const Json& request) {
  return Json::parse(call(operation, R"({"as":"host"})", request.dump()));
}

Stock Shop::prepare(const StockSize& size) {
  Stock stock;
  const Json category = as_host("category.create", {{"name", "Cards"}});
  for (int i = 0; i < size.goods; ++i) {
    const Json made = as_host("goods.create", {{"category_id", category["category_id"]},
                                               {"name", "Card " + std::to_string(i)},
                                               {"skus",
                                                {{{"name", "10 CNY"},
                                                  {"unit_price_micros", 10'000'000},
                                                  {"currency", "CNY"},
                                                  {"delivery", "code"}}}}});
    stock.sku_ids.push_back(made["skus"][0]["sku_id"]);
    as_host("goods.publish", {{"goods_id", made["goods_id"]}});
  }
  const int at_once = codes_of_import(size.codes);
  for (int first = 0; first < size.codes; first += at_once) {
    const auto turn = static_cast<std::size_t>(first / at_once);
    restock(stock.sku_ids[turn % stock.sku_ids.size()], first, at_once);
  }
  for (int i = 0; i < size.customers; ++i) {
    const std::string email = "customer" + std::to_string(i) + "@example.com";
    static_cast<void>(call("account.register", "{}",
                           Json{{"email", email}, {"password", "correct horse"}}.dump()));
    stock.tokens.push_back(
        Json::parse(call("account.login", "{}",
                         Json{{"identifier", email}, {"password", "correct horse"}}.dump()))
            .at("token"));
  }
  use(stock);
  return stock;
}

void Shop::restock(const std::string& sku_id, int first, int count) {
  as_host("code.import", {{"sku_id", sku_id},
                          {"format", "lines"},
                          {"encoding", "utf-8"},
                          {"content", code_lines(first, count)},
                          {"duplicates", "reject"}});
}

void Shop::use(const Stock& stock) {
  seat_customers(stock);
}

Json Shop::counters() {
  return as_host("system.metrics", Json::object())["counters"];
}

void Shop::check(std::int64_t trades) {
  const Json verified = as_host("system.verify", Json::object());
  if (verified["ok"] != true) {
    fail("system.verify", verified.dump());
  }
  for (const Json& currency : as_host("ledger.balance", Json::object())["currencies"]) {
    for (const Json& account : currency["accounts"]) {
      const std::int64_t sold =
          account["credit"].get<std::int64_t>() - account["debit"].get<std::int64_t>();
      if (account["code"] == "I.sales" && sold != trades * 1000) {
        fail("ledger.balance",
             "sales of " + std::to_string(sold) + " for " + std::to_string(trades) + " trades");
      }
    }
  }
}

}  // namespace kameng::bench
