// trade_test.cpp - a whole trade over HTTP, as a browser, a provider and an operator see it.
#include <map>
#include <string>

#include <doctest/doctest.h>

#include <kameng/http.hpp>

#include "gateway/openapi.hpp"
#include "support/contract.hpp"
#include "support/shop.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

// A browser: a token perhaps, and a key for what it does.
class Browser {
 public:
  explicit Browser(Shop& shop) : shop_(&shop) {}

  Json post(const std::string& path, const std::string& body, Json headers = Json::array()) {
    if (headers.dump().find("Content-Type") == std::string::npos) {
      headers.push_back(Json::array({"Content-Type", "application/json"}));
    }
    if (!token.empty()) {
      headers.push_back(Json::array({"Authorization", "Bearer " + token}));
    }
    const Json request{
        {"method", "POST"},        {"scheme", "https"},  {"authority", "shop.example"},
        {"target", "/v1/" + path}, {"headers", headers}, {"body", body},
        {"remote_ip", "192.0.2.1"}};
    const auto answered = http::answer_document(shop_->engine(), request.dump());
    REQUIRE(answered.ok());
    return Json::parse(*answered);
  }
  // The answer's document; fails the test on another status.
  Json must(const std::string& path, const Json& body, int status = 200) {
    const Json response = post(path, body.dump());
    INFO(response.dump());
    REQUIRE(response["status"] == status);
    return Json::parse(response["body"].get<std::string>());
  }

  std::string token;

 private:
  Shop* shop_;
};

}  // namespace

