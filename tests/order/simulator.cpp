#include "order/simulator.hpp"

#include <algorithm>
#include <utility>

namespace kameng::test {
namespace {

constexpr int stocked = 15;

using Refusals = std::set<std::string>;

// What each operation may say to somebody who asks at the wrong moment.
const std::map<std::string, Refusals> refusals{
    {"order.place",
     {"stock.sold_out", "order.too_many_unpaid", "order.stock_share", "wallet.insufficient",
      "wallet.account_missing", "wallet.own_goods_only"}},
    {"payment.begin",
     {"order.already_paid", "order.cancelled", "order.expired", "payment.too_many",
      "wallet.insufficient", "wallet.account_missing", "wallet.own_goods_only"}},
    {"order.cancel", {"order.not_cancellable"}},
    {"code.reveal", {"order.not_delivered"}},
};

// What may come after what, over any number of steps.
bool may_follow(const std::string& before, const std::string& after) {
  static const std::map<std::string, std::set<std::string>> ways{
      {"pending_payment", {"closing", "paid", "delivered", "expired", "cancelled"}},
      {"closing", {"paid", "delivered", "expired", "cancelled"}},
      {"paid", {"delivered", "cancelled"}},
      {"expired", {"delivered"}},
      {"delivered", {}},
      {"cancelled", {}}};
  return before == after || ways.at(before).contains(after);
}

}  // namespace

Simulator::Simulator(std::uint64_t seed) : random_(seed), market_(stocked) {
  skus_.push_back({market_.sku, stocked});
  skus_.push_back({market_.shop.stock_sku(stocked, 7'770'000, "NORTH",
                                          {{"supplier_id", "north"}, {"commission_bp", 875}}),
                   stocked});
  for (int i = 0; i < 6; ++i) {
    accounts_.push_back(market_.shop.customer("c" + std::to_string(i) + "@example.com"));
    customers_.push_back(market_.shop.on_behalf(accounts_.back()));
  }
}

std::uint64_t Simulator::draw(std::uint64_t below) {
  return random_() % below;
}

Outcome Simulator::attempt(const Json& context, const std::string& operation, const Json& request) {
  Outcome outcome = market_.shop.call(operation, request, context);
  ++seen_[operation + " " + outcome.reason()];
  if (!outcome.ok) {
    const auto allowed = refusals.find(operation);
    const bool expected = allowed != refusals.end() && allowed->second.contains(outcome.reason());
    CHECK_MESSAGE(expected, operation << ": " << outcome.error.dump());
  }
  return outcome;
}

Json Simulator::request_for(const Order& order) {
  Json request{{"order_id", order.id}};
  if (!order.secret.is_null()) {
    request["lookup_secret"] = order.secret;
  }
  return request;
}

void Simulator::run(int operations, int check_every) {
  for (int i = 1; i <= operations; ++i) {
    step();
    if (i % check_every == 0) {
      check();
    }
  }
}

void Simulator::step() {
  const std::pair<int, void (Simulator::*)()> choices[] = {
      {16, &Simulator::place},  {10, &Simulator::begin},        {18, &Simulator::pay},
      {6, &Simulator::cancel},  {8, &Simulator::repeat_notice}, {8, &Simulator::reveal},
      {4, &Simulator::credit},  {2, &Simulator::restock},       {10, &Simulator::pull},
      {12, &Simulator::answer}, {6, &Simulator::look}};
  int pick = static_cast<int>(draw(100));
  for (const auto& [weight, action] : choices) {
    pick -= weight;
    if (pick < 0) {
      (this->*action)();
      break;
    }
  }
  if (chance(12)) {
    const std::int64_t steps_ms[] = {1000, 5000, 30'000, minute_ms, 5 * minute_ms, 16 * minute_ms};
    market_.advance(steps_ms[draw(std::size(steps_ms))]);
  }
  if (chance(10)) {
    market_.run_due();
  }
}

void Simulator::place() {
  const bool guest = chance(40);
  const Json context = guest ? Json::object() : one_of(customers_);
  const int quantity = 1 + static_cast<int>(draw(3));
  Json request{{"lines", {{{"sku_id", one_of(skus_).id}, {"quantity", quantity}}}}};
  if (chance(60)) {
    request["pay"] = {{"provider", chance(25) ? "wallet" : "sandbox"}};
  }
  const Outcome placed = attempt(context, "order.place", request);
  if (!placed.ok) {
    return;
  }
  orders_.push_back({.id = placed.answer["order_id"],
                     .context = context,
                     .secret = guest ? placed.answer["lookup_secret"] : Json(),
                     .quantity = quantity,
                     .total = placed.answer["total"]["amount"]});
  if (placed.answer.contains("payment")) {
    trades_.push_back(placed.answer["payment"]["out_trade_no"]);
  }
}

void Simulator::begin() {
  if (orders_.empty()) {
    return;
  }
  // Mostly an order of the last few, which may still be open.
  const std::size_t recent = std::min<std::size_t>(orders_.size(), 12);
  const Order& order = orders_[orders_.size() - 1 - draw(recent)];
  Json request = request_for(order);
  request["provider"] = chance(20) ? "wallet" : "sandbox";
  const Outcome begun = attempt(order.context, "payment.begin", request);
  if (begun.ok) {
    trades_.push_back(begun.answer["out_trade_no"]);
  }
}

void Simulator::pay() {
  if (trades_.empty()) {
    return;
  }
  const std::size_t recent = std::min<std::size_t>(trades_.size(), 12);
  std::string trade = trades_[trades_.size() - 1 - draw(chance(85) ? recent : trades_.size())];
  Json extra = Json::object();
  const std::uint64_t kind = draw(100);
  if (kind < 12) {
    extra = Market::amount(1 + static_cast<std::int64_t>(draw(900)));
  } else if (kind < 22) {
    extra = Market::amount(1000 + static_cast<std::int64_t>(draw(4000)));
  } else if (kind < 25) {
    extra = {{"merchant", "somebody"}};
  } else if (kind < 28) {
    extra = {{"amount", {{"amount", 1000}, {"currency", "USD"}}}};
  } else if (kind < 32) {
    extra = {{"outcome", "closed"}};
  } else if (kind < 34) {
    trade = "NOBODY" + std::to_string(draw(5));
  }
  const Json notice = market_.shop.notice_for(trade, extra);
  if (chance(15)) {
    return;  // paid at the provider, and the notice is lost
  }
  notices_.push_back(notice);
  if (chance(90)) {
    deliver(notice);  // otherwise it comes later, by repeat_notice
  }
}

void Simulator::deliver(const Json& notice) {
  const std::string outcome = market_.receive(notice);
  ++seen_["notice " + outcome];
  CHECK(outcome != "deferred");
  CHECK(outcome != "unreadable");
}

void Simulator::repeat_notice() {
  if (notices_.empty()) {
    return;
  }
  Json notice = one_of(notices_);
  if (chance(10)) {
    notice["body"] = notice["body"].get<std::string>() + " ";
    CHECK(market_.receive(notice) == "unverified");
    return;
  }
  deliver(notice);
}

void Simulator::cancel() {
  if (orders_.empty()) {
    return;
  }
  const std::size_t recent = std::min<std::size_t>(orders_.size(), 10);
  const Order& order = orders_[orders_.size() - 1 - draw(recent)];
  attempt(chance(30) ? Json{{"as", "host"}} : order.context, "order.cancel", request_for(order));
}

void Simulator::reveal() {
  if (orders_.empty()) {
    return;
  }
  Order& order = one_of(orders_);
  const Outcome revealed = attempt(order.context, "code.reveal", request_for(order));
  if (revealed.ok) {
    note_codes(order, revealed.answer);
  }
}

// The same codes each time, as many as were bought, and nobody else's.
void Simulator::note_codes(Order& order, const Json& revealed) {
  std::vector<std::string> codes;
  for (const Json& code : revealed["codes"]) {
    codes.push_back(code["text"]);
  }
  CHECK(codes.size() == static_cast<std::size_t>(order.quantity));
  if (order.codes.empty()) {
    for (const std::string& code : codes) {
      CHECK_MESSAGE(sold_codes_.insert(code).second, "sold twice");
    }
    order.codes = codes;
  }
  CHECK(order.codes == codes);
}

void Simulator::credit() {
  attempt({{"as", "host"}}, "wallet.credit",
          {{"account_id", one_of(accounts_)},
           {"amount", {{"amount", 1 + draw(3000)}, {"currency", "CNY"}}},
           {"source", chance(50) ? "bank" : "goodwill"},
           {"reason", "simulated"}});
}

void Simulator::restock() {
  Sku& sku = one_of(skus_);
  market_.shop.import_codes(sku.id, 4, sku.id.substr(4) + "n" + std::to_string(sku.imported));
  sku.imported += 4;
}

void Simulator::pull() {
  for (Json& call : market_.pull()) {
    calls_.push_back(std::move(call));
  }
}

// Any call of the past gets any answer, so answers come late, twice and in any order.
void Simulator::answer() {
  if (calls_.empty()) {
    return;
  }
  const std::size_t recent = std::min<std::size_t>(calls_.size(), 10);
  const Json call = calls_[calls_.size() - 1 - draw(chance(80) ? recent : calls_.size())];
  const std::uint64_t kind = draw(100);
  std::string outcome;
  if (kind < 65) {
    outcome = market_.answer(call);
  } else if (kind < 75) {
    outcome = market_.fail(call, "unknown");
  } else if (kind < 80) {
    outcome = market_.fail(call, "not_sent");
  } else if (kind < 88) {
    outcome = market_.answer_with(call, "garbage", chance(50) ? 200 : 503);
  } else if (call["kind"] == "refund.send") {
    outcome = market_.answer_with(call, {{"state", "not_paid"}});
  } else {
    outcome = market_.answer(call);
  }
  ++seen_["answer " + outcome];
}

void Simulator::look() {
  if (!orders_.empty()) {
    check_order(one_of(orders_));
  }
}

void Simulator::check_order(Order& order) {
  const Json view = market_.shop.must_as(order.context, "order.get", request_for(order));
  const std::string status = view["status"];
  CAPTURE(order.id.dump());
  CHECK_MESSAGE(may_follow(order.status, status), order.status << " became " << status);
  order.status = status;
  const std::int64_t paid = view["paid"]["amount"];
  CHECK(view["total"]["amount"] == order.total);
  const Json said = market_.shop.must_as(order.context, "order.explain", request_for(order));
  const std::string owner = said["owner"];
  const bool ended = status == "delivered" || status == "expired" || status == "cancelled";
  CHECK((owner != "nobody" || ended));
  CHECK((said.contains("until_ms") || owner == "nobody" || owner == "staff"));
  if (ended) {
    CHECK(paid == (status == "delivered" ? order.total : 0));
  } else {
    CHECK((status == "paid" ? paid == order.total : paid < order.total));
  }
}

void Simulator::check_stock() {
  for (const Sku& sku : skus_) {
    const Json stock = market_.shop.must("stock.get", {{"sku_id", sku.id}});
    CHECK(stock["available"].get<std::int64_t>() + stock["held"].get<std::int64_t>() +
              stock["sold"].get<std::int64_t>() ==
          sku.imported);
  }
}

void Simulator::check() {
  for (Order& order : orders_) {
    check_order(order);
  }
  check_stock();
  market_.shop.check_books();
}

void Simulator::settle() {
  for (int round = 0; round < 50; ++round) {
    market_.advance(16 * minute_ms);
    market_.run_due();
    if (market_.answer_all() == 0 && round > 2) {
      return;
    }
  }
  FAIL("calls are still waiting after fifty rounds");
}

std::map<std::string, std::int64_t> Simulator::balances() {
  std::map<std::string, std::int64_t> sums;
  const Json balance = market_.shop.must("ledger.balance");
  for (const Json& currency : balance["currencies"]) {
    for (const Json& account : currency["accounts"]) {
      const std::string prefix =
          currency["currency"] == "CNY" ? "" : currency["currency"].get<std::string>() + ":";
      sums[prefix + account["code"].get<std::string>()] =
          account["credit"].get<std::int64_t>() - account["debit"].get<std::int64_t>();
    }
  }
  return sums;
}

// What was booked as nobody's, by the log.
std::int64_t Simulator::set_aside() {
  std::int64_t sum = 0;
  std::int64_t after = 0;
  for (bool more = true; more;) {
    const Json page = market_.shop.must("event.pull", {{"after", after}, {"limit", 1000}});
    for (const Json& item : page["items"]) {
      const bool aside =
          item["kind"] == "payment.unattributed" || item["kind"] == "payment.integrity_failure";
      if (aside && item["details"]["currency"] == "CNY") {
        sum += std::stoll(item["details"]["amount"].get<std::string>());
      }
    }
    after = page["next"];
    more = page["more"];
  }
  return sum;
}

void Simulator::check_settled() {
  check();
  std::int64_t sold_for = 0;
  std::int64_t sold_codes = 0;
  for (Order& order : orders_) {
    CAPTURE(order.id.dump());
    CHECK(
        (order.status == "delivered" || order.status == "expired" || order.status == "cancelled"));
    const Json said = market_.shop.must_as(order.context, "order.explain", request_for(order));
    CHECK((said["owner"] == "nobody" || said["owner"] == "staff"));
    ++seen_["ended " + order.status + " " + said["owner"].get<std::string>()];
    if (order.status == "delivered") {
      sold_for += order.total;
      sold_codes += order.quantity;
      note_codes(order, market_.shop.must_as(order.context, "code.reveal", request_for(order)));
    }
  }
  std::int64_t in_stock_sold = 0;
  for (const Sku& sku : skus_) {
    const Json stock = market_.shop.must("stock.get", {{"sku_id", sku.id}});
    CHECK(stock["held"] == 0);
    in_stock_sold += stock["sold"].get<std::int64_t>();
  }
  CHECK(in_stock_sold == sold_codes);
  CHECK(sold_codes_.size() == static_cast<std::size_t>(sold_codes));
  auto books = balances();
  CHECK(books["L.escrow"] == 0);
  CHECK(books["I.sales"] + books["I.commission"] + books["L.sup_pending"] == sold_for);
  CHECK(books["L.suspense"] == set_aside());
  std::int64_t wallets = 0;
  std::int64_t bonuses = 0;
  for (const Json& customer : customers_) {
    const Json wallet = market_.shop.must_as(customer, "wallet.get");
    wallets += wallet["balance"]["amount"].get<std::int64_t>();
    bonuses += wallet["bonus"]["amount"].get<std::int64_t>();
  }
  CHECK(books["L.wallet"] == wallets);
  CHECK(books["L.wallet_bonus"] == bonuses);
}

}  // namespace kameng::test
