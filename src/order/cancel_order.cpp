#include "order/cancel_order.hpp"

#include <utility>

#include "order/access.hpp"
#include "order/give_up.hpp"
#include "order/order_service.hpp"

namespace kameng::order {

command::Decision<CancelPlan> decide(const CancelFacts& facts, IdPool& ids) {
  using Decision = command::Decision<CancelPlan>;
  if (!facts.order.ok()) {
    return Decision::refuse(facts.order.error());
  }
  const Order& order = *facts.order;
  CancelPlan plan;
  plan.cancelled = {order.id, std::string(order_status_name(OrderStatus::cancelled))};
  if (order.status == OrderStatus::cancelled) {
    return Decision::accept(std::move(plan));
  }
  // A paid order that waits for stock is the shop's to give up: the customer has been promised
  // codes.
  const bool possible =
      is_unpaid(order.status) || (order.status == OrderStatus::paid && facts.by_host);
  if (!possible) {
    return Decision::refuse(Error{Status::failed_precondition, "order.not_cancellable",
                                  "This order can no longer be cancelled."}
                                .at("order_id")
                                .detail("status", order_status_name(order.status)));
  }
  give_up(plan, order, facts.payments, facts.refunds, facts.held, OrderStatus::cancelled,
          "cancelled", ids);
  return Decision::accept(std::move(plan));
}

void give_up(Effects& effects, const Order& order, const std::vector<payment::Payment>& payments,
             const std::vector<payment::Refund>& refunds, const std::vector<vault::HeldCode>& held,
             OrderStatus to, std::string_view reason, IdPool& ids) {
  const bool in_escrow = !is_unpaid(order.status);
  effects.order = OrderChange{.to = to, .covered = 0};
  effects.held = HeldCodes::release;
  effects.held_codes = held;
  effects.entries.push_back(
      {.kind = to == OrderStatus::expired ? "order.expired" : "order.cancelled",
       .subject = order.id.text(),
       .details = {{"from", std::string(order_status_name(order.status))},
                   {"reason", std::string(reason)}}});
  if (order.status != OrderStatus::closing) {
    close_open_payments(effects, payments, ids);  // a closing order has asked before
  }
  for (const payment::Payment& payment : payments) {
    std::int64_t left = payment.state == payment::AttemptState::success ? payment.captured : 0;
    for (const payment::Refund& refund : refunds) {
      left -= refund.payment_id == payment.id ? refund.amount.amount : 0;
    }
    if (left > 0) {
      give_back(effects, payment, in_escrow ? ledger::Account::escrow : ledger::Account::suspense,
                order.id.text(), left, reason, ids);
    }
  }
}

Result<Cancelled> OrderService::cancel(command::Command& command, const Cancel& request) {
  IdPool ids(command.now_ms(), command.random());
  return command.phase<Cancelled>([&](sql::Transaction& tx) -> Result<Cancelled> {
    ids.rewind();
    CancelFacts facts{.order = find_visible(tx, command.actor(), command.keys(), request.order_id,
                                            request.lookup_secret),
                      .payments = payment::find_of_order(tx, request.order_id),
                      .refunds = payment::refunds_of_order(tx, request.order_id),
                      .held = vault::held(tx, request.order_id),
                      .by_host = command.actor().kind == command::ActorKind::host};
    return command.settle<Cancelled>(tx, decide(facts, ids), [&](const CancelPlan& plan) {
      apply(command, tx, &*facts.order, plan);
      return plan.cancelled;
    });
  });
}

}  // namespace kameng::order
