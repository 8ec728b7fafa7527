#include "order/place_order.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "account/account_status.hpp"
#include "order/order_sql.hpp"
#include "order/origin.hpp"
#include "order/quota.hpp"
#include "pricing/quote.hpp"
#include "vault/code_store.hpp"

namespace kameng::order {
namespace {

using Decision = command::Decision<PlacePlan>;

std::string line_field(std::size_t line, std::string_view member) {
  return "lines[" + std::to_string(line) + "]." + std::string(member);
}

std::int64_t unpaid_per_account(const PlaceFacts& facts, const Config& config) {
  return facts.tier_unpaid_per_account.value_or(config.unpaid_per_account);
}

std::optional<Error> check_quota(const PlaceFacts& facts, const Config& config) {
  const struct {
    std::string_view dimension;
    std::int64_t open, limit;
  } quotas[] = {{"account", facts.unpaid_account, unpaid_per_account(facts, config)},
                {"contact", facts.unpaid_contact, config.unpaid_per_contact},
                {"device", facts.unpaid_device, config.unpaid_per_device},
                {"network", facts.unpaid_network, config.unpaid_per_network}};
  for (const auto& quota : quotas) {
    if (quota.open >= quota.limit) {
      return Error{Status::resource_exhausted, "order.too_many_unpaid",
                   "Too many orders wait for payment. Pay or cancel one first."}
          .with(Retry::later)
          .detail("counted_by", quota.dimension)
          .detail("limit", std::to_string(quota.limit));
    }
  }
  return std::nullopt;
}

std::optional<Error> check_line(const PlaceFacts& facts, const Place& request, std::size_t i) {
  const LineFacts& line = facts.lines[i];
  const auto wanted = static_cast<std::int64_t>(request.lines[i].quantity);
  for (std::size_t other = 0; other < i; ++other) {
    if (request.lines[other].sku_id == request.lines[i].sku_id) {
      return Error{Status::invalid_argument, "order.sku_twice", "Name each SKU on one line only."}
          .at(line_field(i, "sku_id"));
    }
  }
  if (!line.sku) {
    return Error{Status::not_found, "sku.not_found", "There is no such SKU."}.at(
        line_field(i, "sku_id"));
  }
  if (!line.sku->published) {
    return Error{Status::failed_precondition, "goods.not_for_sale",
                 "These goods are not for sale now."}
        .at(line_field(i, "sku_id"));
  }
  if (std::ssize(line.codes) < wanted) {
    return Error{Status::failed_precondition, "stock.sold_out", "Not enough codes are left."}
        .at(line_field(i, "quantity"))
        .with(Retry::later)
        .detail("available", std::to_string(line.codes.size()));
  }
  // A first order may take everything; whoever has unpaid orders may set aside half of what is
  // left.
  if (facts.has_unpaid() && wanted > std::max<std::int64_t>(1, line.available / 2)) {
    return Error{Status::resource_exhausted, "order.stock_share",
                 "With an order unpaid, a further one may hold at most half of the stock."}
        .at(line_field(i, "quantity"))
        .with(Retry::later);
  }
  return std::nullopt;
}

Result<Order> quoted_order(const PlaceFacts& facts, const Place& request, const PlaceDraft& draft,
                           const Config& config, TimeMs now_ms) {
  std::vector<pricing::QuoteLineInput> inputs;
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    const catalog::SkuFacts& sku = *facts.lines[i].sku;
    inputs.push_back({sku.id, sku.unit_price_micros, request.lines[i].quantity, sku.currency});
  }
  KAMENG_TRY(const pricing::Quote quote, pricing::quote(inputs, facts.discount_bp));
  Order order{.id = draft.order_id,
              .account_id = draft.account_id,
              .total = quote.total,
              .created_at_ms = now_ms,
              .expires_at_ms = now_ms + config.hold_ms,
              .due_at_ms = now_ms + config.hold_ms,
              .lookup_hash = draft.lookup_hash};
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    const catalog::SkuFacts& sku = *facts.lines[i].sku;
    order.lines.push_back({.line = static_cast<std::int32_t>(i + 1),
                           .sku_id = sku.id,
                           .name = sku.goods_name + " / " + sku.name,
                           .quantity = request.lines[i].quantity,
                           .unit_price_micros = sku.unit_price_micros,
                           .amount = quote.lines[i].amount,
                           .discount = quote.lines[i].discount,
                           .supplier_id = sku.supplier_id,
                           .commission_bp = sku.supplier_id ? sku.commission_bp : 0});
  }
  return order;
}

}  // namespace

