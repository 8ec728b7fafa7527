#include "order/due_orders.hpp"

#include <algorithm>
#include <utility>

#include "order/give_up.hpp"
#include "order/order_sql.hpp"

namespace kameng::order {
namespace {

void decide_unpaid(Effects& effects, const DueFacts& facts, const Config& config, TimeMs now_ms,
                   DueCounts& counts, IdPool& ids) {
  const Order& order = facts.order;
  const bool open =
      std::any_of(facts.payments.begin(), facts.payments.end(),
                  [](const auto& payment) { return payment::is_open(payment.state); });
  if (order.status == OrderStatus::pending_payment && open) {
    // The payer may be paying right now: ask the provider to close first, for a while. It has that
    // while from now on, however late this is noticed.
    effects.order = OrderChange{OrderStatus::closing, order.covered, now_ms + config.closing_ms};
    effects.entries.push_back({.kind = "order.closing", .subject = order.id.text()});
    close_open_payments(effects, facts.payments, ids);
    counts.closing += 1;
    return;
  }
  give_up(effects, order, facts.payments, facts.refunds, facts.codes.held, OrderStatus::expired,
          "expired", ids);
  counts.expired += 1;
}

void decide_paid(Effects& effects, const DueFacts& facts, const Config& config, TimeMs now_ms,
                 DueCounts& counts, IdPool& ids) {
  const Order& order = facts.order;
  if (complete(order, facts.codes)) {
    deliver(effects, order, facts.codes, now_ms);
    counts.delivered += 1;
  } else if (now_ms >= order.expires_at_ms + config.stock_wait_ms) {
    give_up(effects, order, facts.payments, facts.refunds, facts.codes.held, OrderStatus::cancelled,
            "undelivered", ids);
    counts.refunded += 1;
  } else {
    effects.order = OrderChange{order.status, order.covered, now_ms + stock_retry_ms};
    counts.waiting += 1;
  }
}

}  // namespace

Effects decide(const DueFacts& facts, const Config& config, TimeMs now_ms, DueCounts& counts,
               IdPool& ids) {
  Effects effects;
  if (is_unpaid(facts.order.status)) {
    decide_unpaid(effects, facts, config, now_ms, counts, ids);
  } else {
    decide_paid(effects, facts, config, now_ms, counts, ids);
  }
  return effects;
}

Result<DueCounts> OrderService::run_due(command::Command& command, int limit) {
  IdPool ids(command.now_ms(), command.random());
  struct Plan {
    std::vector<audit::Entry> entries;
  };
  return command.phase<DueCounts>([&](sql::Transaction& tx) -> Result<DueCounts> {
    ids.rewind();
    DueCounts counts;
    Plan plan;
    std::vector<OrderId> due;
    {
      auto rows = tx.query(find_due_orders, command.now_ms(), limit);
      while (rows.next()) {
        due.push_back(rows.id<OrderId>(0));
      }
    }
    for (const OrderId& id : due) {
      std::optional<Order> order = find(tx, id);
      if (!order) {
        continue;
      }
      const DueFacts facts{*order, payment::find_of_order(tx, id),
                           payment::refunds_of_order(tx, id),
                           read_codes(tx, *order, !is_unpaid(order->status))};
      const Effects effects = decide(facts, config_, command.now_ms(), counts, ids);
      // Each order's facts are read after the one before it was written: two may want the same
      // code.
      apply(command, tx, &facts.order, effects);
      plan.entries.insert(plan.entries.end(), effects.entries.begin(), effects.entries.end());
    }
    return command.settle<DueCounts>(tx, command::Decision<Plan>::accept(std::move(plan)),
                                     [&](const Plan&) { return counts; });
  });
}

}  // namespace kameng::order
