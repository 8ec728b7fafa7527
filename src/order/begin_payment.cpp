#include "order/begin_payment.hpp"

#include <algorithm>
#include <utility>

#include "order/access.hpp"
#include "order/order_service.hpp"
#include "payment/postings.hpp"

namespace kameng::order {
namespace {

// The provider's own time ends before ours, so that its last answer still finds the codes held.
constexpr std::int64_t provider_margin_ms = 60'000;
constexpr std::ptrdiff_t open_payments_max = 5;

Error not_payable(OrderStatus status) {
  const std::string name(order_status_name(status));
  switch (status) {
    case OrderStatus::paid:
    case OrderStatus::delivering:
    case OrderStatus::delivered:
      return {Status::failed_precondition, "order.already_paid", "This order is paid."};
    case OrderStatus::cancelled:
      return {Status::failed_precondition, "order.cancelled",
              "This order was cancelled. Place a new one."};
    default:
      return {Status::failed_precondition, "order.expired",
              "The time to pay is over. Place a new order."};
  }
}

bool own_goods_only(const Order& order) {
  return std::none_of(order.lines.begin(), order.lines.end(),
                      [](const Line& line) { return line.supplier_id.has_value(); });
}

payment::Payment wallet_payment(const Order& order, std::string_view provider, std::int64_t amount,
                                TimeMs now_ms, IdPool& ids) {
  return {.id = ids.next<PaymentId>(),
          .order_id = order.id,
          .provider = std::string(provider),
          .merchant = order.account_id->text(),
          .state = payment::AttemptState::success,
          .amount = {amount, order.total.currency},
          .captured = amount,
          .created_at_ms = now_ms,
          .expires_at_ms = order.expires_at_ms};
}

// Paying for a guest's order opens nothing and shows nothing, so its id is enough, as on a payment
// page; a secret that is given has to be right. A customer's order is the customer's to pay.
Result<Order> find_payable(sql::Transaction& tx, const command::Command& command,
                           const payment::Begin& request) {
  std::optional<Order> order = find(tx, request.order_id);
  const bool by_id = order && !order->account_id && !request.lookup_secret;
  if (!order ||
      !(by_id || may_see(command.actor(), command.keys(), *order, request.lookup_secret))) {
    return order_not_found();
  }
  return std::move(*order);
}

}  // namespace

command::Decision<BeginPlan> decide(const BeginFacts& facts, const PaymentChoice& choice,
                                    TimeMs now_ms, IdPool& ids) {
  using Decision = command::Decision<BeginPlan>;
  if (!facts.order.ok()) {
    return Decision::refuse(facts.order.error());
  }
  const Order& order = *facts.order;
  if (order.status != OrderStatus::pending_payment) {
    return Decision::refuse(not_payable(order.status).at("order_id"));
  }
  if (now_ms >= order.expires_at_ms) {
    return Decision::refuse(not_payable(OrderStatus::expired).at("order_id"));
  }
  BeginPlan plan;
  if (choice.channel == nullptr) {
    Result<payment::Begun> begun =
        pay_from_wallet(plan, order, facts.wallet, facts.codes, now_ms, ids);
    if (!begun.ok()) {
      return Decision::refuse(std::move(begun).error());
    }
    plan.begun = std::move(*begun);
    close_open_payments(plan, facts.payments, ids);
    return Decision::accept(std::move(plan));
  }
  const auto open =
      std::count_if(facts.payments.begin(), facts.payments.end(),
                    [](const auto& payment) { return payment::is_open(payment.state); });
  if (open >= open_payments_max) {
    return Decision::refuse(Error{Status::resource_exhausted, "payment.too_many",
                                  "Five payments of this order are open. Use one of them."}
                                .at("order_id"));
  }
  plan.begun = begin_with_channel(plan, order, choice, now_ms, ids);
  return Decision::accept(std::move(plan));
}

payment::Begun begin_with_channel(Effects& effects, const Order& order, const PaymentChoice& choice,
                                  TimeMs now_ms, IdPool& ids) {
  const payment::Payment payment{
      .id = ids.next<PaymentId>(),
      .order_id = order.id,
      .provider = std::string(choice.channel->name()),
      .merchant = std::string(choice.channel->merchant()),
      .method = choice.method,
      .amount = {order.rest(), order.total.currency},
      .created_at_ms = now_ms,
      .expires_at_ms = std::max(now_ms, order.expires_at_ms - provider_margin_ms)};
  effects.begun.push_back(payment);
  effects.entries.push_back({.kind = "payment.begun",
                             .subject = payment.id.text(),
                             .details = {{"order", order.id.text()},
                                         {"provider", payment.provider},
                                         {"amount", payment.amount.amount}}});
  return {.payment_id = payment.id,
          .out_trade_no = payment::out_trade_no(payment.id),
          .status = std::string(payment::attempt_state_name(payment.state)),
          .order_status = std::string(order_status_name(order.status)),
          .amount = payment.amount,
          .expires_at_ms = payment.expires_at_ms,
          .call = std::nullopt,
          .pay = std::nullopt};
}

Result<payment::Begun> pay_from_wallet(Effects& effects, const Order& order,
                                       const WalletFacts& wallet, const CodeFacts& codes,
                                       TimeMs now_ms, IdPool& ids) {
  if (!order.account_id) {
    return Error{Status::failed_precondition, "wallet.account_missing",
                 "A guest has no wallet. Sign in, or choose another provider."}
        .at("provider");
  }
  if (!own_goods_only(order)) {
    return Error{Status::failed_precondition, "wallet.own_goods_only",
                 "A wallet cannot pay a supplier's goods. Choose another provider."}
        .at("provider");
  }
  const std::int64_t amount = order.rest();
  const payment::WalletShares shares = payment::wallet_shares(amount, wallet.bonus);
  if (shares.wallet > wallet.wallet) {
    return Error{Status::failed_precondition, "wallet.insufficient",
                 "The wallet does not hold enough."}
        .at("provider")
        .with(Retry::later)
        .detail("needed", std::to_string(amount))
        .detail("available", std::to_string(wallet.wallet + wallet.bonus));
  }
  const std::string owner = order.account_id->text();
  std::vector<Source> sources{{ledger::Account::suspense, order.id.text(), order.covered},
                              {ledger::Account::wallet_bonus, owner, shares.bonus},
                              {ledger::Account::wallet, owner, shares.wallet}};
  if (shares.wallet > 0) {
    effects.begun.push_back(
        wallet_payment(order, payment::wallet_provider, shares.wallet, now_ms, ids));
  }
  if (shares.bonus > 0) {
    effects.begun.push_back(
        wallet_payment(order, payment::wallet_bonus_provider, shares.bonus, now_ms, ids));
  }
  const payment::Payment& first = effects.begun.front();
  effects.entries.push_back({.kind = "payment.succeeded",
                             .subject = first.id.text(),
                             .details = {{"order", order.id.text()},
                                         {"provider", std::string(payment::wallet_provider)},
                                         {"amount", amount}}});
  const OrderStatus reached = pay_and_deliver(effects, order, sources, codes, now_ms);
  return payment::Begun{.payment_id = first.id,
                        .out_trade_no = payment::out_trade_no(first.id),
                        .status = std::string(payment::attempt_state_name(first.state)),
                        .order_status = std::string(order_status_name(reached)),
                        .amount = {amount, order.total.currency},
                        .expires_at_ms = first.expires_at_ms,
                        .call = std::nullopt,
                        .pay = std::nullopt};
}

WalletFacts read_wallet(sql::Transaction& tx, const std::optional<AccountId>& account,
                        Currency currency) {
  if (!account) {
    return {};
  }
  const std::string owner = account->text();
  return {ledger::available(tx, ledger::Account::wallet, owner, currency),
          ledger::available(tx, ledger::Account::wallet_bonus, owner, currency)};
}

Result<void> OrderService::add_pay_page(payment::Begun& begun, std::string_view provider,
                                        std::string_view method) const {
  const payment::Provider* channel = this->channel(provider);
  if (channel == nullptr) {
    return {};
  }
  KAMENG_TRY(payment::Start start, channel->start({.out_trade_no = begun.out_trade_no,
                                                   .amount = begun.amount,
                                                   .method = std::string(method),
                                                   .expires_at_ms = begun.expires_at_ms}));
  begun.pay = std::move(start.page);
  return {};
}

Result<PaymentChoice> OrderService::choose(std::string_view provider,
                                           const std::optional<std::string>& method,
                                           std::string_view field) const {
  const payment::Provider* channel = this->channel(provider);
  if (channel == nullptr && provider != payment::wallet_provider) {
    return Error{Status::invalid_argument, "provider.unknown",
                 "No provider of this name is configured; `wallet` is the customer's balance."}
        .at(field);
  }
  return PaymentChoice{channel, method};
}

Result<payment::Begun> OrderService::begin_payment(command::Command& command,
                                                   const payment::Begin& request) {
  KAMENG_TRY(const PaymentChoice choice, choose(request.provider, request.method, "provider"));
  if (command.call().joined && choice.channel != nullptr) {
    return command::refuse_joined();
  }
  IdPool ids(command.now_ms(), command.random());
  Result<payment::Begun> begun =
      command.phase<payment::Begun>([&](sql::Transaction& tx) -> Result<payment::Begun> {
        ids.rewind();
        BeginFacts facts{.order = find_payable(tx, command, request)};
        if (facts.order.ok()) {
          facts.payments = payment::find_of_order(tx, facts.order->id);
          if (choice.channel == nullptr) {
            facts.wallet = read_wallet(tx, facts.order->account_id, facts.order->total.currency);
            facts.codes = read_codes(tx, *facts.order, true);
          }
        }
        return command.settle<payment::Begun>(tx, decide(facts, choice, command.now_ms(), ids),
                                              [&](const BeginPlan& plan) {
                                                apply(command, tx, &*facts.order, plan);
                                                return plan.begun;
                                              });
      });
  if (begun.ok()) {
    KAMENG_CHECK(add_pay_page(*begun, request.provider, request.method.value_or("")));
  }
  return begun;
}

}  // namespace kameng::order