Decision decide(const PlaceFacts& facts, const Place& request, const PlaceDraft& draft,
                const Config& config, TimeMs now_ms, IdPool& ids) {
  if (!facts.customer_known) {
    return Decision::refuse(
        Error{Status::not_found, "account.not_found", "There is no such account."}.at(
            "account_id"));
  }
  if (auto refusal = check_quota(facts, config)) {
    return Decision::refuse(std::move(*refusal));
  }
  for (std::size_t i = 0; i < request.lines.size(); ++i) {
    if (auto refusal = check_line(facts, request, i)) {
      return Decision::refuse(std::move(*refusal));
    }
  }
  Result<Order> quoted = quoted_order(facts, request, draft, config, now_ms);
  if (!quoted.ok()) {
    return Decision::refuse(std::move(quoted).error());
  }
  PlacePlan plan;
  plan.order_row = std::move(*quoted);
  const Order& order = plan.order_row;
  for (std::size_t i = 0; i < facts.lines.size(); ++i) {
    plan.holds.push_back({order.lines[i].sku_id, order.lines[i].line, facts.lines[i].codes});
  }
  plan.entries.push_back({.kind = "order.placed",
                          .subject = order.id.text(),
                          .details = {{"total", order.total.amount},
                                      {"currency", std::string(order.total.currency.code())},
                                      {"codes", order.codes()},
                                      {"expires_at_ms", order.expires_at_ms}}});
  plan.placed = {.order_id = order.id,
                 .status = std::string(order_status_name(order.status)),
                 .total = order.total,
                 .expires_at_ms = order.expires_at_ms,
                 .lookup_secret = std::nullopt,
                 .payment = std::nullopt,
                 .guest = !order.account_id};
  if (draft.payment && draft.payment->channel != nullptr) {
    plan.placed.payment = begin_with_channel(plan, order, *draft.payment, now_ms, ids);
  } else if (draft.payment) {
    CodeFacts codes;
    for (const Claim& hold : plan.holds) {
      for (const std::int64_t code : hold.codes) {
        codes.held.push_back({code, hold.sku_id, hold.line});
      }
    }
    Result<payment::Begun> begun = pay_from_wallet(plan, order, facts.wallet, codes, now_ms, ids);
    if (!begun.ok()) {
      return Decision::refuse(std::move(begun).error().at("pay.provider"));
    }
    plan.placed.status = begun->order_status;
    plan.placed.payment = std::move(*begun);
  }
  return Decision::accept(std::move(plan));
}

namespace {

// Asks how many orders of each kind wait for payment.
class Unpaid {
 public:
  Unpaid(sql::Transaction& tx, const PlaceDraft& draft, const Origin& origin, const Config& config,
         std::int64_t per_account) {
    std::optional<Bytes> account;
    if (draft.account_id) {
      account.emplace(draft.account_id->bytes.begin(), draft.account_id->bytes.end());
    }
    ask(tx, &PlaceFacts::unpaid_account, unpaid_of_account, account, per_account);
    ask(tx, &PlaceFacts::unpaid_contact, unpaid_of_contact, origin.contact_blind,
        config.unpaid_per_contact);
    ask(tx, &PlaceFacts::unpaid_device, unpaid_of_device, origin.device_blind,
        config.unpaid_per_device);
    ask(tx, &PlaceFacts::unpaid_network, unpaid_of_network, origin.network_blind,
        config.unpaid_per_network);
  }

  void answer(PlaceFacts& facts) {
    for (auto& [count, orders] : asked_) {
      facts.*count = orders.answer();
    }
  }

 private:
  using Count = std::int64_t PlaceFacts::*;

  void ask(sql::Transaction& tx, Count count, const sql::Statement& statement,
           const std::optional<Bytes>& key, std::int64_t limit) {
    if (key) {
      asked_.emplace_back(
          count, sql::Asked<std::int64_t>(tx.query(statement, *key, limit), [](sql::Rows& rows) {
            std::int64_t orders = 0;
            while (rows.next()) {
              ++orders;
            }
            return orders;
          }));
    }
  }

