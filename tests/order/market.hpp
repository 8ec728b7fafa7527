// market.hpp - a shop with one stocked SKU, and the short words that scenarios of money are told
// in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/shop.hpp"

namespace kameng::test {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t hold_ms = 15 * minute_ms;

// A shop with one SKU at 10.00 CNY.
struct Market {
  Shop shop;
  std::string sku;

  explicit Market(int codes = 5, const ShopOptions& options = {},
                  const Json& goods = Json::object())
      : shop(options), sku(shop.stock_sku(codes, 10'000'000, "CODE", goods)) {}

  // An order of a new guest, or of whoever `context` is.
  Json place(int quantity = 1, const Json& context = Json::object(),
             const Json& extra = Json::object()) {
    return shop.must_as(context, "order.place", order_request(quantity, extra));
  }
  Outcome try_place(int quantity, const Json& context = Json::object(),
                    const Json& extra = Json::object()) {
    return shop.call("order.place", order_request(quantity, extra), context);
  }
  [[nodiscard]] Json order_request(int quantity, const Json& extra) const {
    Json request{{"lines", {{{"sku_id", sku}, {"quantity", quantity}}}}};
    request.merge_patch(extra);
    return request;
  }

  Json begin(const Json& order, const std::string& provider = "sandbox") {
    return shop.must("payment.begin", {{"order_id", order["order_id"]}, {"provider", provider}});
  }
  // The outcome of a notice of this trade, as the sandbox signs it.
  std::string notice(const Json& begun, const Json& pay_extra = Json::object()) {
    return receive(shop.notice_for(begun["out_trade_no"], pay_extra));
  }
  std::string receive(const Json& notice) {
    const Json received = shop.must_as(Json::object(), "notice.receive", notice);
    const bool nack = received["outcome"] == "unverified" || received["outcome"] == "probe" ||
                      received["outcome"] == "unreadable";
    CHECK(received["reply"]["status"] == (nack ? 400 : 200));
    CHECK(received["reply"]["body"] == (nack ? "fail" : "success"));
    return received["outcome"];
  }
  static Json amount(std::int64_t fen) {
    return {{"amount", {{"amount", fen}, {"currency", "CNY"}}}};
  }

  void advance(std::int64_t by_ms) { shop.must("system.advance_clock", {{"by_ms", by_ms}}); }
  Json run_due() { return shop.must("system.run_due")["jobs"]; }
  std::int64_t now() { return shop.must("system.health")["now_ms"]; }

  std::vector<Json> pull() {
    const Json pulled = shop.must("outbox.pull", {{"limit", 100}});
    return {pulled["calls"].begin(), pulled["calls"].end()};
  }
  // The one call that is due; it has to be of this kind.
  Json pull_one(const std::string& kind) {
    const std::vector<Json> calls = pull();
    REQUIRE(calls.size() == 1);
    CHECK(calls[0]["kind"] == kind);
    return calls[0];
  }
  // Brings back what the sandbox answers; the outcome.
  std::string answer(const Json& call) {
    const Json answered = shop.must("sandbox.answer", {{"call_id", call["call_id"]}});
    return done(call, {{"response", answered["response"]}});
  }
  std::string answer_with(const Json& call, const Json& body, int status = 200) {
    return done(call, {{"response", {{"status", status}, {"body", body.dump()}}}});
  }
  std::string fail(const Json& call, const std::string& kind) {
    return done(call, {{"failure", {{"kind", kind}}}});
  }
  std::string done(const Json& call, const Json& answer) {
    Json request{{"call_id", call["call_id"]}};
    request.merge_patch(answer);
    return shop.must("outbox.done", request)["outcome"];
  }
  int answer_all() {
    int answered = 0;
    for (const Json& call : pull()) {
      answer(call);
      ++answered;
    }
    return answered;
  }

  std::string status(const Json& order) {
    return shop.must("order.get", {{"order_id", order["order_id"]}})["status"];
  }
  std::int64_t paid(const Json& order) {
    return shop.must("order.get", {{"order_id", order["order_id"]}})["paid"]["amount"];
  }
  std::string payment_status(const Json& begun) {
    return shop.must("payment.get", {{"payment_id", begun["payment_id"]}})["status"];
  }
  // "waits_for owner", and "until" when there is one.
  std::string explain(const Json& order) {
    const Json said = shop.must("order.explain", {{"order_id", order["order_id"]}});
    std::string text =
        said["waits_for"].get<std::string>() + " " + said["owner"].get<std::string>();
    return said.contains("until_ms") ? text + " until" : text;
  }
  std::int64_t explained_until(const Json& order) {
    return shop.must("order.explain", {{"order_id", order["order_id"]}})["until_ms"];
  }

  // "available/held/sold".
  std::string stock() { return stock_of(sku); }
  std::string stock_of(const std::string& sku_id) {
    const Json stock = shop.must("stock.get", {{"sku_id", sku_id}});
    return stock["available"].dump() + "/" + stock["held"].dump() + "/" + stock["sold"].dump();
  }
  // Credits less debits of each account that is not at zero; money in clearing is negative here.
  std::string books() {
    std::string text;
    const Json balance = shop.must("ledger.balance");
    for (const Json& currency : balance["currencies"]) {
      for (const Json& account : currency["accounts"]) {
        const auto sum =
            account["credit"].get<std::int64_t>() - account["debit"].get<std::int64_t>();
        if (sum != 0) {
          const std::string code = account["code"];
          text +=
              (text.empty() ? "" : " ") +
              (currency["currency"] == "CNY" ? "" : currency["currency"].get<std::string>() + ":") +
              code + "=" + std::to_string(sum);
        }
      }
    }
    return text;
  }
  // How often each kind of event happened.
  std::map<std::string, int> events() {
    std::map<std::string, int> kinds;
    std::int64_t after = 0;
    for (bool more = true; more;) {
      const Json page = shop.must("event.pull", {{"after", after}, {"limit", 1000}});
      for (const Json& item : page["items"]) {
        kinds[item["kind"]] += 1;
      }
      after = page["next"];
      more = page["more"];
    }
    return kinds;
  }
};

}  // namespace kameng::test
