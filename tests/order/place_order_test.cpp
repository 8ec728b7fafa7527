// place_order_test.cpp - every refusal of order.place, and what an accepted order holds.
#include "order/place_order.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "order/facts.hpp"
#include "provider/sandbox/sandbox_provider.hpp"

namespace kameng::order {
namespace {

catalog::SkuFacts sku_facts(int number) {
  return {.id = facts::id<SkuId>(number),
          .goods_id = facts::id<GoodsId>(number),
          .name = "5 CNY",
          .goods_name = "Steam card",
          .unit_price_micros = 5'000'000,
          .published = true,
          .delivery = "code"};
}

LineFacts line_facts(int number, int codes) {
  LineFacts line{.sku = sku_facts(number)};
  for (int code = 1; code <= codes; ++code) {
    line.codes.push_back(number * 100 + code);
  }
  return line;
}

// One line of two codes, both picked, by a customer without unpaid orders.
struct Case {
  PlaceFacts facts{.lines = {line_facts(9, 2)}};
  Place request{.lines = {{facts::id<SkuId>(9), 2}}};
  PlaceDraft draft{.order_id = facts::order_id, .account_id = facts::customer};
  Config config;

  [[nodiscard]] command::Decision<PlacePlan> decided() const {
    facts::Ids ids;
    return decide(facts, request, draft, config, facts::now_ms, ids);
  }
  [[nodiscard]] std::string reason() const {
    const auto decision = decided();
    CHECK(decision.plan.has_value() != decision.refusal.has_value());
    return decision.refusal ? decision.refusal->reason : "accepted";
  }
};

struct Refusal {
  const char* reason;
  Status status;
  const char* field;
  void (*spoil)(Case&);
};

const Refusal refusals[] = {
    {"account.not_found", Status::not_found, "account_id",
     [](Case& c) { c.facts.customer_known = false; }},
    {"order.sku_twice", Status::invalid_argument, "lines[1].sku_id",
     [](Case& c) {
       c.request.lines.push_back(c.request.lines[0]);
       c.facts.lines.push_back(c.facts.lines[0]);
     }},
    {"sku.not_found", Status::not_found, "lines[0].sku_id",
     [](Case& c) { c.facts.lines[0].sku.reset(); }},
    {"goods.not_for_sale", Status::failed_precondition, "lines[0].sku_id",
     [](Case& c) { c.facts.lines[0].sku->published = false; }},
    {"stock.sold_out", Status::failed_precondition, "lines[0].quantity",
     [](Case& c) { c.facts.lines[0].codes.pop_back(); }},
    {"order.stock_share", Status::resource_exhausted, "lines[0].quantity",
     [](Case& c) {
       c.facts.unpaid_device = 1;
       c.facts.lines[0].available = 3;
     }},
    {"quote.mixed_currency", Status::failed_precondition, "lines[1]",
     [](Case& c) {
       c.request.lines.push_back({facts::id<SkuId>(10), 1});
       c.facts.lines.push_back(line_facts(10, 1));
       c.facts.lines[1].sku->currency = *Currency::parse("USD");
     }},
    {"quote.zero", Status::failed_precondition, "",
     [](Case& c) { c.facts.lines[0].sku->unit_price_micros = 1; }},
    {"quote.too_large", Status::failed_precondition, "lines[0]",
     [](Case& c) {
       c.facts.lines[0] = line_facts(9, 20'000);
       c.facts.lines[0].sku->unit_price_micros = std::numeric_limits<std::int64_t>::max();
       c.request.lines[0].quantity = 20'000;
     }},
    {"order.too_many_unpaid", Status::resource_exhausted, "",
     [](Case& c) { c.facts.unpaid_account = 5; }},
    {"order.too_many_unpaid", Status::resource_exhausted, "",
     [](Case& c) { c.facts.unpaid_contact = 5; }},
    {"order.too_many_unpaid", Status::resource_exhausted, "",
     [](Case& c) { c.facts.unpaid_device = 5; }},
    {"order.too_many_unpaid", Status::resource_exhausted, "",
     [](Case& c) { c.facts.unpaid_network = 50; }},
    {"wallet.account_missing", Status::failed_precondition, "pay.provider",
     [](Case& c) {
       c.draft.account_id.reset();
       c.draft.payment = PaymentChoice{};
     }},
    {"wallet.own_goods_only", Status::failed_precondition, "pay.provider",
     [](Case& c) {
       c.facts.wallet = {5000, 0};
       c.facts.lines[0].sku->supplier_id = "north";
       c.draft.payment = PaymentChoice{};
     }},
    {"wallet.insufficient", Status::failed_precondition, "pay.provider",
     [](Case& c) {
       c.facts.wallet = {900, 99};
       c.draft.payment = PaymentChoice{};
     }},
};

TEST_SUITE("order") {
  // Goal: each refusal has its reason, status and field, and leaves nothing behind.
  // Method: one good request, spoilt in one way at a time.
  TEST_CASE("every refusal of order.place") {
    CHECK(Case().reason() == "accepted");
    for (const Refusal& refusal : refusals) {
      CAPTURE(std::string(refusal.reason));
      Case spoilt;
      refusal.spoil(spoilt);
      const auto decision = spoilt.decided();
      REQUIRE(decision.refusal.has_value());
      CHECK(decision.refusal->reason == refusal.reason);
      CHECK(decision.refusal->status == refusal.status);
      CHECK(decision.refusal->field == refusal.field);
      CHECK_FALSE(decision.plan.has_value());
    }
  }

  // Goal: a limit of n lets n unpaid orders stand and refuses the next, in each dimension; an
  // absent dimension counts nothing. Method: counts around each limit.
  TEST_CASE("quotas count up to their limit, each dimension on its own") {
    struct Dimension {
      const char* name;
      std::int64_t PlaceFacts::*open;
      std::int64_t limit;
    };
    const Dimension dimensions[] = {{"account", &PlaceFacts::unpaid_account, 5},
                                    {"contact", &PlaceFacts::unpaid_contact, 5},
                                    {"device", &PlaceFacts::unpaid_device, 5},
                                    {"network", &PlaceFacts::unpaid_network, 50}};
    for (const Dimension& dimension : dimensions) {
      for (const std::int64_t open :
           {std::int64_t{0}, dimension.limit - 1, dimension.limit, dimension.limit + 1}) {
        CAPTURE(std::string(dimension.name));
        CAPTURE(open);
        Case c;
        c.facts.lines[0].available = 100;
        c.facts.*dimension.open = open;
        const auto decision = c.decided();
        CHECK(decision.refusal.has_value() == (open >= dimension.limit));
        if (decision.refusal) {
          CHECK(facts::detail_of(*decision.refusal, "counted_by") == dimension.name);
          CHECK(facts::detail_of(*decision.refusal, "limit") == std::to_string(dimension.limit));
        }
      }
    }
  }

  // Goal: a first order may take all stock; a further unpaid one of the same person at most half of
  // what is left. Others behind the same network do not count as the same person.
  // Method: quantities around half of the stock, by dimension.
  TEST_CASE("the share of a sku that one person may hold") {
    struct Share {
      std::int64_t PlaceFacts::*open;
      std::int64_t available;
      std::int32_t quantity;
      bool allowed;
    };
    const Share shares[] = {
        {&PlaceFacts::unpaid_account, 10, 5, true},  {&PlaceFacts::unpaid_account, 10, 6, false},
        {&PlaceFacts::unpaid_contact, 10, 5, true},  {&PlaceFacts::unpaid_contact, 10, 6, false},
        {&PlaceFacts::unpaid_device, 11, 5, true},   {&PlaceFacts::unpaid_device, 11, 6, false},
        {&PlaceFacts::unpaid_network, 10, 10, true}, {&PlaceFacts::unpaid_account, 1, 1, true},
        {&PlaceFacts::unpaid_account, 2, 1, true},   {&PlaceFacts::unpaid_account, 2, 2, false},
        {&PlaceFacts::unpaid_account, 3, 2, false},
    };
    for (const Share& share : shares) {
      CAPTURE(share.available);
      CAPTURE(share.quantity);
      Case c;
      c.facts.lines[0] = line_facts(9, share.quantity);
      c.facts.lines[0].available = share.available;
      c.request.lines[0].quantity = share.quantity;
      CHECK(c.reason() == "accepted");
      c.facts.*share.open = 1;
      CHECK(c.reason() == (share.allowed ? "accepted" : "order.stock_share"));
    }
  }

  // Goal: an accepted order is priced once, holds what was picked, and says until when.
  // Method: two lines, one a supplier's; the plan's rows.
  TEST_CASE("an accepted order") {
    Case c;
    c.facts.lines.push_back(line_facts(10, 3));
    c.facts.lines[1].sku->supplier_id = "north";
    c.facts.lines[1].sku->commission_bp = 250;
    c.facts.lines[0].sku->commission_bp = 999;  // means nothing without a supplier
    c.facts.lines[1].sku->unit_price_micros = 3'333'333;
    c.request.lines.push_back({facts::id<SkuId>(10), 3});
    const PlacePlan plan = *c.decided().plan;
    CHECK(plan.order_row.status == OrderStatus::pending_payment);
    CHECK(plan.order_row.total == Money{2000, {}});
    CHECK(plan.order_row.covered == 0);
    CHECK(plan.order_row.expires_at_ms == facts::now_ms + 900'000);
    CHECK(plan.order_row.due_at_ms == plan.order_row.expires_at_ms);
    REQUIRE(plan.order_row.lines.size() == 2);
    CHECK(plan.order_row.lines[0].amount == 1000);
    CHECK(plan.order_row.lines[0].commission_bp == 0);
    CHECK(plan.order_row.lines[0].name == "Steam card / 5 CNY");
    CHECK(plan.order_row.lines[1].amount == 1000);
    CHECK(plan.order_row.lines[1].supplier_id == "north");
    CHECK(plan.order_row.lines[1].commission_bp == 250);
    REQUIRE(plan.holds.size() == 2);
    CHECK(plan.holds[1].codes == std::vector<std::int64_t>{1001, 1002, 1003});
    CHECK(plan.holds[1].line == 2);
    CHECK(plan.placed.status == "pending_payment");
    CHECK_FALSE(plan.placed.payment.has_value());
    CHECK(facts::entries_of(plan) == "order.placed");
    CHECK(plan.journals.empty());
  }

  // Goal: order and payment in one step are what they are in two.
  // Method: with a channel, and with a wallet whose bonus goes first.
  TEST_CASE("an order that is paid in the same step") {
    const auto sandbox = provider::make_sandbox(SecretBytes(32));
    Case by_channel;
    by_channel.draft.payment = PaymentChoice{sandbox.get(), "qr"};
    const PlacePlan channel = *by_channel.decided().plan;
    REQUIRE(channel.begun.size() == 1);
    CHECK(channel.begun[0].amount == Money{1000, {}});
    CHECK(channel.begun[0].method == "qr");
    CHECK(channel.begun[0].expires_at_ms == channel.order_row.expires_at_ms - 60'000);
    CHECK(channel.placed.payment->order_status == "pending_payment");
    CHECK(channel.placed.payment->out_trade_no == payment::out_trade_no(channel.begun[0].id));
    CHECK(channel.journals.empty());

    Case by_wallet;
    by_wallet.draft.payment = PaymentChoice{};
    by_wallet.facts.wallet = {900, 100};
    const PlacePlan wallet = *by_wallet.decided().plan;
    CHECK(wallet.placed.status == "delivered");
    CHECK(facts::text_of(facts::booked(wallet.journals)) ==
          "I.sales=1000 L.wallet=-900 L.wallet_bonus=-100");
    REQUIRE(wallet.begun.size() == 2);
    CHECK(wallet.begun[0].captured == 900);
    CHECK(wallet.begun[1].captured == 100);
    CHECK(wallet.held == HeldCodes::sell);
    CHECK(wallet.held_codes.size() == 2);
  }
}

}  // namespace
}  // namespace kameng::order