  std::vector<std::pair<Count, sql::Asked<std::int64_t>>> asked_;
};

// In the order of locks: balances, quotas, codes.
PlaceFacts read_facts(sql::Transaction& tx, const Place& request, const PlaceDraft& draft,
                      const Origin& origin, const Config& config, const account::Tiers& tiers,
                      TimeMs now_ms) {
  PlaceFacts facts;
  std::optional<sql::Asked<std::optional<account::CustomerFacts>>> asked;
  if (draft.account_id) {
    asked.emplace(account::ask_customer(tx, *draft.account_id));
  }
  for (const LineRequest& line : request.lines) {
    facts.lines.push_back({.sku = catalog::find_sku(tx, line.sku_id)});
  }
  if (asked) {
    const auto customer = asked->answer();
    facts.customer_known = customer && customer->active;
    if (customer) {
      const account::Tier& tier = tiers.now(customer->tier, customer->tier_until_ms, now_ms);
      facts.discount_bp = tier.discount_bp;
      facts.tier_unpaid_per_account = tier.unpaid_per_account;
    }
  }
  if (draft.payment && draft.payment->channel == nullptr && facts.lines.front().sku) {
    facts.wallet = read_wallet(tx, draft.account_id, facts.lines.front().sku->currency);
  }
  lock_quotas(tx, draft.account_id, origin, now_ms);
  Unpaid unpaid(tx, draft, origin, config, unpaid_per_account(facts, config));
  for (std::size_t i = 0; i < facts.lines.size(); ++i) {
    LineFacts& line = facts.lines[i];
    if (line.sku && line.sku->published) {
      line.codes = vault::pick(tx, line.sku->id, request.lines[i].quantity);
    }
  }
  unpaid.answer(facts);
  for (LineFacts& line : facts.lines) {
    if (facts.has_unpaid() && line.sku && line.sku->published) {
      line.available = vault::stock_of(tx, line.sku->id).available;
    }
  }
  return facts;
}

Placed apply_place(command::Command& command, sql::Transaction& tx, const PlacePlan& plan,
                   const Origin& origin) {
  const Order& order = plan.order_row;
  insert(tx, order, origin);
  for (const Claim& hold : plan.holds) {
    vault::hold(tx, hold.codes, hold.sku_id, {order.id, hold.line}, order.expires_at_ms);
  }
  command.expect_due(order.due_at_ms);
  apply(command, tx, &order, plan);
  return plan.placed;
}

}  // namespace

Result<Placed> OrderService::place(command::Command& command, const Place& request) {
  PlaceDraft draft{.order_id = command.new_id<OrderId>(), .account_id = command.actor().account_id};
  if (request.pay) {
    KAMENG_TRY(draft.payment, choose(request.pay->provider, request.pay->method, "pay.provider"));
  }
  if (command.call().joined && (!draft.account_id || (draft.payment && draft.payment->channel))) {
    return command::refuse_joined();
  }
  KAMENG_TRY(const Origin origin, read_origin(command.context(), request.contact, draft.order_id,
                                              command.keys(), command.random()));
  if (!draft.account_id) {
    const SecretText secret =
        command.keys().derive("lookup", draft.order_id.bytes, draft.order_id.bytes);
    const auto hash = command.keys().hash_of_secret(secret.view());
    draft.lookup_hash = Bytes(hash.begin(), hash.end());
  }
  IdPool ids(command.now_ms(), command.random());
  Result<Placed> placed = command.phase<Placed>([&](sql::Transaction& tx) -> Result<Placed> {
    ids.rewind();
    const PlaceFacts facts =
        read_facts(tx, request, draft, origin, config_, *tiers_, command.now_ms());
    return command.settle<Placed>(
        tx, decide(facts, request, draft, config_, command.now_ms(), ids),
        [&](const PlacePlan& plan) { return apply_place(command, tx, plan, origin); });
  });
  if (!placed.ok()) {
    return placed;
  }
  // What no table holds is made again from the stored answer: the guest's secret and the page to
  // pay on.
  if (placed->guest) {
    placed->lookup_secret = std::string(
        command.keys().derive("lookup", placed->order_id.bytes, placed->order_id.bytes).view());
  }
  if (placed->payment && request.pay) {
    KAMENG_CHECK(
        add_pay_page(*placed->payment, request.pay->provider, request.pay->method.value_or("")));
  }
  return placed;
}

}  // namespace kameng::order
