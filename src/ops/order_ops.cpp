// order_ops.cpp - what is declared of order.* and code.reveal.
#include "ops/order_ops.hpp"

namespace kameng::ops {

void add_order_operations(Registry& registry, order::OrderService& orders) {
  using order::OrderService;
  registry.add(orders, &OrderService::place)
      .summary("Set codes aside and open an unpaid order.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .answers_secret()
      .joins_in_part()
      .fails("account.not_found", Status::not_found)
      .fails("sku.not_found", Status::not_found)
      .fails("goods.not_for_sale", Status::failed_precondition)
      .fails("order.sku_twice", Status::invalid_argument)
      .fails("stock.sold_out", Status::failed_precondition, Retry::later)
      .fails("order.too_many_unpaid", Status::resource_exhausted, Retry::later)
      .fails("order.stock_share", Status::resource_exhausted, Retry::later)
      .fails("quote.mixed_currency", Status::failed_precondition)
      .fails("quote.too_large", Status::failed_precondition)
      .fails("quote.zero", Status::failed_precondition)
      .fails("contact.malformed", Status::invalid_argument)
      .fails("provider.unknown", Status::invalid_argument)
      .fails("wallet.account_missing", Status::failed_precondition)
      .fails("wallet.own_goods_only", Status::failed_precondition)
      .fails("wallet.insufficient", Status::failed_precondition, Retry::later);
  registry.add(orders, &OrderService::get)
      .summary("Look at an order.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("order.not_found", Status::not_found);
  registry.add(orders, &OrderService::list)
      .summary("The orders of a customer, or of the shop, newest first.")
      .needs(Permission::own_account)
      .since(1, Stability::unstable)
      .fails("cursor.malformed", Status::invalid_argument);
  registry.add(orders, &OrderService::cancel)
      .summary("Give an order up before its codes are delivered; its money goes back.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("order.not_found", Status::not_found)
      .fails("order.not_cancellable", Status::failed_precondition);
  registry.add(orders, &OrderService::forget)
      .summary(
          "Forget the contact and the origin of a finished order; for guests, who have no "
          "account to erase.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("order.not_found", Status::not_found)
      .fails("order.not_finished", Status::failed_precondition);
  registry.add(orders, &OrderService::explain)
      .summary("Say what an order waits for, on whom, and until when.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .fails("order.not_found", Status::not_found);
  registry.add(orders, &OrderService::reveal)
      .summary("Read the delivered codes; each answer has its own audit entry.")
      .needs(Permission::anyone)
      .since(1, Stability::unstable)
      .answers_secret()
      .fails("order.not_found", Status::not_found)
      .fails("order.not_delivered", Status::failed_precondition, Retry::later)
      .fails("code.unreadable", Status::data_loss);
}

}  // namespace kameng::ops