TEST_SUITE("gateway") {
  // Goal: everything between registration and signing out goes over HTTP, each with the rights of
  // its caller, and no log line and no refusal holds the token or the password.
  // Method: the trade, with the provider's notice on its route twice; the log at its most
  // talkative.
  TEST_CASE("a trade over HTTP") {
    std::string log;
    Host host;
    host.log = [&log](int, std::string_view line) { log.append(line).append("\n"); };
    Shop shop({.extra = {{"log", {{"level", "trace"}}}}, .host = host});
    const std::string sku_id = shop.stock_sku(2);

    Browser browser(shop);
    browser.must("account.register", {{"email", "a@shop.example"}, {"password", "correct horse"}});
    const Json wrong = browser.must(
        "account.login", {{"identifier", "a@shop.example"}, {"password", "wrong horse"}}, 401);
    const Json session = browser.must(
        "account.login", {{"identifier", "a@shop.example"}, {"password", "correct horse"}});
    browser.token = session["token"];

    const Json order{{"lines", {{{"sku_id", sku_id}, {"quantity", 1}}}}};
    const Json key = Json::array({Json::array({"Idempotency-Key", "\"order-1\""})});
    const Json placed = browser.post("order.place", order.dump(), key);
    REQUIRE(placed["status"] == 200);
    CHECK(browser.post("order.place", order.dump(), key)["body"] == placed["body"]);
    const std::string order_id = Json::parse(placed["body"].get<std::string>())["order_id"];

    const Json begun =
        browser.must("payment.begin", {{"order_id", order_id}, {"provider", "sandbox"}});
    browser.must("sandbox.pay", {{"out_trade_no", begun["out_trade_no"]}}, 403);
    const Json notice = shop.notice_for(begun["out_trade_no"]);
    Browser provider(shop);
    CHECK(provider.post("notice/sandbox", notice["body"])["status"] == 400);  // unsigned
    for (int i = 0; i < 2; ++i) {
      const Json reply = provider.post("notice/sandbox", notice["body"], notice["headers"]);
      CHECK(reply["status"] == 200);
    }

    Browser stranger(shop);
    stranger.must("code.reveal", {{"order_id", order_id}}, 404);
    const Json revealed = browser.must("code.reveal", {{"order_id", order_id}});
    CHECK(revealed["codes"][0]["text"] == "CODE-1");
    CHECK(browser.must("order.list", Json::object())["items"].size() == 1);

    browser.must("account.logout", Json::object());
    const Json ended = browser.must("order.list", Json::object(), 401);
    CHECK(ended["error"]["reason"] == "session.invalid");
    shop.check_books();

    CHECK(log.find("order.place: ok") != std::string::npos);
    for (const std::string& secret : {browser.token, std::string("horse"), std::string("CODE-")}) {
      CHECK(log.find(secret) == std::string::npos);
      CHECK(ended.dump().find(secret) == std::string::npos);
      CHECK(wrong.dump().find(secret) == std::string::npos);
    }
  }

  // Goal: the request id of a refused call is in its error, for whoever looks for it in a log.
  // Method: ids that are taken over, and ids that are replaced.
  TEST_CASE("request ids") {
    Shop shop;
    Browser browser(shop);
    const auto id_of = [&](const std::string& given) {
      const Json response =
          browser.post("order.list", "{}", Json::array({Json::array({"X-Request-Id", given})}));
      const Json error = Json::parse(response["body"].get<std::string>())["error"];
      for (const Json& pair : response["headers"]) {
        if (pair[0] == "X-Request-Id") {
          CHECK(pair[1] == error["trace"]);
        }
      }
      return error["trace"].get<std::string>();
    };
    CHECK(id_of("Abc-1_2.3") == "Abc-1_2.3");
    for (const std::string& bad : {std::string(), std::string("a b"), std::string(65, 'a')}) {
      CHECK(id_of(bad).size() == 32);
      CHECK(id_of(bad) != id_of(bad));
    }
  }

  // Goal: the OpenAPI document has every operation with what is declared of it.
  // Method: its paths against the description; every reference leads somewhere.
  TEST_CASE("the OpenAPI document") {
    const Json document = Json::parse(gateway::openapi_document());
    const Json described = Json::parse(Engine::describe());
    CHECK(document["openapi"] == "3.1.0");
    CHECK(document["paths"].size() == described["operations"].size() + 4);
    for (const Json& operation : described["operations"]) {
      const std::string name = operation["name"];
      CAPTURE(name);
      const Json& post = document["paths"]["/v1/" + name]["post"];
      CHECK(post["operationId"] == name);
      const bool for_anyone = operation["permission"] == "anyone";
      const bool for_keys = for_anyone || operation["permission"] == "own_account";
      Json security = for_anyone ? Json::array({Json::object()}) : Json::array();
      security.push_back({{"token", Json::array()}});
      if (for_keys && operation["fresh_proof"] == false) {
        security.push_back({{"signature", Json::array()}});
      }
      CHECK(post["security"] == security);
      CHECK(post.contains("parameters") == (operation["kind"] == "write"));
      const Json& schema = post["requestBody"]["content"]["application/json"]["schema"];
      CHECK(schema["properties"].size() == operation["request"]["fields"].size());
      for (const Json& reason : operation["reasons"]) {
        CHECK(post["responses"].dump().find(reason["reason"].get<std::string>()) !=
              std::string::npos);
      }
    }
    const std::string text = document.dump();
    const std::string mark = "\"$ref\":\"#";
    std::size_t references = 0;
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const std::size_t begin = at + mark.size();
      const Json::json_pointer place(text.substr(begin, text.find('"', begin) - begin));
      CHECK(document.contains(place));
      ++references;
    }
    CHECK(references > 40);
  }

  // Goal: whoever calls is told what is left of his rate, and whoever called too often when to come
  // again.
  // Method: a rate of two calls; the clock is moved by hand.
  TEST_CASE("rates in headers") {
    const Json rate{{"per_minute", 60}, {"burst", 2}};
    Shop shop({.extra = {{"limits", {{"ip", rate}}}}});
    Browser browser(shop);
    const auto headers_of = [&](int status) {
      const Json response = browser.post("goods.list", "{}");
      CHECK(response["status"] == status);
      std::map<std::string, std::string> headers;
      for (const Json& header : response["headers"]) {
        headers[header[0].get<std::string>()] = header[1].get<std::string>();
      }
      return headers;
    };
    auto headers = headers_of(200);
    CHECK(headers["RateLimit-Limit"] == "2, 60;w=60");
    CHECK(headers["RateLimit-Remaining"] == "1");
    CHECK(headers["RateLimit-Reset"] == "1");
    CHECK(headers.count("Retry-After") == 0);
    CHECK(headers_of(200)["RateLimit-Remaining"] == "0");
    headers = headers_of(429);
    CHECK(headers["RateLimit-Remaining"] == "0");
    CHECK(headers["RateLimit-Reset"] == "2");
    CHECK(headers["Retry-After"] == "1");
    shop.must("system.advance_clock", {{"by_ms", 1000}});
    CHECK(headers_of(200)["RateLimit-Remaining"] == "0");
  }
}
