// wallet_test.cpp - the customer's balance: credited, spent with its bonus first, on own goods
// only; and a supplier's goods, which a channel pays.
#include <doctest/doctest.h>

#include "order/market.hpp"

namespace kameng::test {
namespace {

struct Wallet : Market {
  std::string account;
  Json me;

  explicit Wallet(const Json& goods = Json::object())
      : Market(5, {}, goods),
        account(shop.customer("lin@example.com")),
        me(shop.on_behalf(account)) {}

  Outcome try_credit(std::int64_t fen, const char* source, const char* currency = "CNY") {
    return shop.host("wallet.credit", {{"account_id", account},
                                       {"amount", {{"amount", fen}, {"currency", currency}}},
                                       {"source", source},
                                       {"reason", "test"}});
  }
  void credit(std::int64_t fen, const char* source) { CHECK(try_credit(fen, source).ok); }
  // "balance+bonus".
  std::string balance() {
    const Json wallet = shop.must_as(me, "wallet.get");
    return wallet["balance"]["amount"].dump() + "+" + wallet["bonus"]["amount"].dump();
  }
};

const Json by_wallet{{"pay", {{"provider", "wallet"}}}};

TEST_SUITE("order") {
  // Goal: money from the bank and goodwill are two balances with two sources in the books.
  // Method: both credits; a second currency beside them.
  TEST_CASE("a wallet is credited") {
    Wallet market;
    market.credit(5000, "bank");
    market.credit(300, "goodwill");
    CHECK(market.balance() == "5000+300");
    CHECK(market.try_credit(70, "bank", "USD").ok);
    CHECK(market.balance() == "5000+300");
    CHECK(market.shop.must_as(market.me, "wallet.get", {{"currency", "USD"}})["balance"] ==
          Json{{"amount", 70}, {"currency", "USD"}});
    CHECK(market.books() ==
          "A.bank=-5000 X.promo_topup=-300 L.wallet=5000 L.wallet_bonus=300 USD:A.bank=-70 "
          "USD:L.wallet=70");
    CHECK(market.try_credit(0, "bank").reason() == "money.not_positive");
    CHECK(market.try_credit(-1, "bank").reason() == "money.not_positive");
    CHECK(market.try_credit(1'000'000'000'000, "bank").reason() == "wallet.too_large");
    CHECK(market.balance() == "5000+300");
    market.shop.check_books();
  }

  // Goal: a wallet pays at once, the bonus first, and the codes are delivered with the answer.
  // Method: order and payment in one step; in two steps; the books after each.
  TEST_CASE("a wallet pays, its bonus first") {
    Wallet market;
    market.credit(2000, "bank");
    market.credit(300, "goodwill");
    const Json order = market.place(1, market.me, by_wallet);
    CHECK(order["status"] == "delivered");
    CHECK(order["payment"]["status"] == "success");
    CHECK(market.balance() == "1300+0");
    CHECK(market.stock() == "4/0/1");
    CHECK(market.books() == "A.bank=-2000 I.sales=1000 X.promo_topup=-300 L.wallet=1300");
    market.shop.check_books();

    const Json second = market.place(1, market.me);
    const Json begun = market.shop.must_as(
        market.me, "payment.begin", {{"order_id", second["order_id"]}, {"provider", "wallet"}});
    CHECK(begun["order_status"] == "delivered");
    CHECK(market.balance() == "300+0");
    CHECK(market.try_place(1, market.me, by_wallet).reason() == "wallet.insufficient");
    CHECK(market.stock() == "3/0/2");  // the refused order holds nothing
    CHECK(market.shop.must_as(market.me, "order.list")["items"].size() == 2);
    market.shop.check_books();
  }

  // Goal: a wallet completes what a channel began, and what was open at the channel is closed.
  // Method: 4.00 by channel, another channel payment left open, the rest by bonus and balance.
  TEST_CASE("a wallet pays the rest") {
    Wallet market;
    market.credit(500, "bank");
    market.credit(100, "goodwill");
    const Json order = market.place(1, market.me);
    CHECK(market.notice(market.begin(order), Market::amount(400)) == "short");
    const Json left = market.begin(order);
    CHECK(market.begin(order, "wallet")["order_status"] == "delivered");
    CHECK(market.balance() == "0+0");
    CHECK(market.books() == "A.clearing=-400 A.bank=-500 I.sales=1000 X.promo_topup=-100");
    CHECK(market.answer(market.pull_one("payment.close")) == "done");
    CHECK(market.payment_status(left) == "expired");
    market.shop.check_books();
  }

  // Goal: five open payments at a channel do not keep a wallet from paying.
  // Method: five begun, a sixth refused, then the wallet.
  TEST_CASE("a wallet pays beside open payments") {
    Wallet market;
    market.credit(1000, "bank");
    const Json order = market.place(1, market.me);
    for (int i = 0; i < 5; ++i) {
      market.begin(order);
    }
    const Json request{{"order_id", order["order_id"]}, {"provider", "sandbox"}};
    CHECK(market.shop.host("payment.begin", request).reason() == "payment.too_many");
    CHECK(market.begin(order, "wallet")["order_status"] == "delivered");
    CHECK(market.answer_all() == 5);
    market.shop.check_books();
  }

  // Goal: a wallet pays own goods of a customer only.
  // Method: a supplier's goods; a basket of both; a guest; an unknown provider.
  TEST_CASE("what a wallet does not pay") {
    Wallet market({{"supplier_id", "north"}, {"commission_bp", 1000}});
    market.credit(5000, "bank");
    CHECK(market.try_place(1, market.me, by_wallet).reason() == "wallet.own_goods_only");
    const std::string own = market.shop.stock_sku(2, 10'000'000, "OWN");
    const Json lines{{{"sku_id", own}, {"quantity", 1}}, {{"sku_id", market.sku}, {"quantity", 1}}};
    CHECK(market.try_place(1, market.me, {{"lines", lines}, {"pay", {{"provider", "wallet"}}}})
              .reason() == "wallet.own_goods_only");
    CHECK(market.try_place(1, Json::object(), by_wallet).reason() == "wallet.account_missing");
    CHECK(market.try_place(1, market.me, {{"pay", {{"provider", "paypal"}}}}).reason() ==
          "provider.unknown");
    CHECK(market.balance() == "5000+0");
    CHECK(market.stock() == "5/0/0");
    CHECK(market.stock_of(own) == "2/0/0");
    market.shop.check_books();
  }

  // Goal: a supplier's share and the commission are recognised at delivery, rounded once and
  // summing to the price.
  // Method: 10.00 at 8.75 %, three of them; and a basket with own goods.
  TEST_CASE("a supplier's goods are paid by a channel") {
    Wallet market({{"supplier_id", "north"}, {"commission_bp", 875}});
    const std::string own = market.shop.stock_sku(2, 3'330'000, "OWN");
    const Json order = market.place(3, market.me);
    CHECK(market.notice(market.begin(order)) == "delivered");
    CHECK(market.books() == "A.clearing=-3000 I.commission=263 L.sup_pending=2737");
    const Json lines{{{"sku_id", own}, {"quantity", 1}}, {{"sku_id", market.sku}, {"quantity", 1}}};
    const Json mixed = market.place(1, market.me, {{"lines", lines}});
    CHECK(market.notice(market.begin(mixed)) == "delivered");
    CHECK(market.books() == "A.clearing=-4333 I.commission=351 I.sales=333 L.sup_pending=3649");
    market.shop.check_books();
  }
}

}  // namespace
}  // namespace kameng::test
