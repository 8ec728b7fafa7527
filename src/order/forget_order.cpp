#include "order/forget_order.hpp"

#include "order/access.hpp"
#include "order/forget_sql.hpp"
#include "order/order_service.hpp"

namespace kameng::order {

command::Decision<ForgetPlan> decide_forget(const Result<Order>& order) {
  using Decision = command::Decision<ForgetPlan>;
  if (!order.ok()) {
    return Decision::refuse(order.error());
  }
  if (!is_over(order->status)) {
    return Decision::refuse(Error{Status::failed_precondition, "order.not_finished",
                                  "This order still needs to know where it came from."}
                                .at("order_id"));
  }
  return Decision::accept({order->id, {{"order.forgotten", order->id.text()}}});
}

Result<Forgotten> OrderService::forget(command::Command& command, const Forget& request) {
  return command.phase<Forgotten>([&](sql::Transaction& tx) {
    const Result<Order> order =
        find_visible(tx, command.actor(), command.keys(), request.order_id, request.lookup_secret);
    return command.settle<Forgotten>(tx, decide_forget(order), [&](const ForgetPlan& plan) {
      tx.run_exactly(1, forget_origin, plan.order_id);
      return Forgotten{plan.order_id};
    });
  });
}

}  // namespace kameng::order
