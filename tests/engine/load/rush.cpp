// rush.cpp - the buyers, and what must be true when they have gone.
#include "rush.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "threads.hpp"

namespace kameng::test {

namespace {

// One step of the purchase; false when it was refused.
bool step(Shop& shop, Purchase& purchase, const char* operation, const Json& request,
          const Json& context, Json& answer) {
  Outcome outcome = shop.call(operation, request, context);
  if (!outcome.ok) {
    purchase.refusal = outcome.reason();
    purchase.refused_as = outcome.error["status"];
    return false;
  }
  answer = std::move(outcome.answer);
  return true;
}

const Json host{{"as", "host"}};
const Json nobody = Json::object();

}  // namespace

void to_json(Json& json, const Purchase& purchase) {
  json = {{"context", purchase.context}, {"order_id", purchase.order_id},
          {"trade", purchase.trade},     {"status", purchase.status},
          {"refusal", purchase.refusal}, {"refused_as", purchase.refused_as},
          {"codes", purchase.codes}};
}

void from_json(const Json& json, Purchase& purchase) {
  purchase = {json["context"], json["order_id"],   json["trade"], json["status"],
              json["refusal"], json["refused_as"], json["codes"]};
}

std::vector<Purchase> arrive(Shop& shop, const Rush& rush) {
  std::vector<Purchase> purchases(static_cast<std::size_t>(rush.buyers));
  share_out(4, rush.buyers, [&](int index) {
    Purchase& purchase = purchases[static_cast<std::size_t>(index)];
    const std::string name = "buyer" + std::to_string(index) + "@example.com";
    Json answer;
    if (!step(shop, purchase, "account.register", {{"email", name}, {"password", "correct horse"}},
              nobody, answer)) {
      return;
    }
    const Json account = answer["account_id"];
    if (!step(shop, purchase, "account.login",
              {{"identifier", name}, {"password", "correct horse"}}, nobody, answer)) {
      return;
    }
    purchase.context = {
        {"token", answer["token"]},
        {"device", "device-" + std::to_string(index)},
        {"ip", "10." + std::to_string(index / 250) + "." + std::to_string(index % 250) + ".7"}};
    if (rush.from_wallet) {
      step(shop, purchase, "wallet.credit",
           {{"account_id", account},
            {"amount", {{"amount", unit_price_cents}, {"currency", "CNY"}}},
            {"source", "bank"},
            {"reason", "paid in"}},
           host, answer);
    }
  });
  for (const Purchase& purchase : purchases) {
    REQUIRE(purchase.refusal.empty());
  }
  return purchases;
}

void order(Shop& shop, const Rush& rush, const std::string& sku, Purchase& purchase) {
  Json request{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
  if (!rush.pay_later) {
    request["pay"] = {{"provider", rush.from_wallet ? "wallet" : "sandbox"}};
  }
  Json answer;
  if (!step(shop, purchase, "order.place", request, purchase.context, answer)) {
    return;
  }
  purchase.order_id = answer["order_id"];
  purchase.status = answer["status"];
  if (!rush.pay_later) {
    purchase.trade = answer["payment"]["out_trade_no"];
  }
}

void pay(Shop& shop, const Rush& rush, Purchase& purchase) {
  if (!purchase.refusal.empty()) {
    return;
  }
  const Json order{{"order_id", purchase.order_id}};
  Json answer;
  if (rush.pay_later) {
    Json begin = order;
    begin["provider"] = rush.from_wallet ? "wallet" : "sandbox";
    if (!step(shop, purchase, "payment.begin", begin, purchase.context, answer)) {
      return;
    }
    purchase.trade = answer["out_trade_no"];
    purchase.status = answer["order_status"];
  }
  if (!rush.from_wallet) {
    if (!step(shop, purchase, "sandbox.pay", {{"out_trade_no", purchase.trade}}, host, answer) ||
        !step(shop, purchase, "notice.receive",
              {{"provider", "sandbox"}, {"headers", answer["headers"]}, {"body", answer["body"]}},
              nobody, answer)) {
      return;
    }
    purchase.status = answer["outcome"];
  }
  if (!step(shop, purchase, "code.reveal", order, purchase.context, answer)) {
    return;
  }
  for (const Json& code : answer["codes"]) {
    purchase.codes.push_back(code["text"]);
  }
}

void run(Shop& shop, const Rush& rush, const std::string& sku, std::vector<Purchase>& purchases) {
  const auto at = [&](int index) -> Purchase& {
    return purchases[static_cast<std::size_t>(index)];
  };
  if (rush.pay_later) {
    share_out(rush.threads, rush.buyers, [&](int index) { order(shop, rush, sku, at(index)); });
    share_out(rush.threads, rush.buyers, [&](int index) { pay(shop, rush, at(index)); });
    return;
  }
  share_out(rush.threads, rush.buyers, [&](int index) {
    order(shop, rush, sku, at(index));
    pay(shop, rush, at(index));
  });
}

void check(Shop& shop, const Rush& rush, const std::string& sku,
           const std::vector<Purchase>& purchases) {
  std::map<std::string, int> endings;
  std::set<std::string> codes;
  std::size_t given_out = 0;
  int wrong_wallets = 0, wrong_orders = 0;
  for (const Purchase& purchase : purchases) {
    const bool served = purchase.refusal.empty();
    ++endings[served ? purchase.status : purchase.refused_as + " " + purchase.refusal];
    codes.insert(purchase.codes.begin(), purchase.codes.end());
    given_out += purchase.codes.size();
    if (served) {
      const Json order =
          shop.must_as(purchase.context, "order.get", {{"order_id", purchase.order_id}});
      wrong_orders += order["status"] != "delivered" || order["paid"] != order["total"] ||
                      order["total"]["amount"] != unit_price_cents || purchase.codes.size() != 1;
    } else {
      wrong_orders += !purchase.order_id.empty() || !purchase.codes.empty();
    }
    if (rush.from_wallet) {
      const Json wallet = shop.must_as(purchase.context, "wallet.get");
      wrong_wallets += wallet["balance"]["amount"] != (served ? 0 : unit_price_cents);
    }
  }
  std::map<std::string, int> expected{{"delivered", rush.sold()}};
  if (rush.buyers > rush.sold()) {
    expected["FAILED_PRECONDITION stock.sold_out"] = rush.buyers - rush.sold();
  }
  CHECK(Json(endings).dump() == Json(expected).dump());
  CHECK(wrong_orders == 0);
  CHECK(wrong_wallets == 0);
  CHECK(given_out == static_cast<std::size_t>(rush.sold()));
  CHECK(codes.size() == given_out);
  CHECK(shop.must("stock.get", {{"sku_id", sku}}) ==
        Json{{"available", rush.codes - rush.sold()}, {"held", 0}, {"sold", rush.sold()}});
  shop.check_books();
}

}  // namespace kameng::test
