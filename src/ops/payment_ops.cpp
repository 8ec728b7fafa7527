// payment_ops.cpp - what is declared of payment.*, notice.receive, wallet.*, outbox.* and
// sandbox.*.
#include "ops/payment_ops.hpp"

namespace kameng::ops {
namespace {

void add_payments(Registry& registry, order::OrderService& orders) {
  using order::OrderService;
  registry.add(orders, &OrderService::begin_payment)
      .summary("Begin to pay what is still open of an order.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .acts_outside()
      .joins_in_part()
      .fails("order.not_found", Status::not_found)
      .fails("order.already_paid", Status::failed_precondition)
      .fails("order.cancelled", Status::failed_precondition)
      .fails("order.expired", Status::failed_precondition)
      .fails("payment.too_many", Status::resource_exhausted)
      .fails("provider.unknown", Status::invalid_argument)
      .fails("wallet.account_missing", Status::failed_precondition)
      .fails("wallet.own_goods_only", Status::failed_precondition)
      .fails("wallet.insufficient", Status::failed_precondition, Retry::later);
  registry.add(orders, &OrderService::get_payment)
      .summary("Look at a payment.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("payment.not_found", Status::not_found);
  registry.add(orders, &OrderService::receive_notice)
      .summary("Take a provider's notice: verified, recorded with its effect, answered.")
      .needs(Permission::anyone)
      .from_anywhere()
      .since(1, Stability::unstable)
      .fails("provider.unknown", Status::not_found)
      .fails("field.base64", Status::invalid_argument);
}

void add_calls(Registry& registry, order::OrderService& orders) {
  using order::OrderService;
  registry.add(orders, &OrderService::pull_calls)
      .summary("Lease outgoing calls to send.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .acts_outside();
  registry.add(orders, &OrderService::finish_call)
      .summary("Bring back what an outgoing call answered.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("call.not_found", Status::not_found)
      .fails("call.answer_missing", Status::invalid_argument)
      .fails("field.base64", Status::invalid_argument);
}

void add_wallet(Registry& registry, payment::WalletService& wallet) {
  using payment::WalletService;
  registry.add(wallet, &WalletService::credit)
      .summary("Add to a customer's balance.")
      .needs(Permission::money_manage)
      .since(1, Stability::unstable)
      .fails("account.not_found", Status::not_found)
      .fails("money.not_positive", Status::invalid_argument)
      .fails("wallet.too_large", Status::failed_precondition);
  registry.add(wallet, &WalletService::statement)
      .summary("Tell what came into a customer's wallet and went out of it.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument)
      .fails("cursor.malformed", Status::invalid_argument);
  registry.add(wallet, &WalletService::get)
      .summary("What a customer may spend.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("account.required", Status::invalid_argument);
}

void add_sandbox(Registry& registry, payment::SimulationService& simulation) {
  using payment::SimulationService;
  registry.add(simulation, &SimulationService::pay)
      .summary("Pay at the sandbox: the notice it would send, signed.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("sandbox.disabled", Status::failed_precondition)
      .fails("money.not_positive", Status::invalid_argument);
  registry.add(simulation, &SimulationService::answer)
      .summary("What the sandbox would answer to an outgoing call.")
      .needs(Permission::system_operate)
      .since(1, Stability::unstable)
      .fails("sandbox.disabled", Status::failed_precondition)
      .fails("call.not_found", Status::not_found);
}

}  // namespace

void add_payment_operations(Registry& registry, order::OrderService& orders,
                            payment::WalletService& wallet,
                            payment::SimulationService& simulation) {
  add_payments(registry, orders);
  add_calls(registry, orders);
  add_wallet(registry, wallet);
  add_sandbox(registry, simulation);
}

}  // namespace kameng::ops
