// due_orders.cpp - what the engine does to orders by itself when their time has come.

#include <algorithm>
#include <utility>

#include "order/give_up.hpp"
#include "order/order_service.hpp"
#include "order/order_sql.hpp"

namespace kameng::order {
namespace {

constexpr std::int64_t stock_retry_ms = 60'000;

struct DueFacts {
  Order order;
  std::vector<payment::Payment> payments;
  std::vector<payment::Refund> refunds;
  CodeFacts codes;
};

void decide_unpaid(Effects& effects, const DueFacts& facts, const Config& config, DueCounts& counts,
                   IdPool& ids) {
  const Order& order = facts.order;
  const bool open =
      std::any_of(facts.payments.begin(), facts.payments.end(),
                  [](const auto& payment) { return payment::is_open(payment.state); });
  if (order.status == OrderStatus::pending_payment && open) {
    // The payer may be paying right now: ask the provider to close first, for a while.
    effects.order =
        OrderChange{OrderStatus::closing, order.covered, order.expires_at_ms + config.closing_ms};
    effects.entries.push_back({.kind = "order.closing", .subject = order.id.text()});
    close_open_payments(effects, facts.payments, ids);
    counts.closing += 1;
    return;
  }
  give_up(effects, order, facts.payments, facts.refunds, facts.codes.held, OrderStatus::expired,
          "expired", ids);
  // Whoever has not answered by now has been asked often enough; late money has its own way.
  effects.calls.erase(
      std::remove_if(effects.calls.begin(), effects.calls.end(),
                     [](const auto& call) { return call.action == payment::Action::close; }),
      effects.calls.end());
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

struct DuePlan {
  std::vector<audit::Entry> entries;
};

}  // namespace

Result<DueCounts> OrderService::run_due(command::Command& command, int limit) {
  IdPool ids(command.now_ms(), command.random());
  return command.phase<DueCounts>([&](sql::Transaction& tx) -> Result<DueCounts> {
    ids.rewind();
    DueCounts counts;
    DuePlan plan;
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
      DueFacts facts{*order, payment::find_of_order(tx, id), payment::refunds_of_order(tx, id), {}};
      Effects effects;
      facts.codes = read_codes(tx, facts.order, !is_unpaid(order->status));
      if (is_unpaid(order->status)) {
        decide_unpaid(effects, facts, config_, counts, ids);
      } else {
        decide_paid(effects, facts, config_, command.now_ms(), counts, ids);
      }
      // Each order's facts are read after the one before it was written: two may want the same
      // code.
      apply(tx, &facts.order, effects, command.now_ms());
      plan.entries.insert(plan.entries.end(), effects.entries.begin(), effects.entries.end());
    }
    return command.settle<DueCounts>(tx, command::Decision<DuePlan>::accept(std::move(plan)),
                                     [&](const DuePlan&) { return counts; });
  });
}

}  // namespace kameng::order
