#include "support/shop.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include "engine/migrations.hpp"
#include "json/error_document.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

Json storage_at(const engine::StorageConfig& config) {
  return {{"driver", config.driver}, {"dsn", *config.dsn}, {"table_prefix", config.table_prefix}};
}

// A manual clock stands still, so a test's calls would all come at once.
Json limits_of(bool limited) {
  if (limited) {
    return Json::object();
  }
  const Json none{{"per_minute", 0}};
  Json limits{{"ip", none}, {"account", none}, {"key", none}, {"operations", Json::array()}};
  for (const char* operation :
       {"account.login", "account.register", "session.prove", "verification.begin",
        "identity.begin", "password.change", "password.reset"}) {
    limits["operations"].push_back({{"operation", operation}, {"per_minute", 0}});
  }
  return limits;
}

// A server's shop keeps its key beside the configuration; each of them makes one of its own.
std::string next_key_file() {
  static const TempFolder folder(TempFolder::in_memory());
  static std::atomic<int> made = 0;
  return folder.file(std::to_string(++made) + ".key");
}

}  // namespace

Json shop_config(const ShopOptions& options) {
  Json storage{{"driver", "sqlite"}, {"path", options.path}};
  if (on_server() && options.path != ":memory:") {
    storage = storage_at(database_at(options.path).config());
  }
  Json config{{"storage", storage},
              {"providers", {{"sandbox", {{"enabled", true}}}}},
              {"allow_sandbox", true},
              {"limits", limits_of(options.limited)},
              {"accounts",
               {{"argon2_memory_kib", 8}, {"argon2_passes", 1}, {"verify_contact", "optional"}}}};
  if (options.path != ":memory:") {
    config["vault"] = {{"key_file", options.path + ".key"}, {"create", true}};
  }
  if (options.manual_ms != 0) {
    config["clock"] = {{"manual_ms", options.manual_ms}};
  }
  config.merge_patch(options.extra);
  return config;
}

Shop::Shop(const ShopOptions& options) {
  Json config = shop_config(options);
  if (on_server() && options.path == ":memory:") {
    clean_.emplace("kameng_", engine::migrations());
    config["storage"].update(storage_at(clean_->config()));
    config["storage"].erase("path");
    if (!config.contains("vault")) {
      config["vault"] = {{"key_file", next_key_file()}, {"create", true}};
    }
  }
  Result<std::unique_ptr<Engine>> opened = Engine::open(config.dump(), options.host);
  if (!opened.ok()) {
    FAIL("open: " << opened.error().reason << ": " << opened.error().message);
  }
  engine_ = std::move(opened).value();
}

Outcome Shop::call(std::string_view operation, const Json& request, const Json& context) {
  const Result<std::string> answer =
      engine_->call_document(operation, context.dump(), request.dump());
  if (answer.ok()) {
    return {true, Json::parse(*answer), {}};
  }
  return {false, {}, Json::parse(json::error_document(answer.error(), ""))["error"]};
}

Outcome Shop::host(std::string_view operation, const Json& request) {
  return call(operation, request, {{"as", "host"}});
}

Json Shop::must(std::string_view operation, const Json& request) {
  return must_as({{"as", "host"}}, operation, request);
}

Json Shop::must_as(const Json& context, std::string_view operation, const Json& request) {
  Outcome outcome = call(operation, request, context);
  if (!outcome.ok) {
    FAIL(std::string(operation) << ": " << outcome.error.dump());
  }
  return outcome.answer;
}

void Shop::import_codes(const std::string& sku_id, int codes, const std::string& prefix) {
  std::string content;
  for (int i = 1; i <= codes; ++i) {
    content += prefix + "-" + std::to_string(i) + "\n";
  }
  const Json report = must("code.import", {{"sku_id", sku_id},
                                           {"format", "lines"},
                                           {"encoding", "utf-8"},
                                           {"content", content},
                                           {"duplicates", "reject"}});
  REQUIRE(report["imported"] == codes);
}

std::string Shop::stock_sku(int codes, std::int64_t unit_price_micros, const std::string& prefix,
                            const Json& goods_extra) {
  const Json category = must("category.create", {{"name", "Games"}});
  Json goods{{"category_id", category["category_id"]},
             {"name", "Steam card"},
             {"skus",
              {{{"name", "100 CNY"},
                {"unit_price_micros", unit_price_micros},
                {"currency", "CNY"},
                {"delivery", "code"}}}}};
  goods.merge_patch(goods_extra);
  const Json made = must("goods.create", goods);
  const std::string sku_id = made["skus"][0]["sku_id"];
  if (codes > 0) {
    import_codes(sku_id, codes, prefix);
  }
  must("goods.publish", {{"goods_id", made["goods_id"]}});
  return sku_id;
}

std::string Shop::customer(const std::string& email) {
  return must_as(Json::object(), "account.register",
                 {{"email", email}, {"password", "correct horse"}})["account_id"];
}

Json Shop::notice_for(const std::string& out_trade_no, const Json& pay_extra) {
  Json request{{"out_trade_no", out_trade_no}};
  request.merge_patch(pay_extra);
  const Json notice = must("sandbox.pay", request);
  return {{"provider", "sandbox"}, {"headers", notice["headers"]}, {"body", notice["body"]}};
}

std::string Shop::pay(const std::string& order_id, const Json& pay_extra) {
  const Json begun = must("payment.begin", {{"order_id", order_id}, {"provider", "sandbox"}});
  const Json received =
      must_as(Json::object(), "notice.receive", notice_for(begun["out_trade_no"], pay_extra));
  return received["outcome"];
}

void Shop::check_books() {
  const Json verified = must("system.verify");
  for (const Json& check : verified["checks"]) {
    CHECK_MESSAGE(check["ok"] == true, check.dump());
  }
  CHECK(verified["ok"] == true);
  const Json balance = must("ledger.balance");
  for (const Json& currency : balance["currencies"]) {
    CHECK(currency["debit"] == currency["credit"]);
  }
}

}  // namespace kameng::test
