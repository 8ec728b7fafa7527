// read_orders.cpp - looking at orders and payments. Reading is pure: it never claims, delivers or
// changes anything.

#include <algorithm>
#include <utility>

#include "order/access.hpp"
#include "order/order_service.hpp"
#include "order/order_sql.hpp"

namespace kameng::order {
namespace {

constexpr IdBytes newest = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

Explanation waiting(const Order& order, std::string_view what, std::string_view owner,
                    std::optional<TimeMs> until_ms, std::string_view text) {
  return {order.id,          std::string(order_status_name(order.status)),
          std::string(what), std::string(owner),
          until_ms,          std::string(text)};
}

Explanation explain_refunds(const Order& order, const std::vector<payment::Refund>& refunds,
                            std::string_view done) {
  for (const payment::Refund& refund : refunds) {
    if (payment::is_open(refund.state)) {
      return waiting(
          order, "refund", "provider", std::nullopt,
          "Money is on its way back; the provider has been asked and its answer is awaited.");
    }
    if (refund.state == payment::AttemptState::declined) {
      return waiting(order, "refund", "staff", std::nullopt,
                     "The provider declined a refund; a person has to pay it back another way.");
    }
  }
  return waiting(order, "nothing", "nobody", std::nullopt, done);
}

Explanation explain_order(const Order& order, const std::vector<payment::Payment>& payments,
                          const std::vector<payment::Refund>& refunds, const Config& config) {
  const bool failed_check = std::any_of(payments.begin(), payments.end(), [](const auto& payment) {
    return payment.state == payment::AttemptState::integrity_failure;
  });
  switch (order.status) {
    case OrderStatus::pending_payment:
      if (failed_check) {
        return waiting(
            order, "payment", "staff", order.expires_at_ms,
            "Money came that names another merchant or currency; a person has to look at it.");
      }
      if (order.covered > 0) {
        return waiting(order, "rest_of_payment", "customer", order.expires_at_ms,
                       "Part of the price has arrived. Begin a payment for the rest; afterwards it "
                       "goes back.");
      }
      return waiting(order, "payment", "customer", order.expires_at_ms,
                     payments.empty() ? "No payment has been begun."
                                      : "The payment has been begun, no money has arrived.");
    case OrderStatus::closing:
      return waiting(order, "provider_answer", "provider", order.due_at_ms,
                     "The time to pay is over; the provider is asked to close the payment. Codes "
                     "are still held.");
    case OrderStatus::paid:
    case OrderStatus::delivering:
      return waiting(order, "stock", "system", order.expires_at_ms + config.stock_wait_ms,
                     "Paid, but not enough codes are in stock. The engine looks again every "
                     "minute, then refunds.");
    case OrderStatus::delivered:
      return explain_refunds(order, refunds, "The codes are delivered; code.reveal shows them.");
    case OrderStatus::expired:
      return explain_refunds(order, refunds, "Not paid in time; its codes are for sale again.");
    case OrderStatus::cancelled:
      return explain_refunds(order, refunds, "Cancelled; its codes are for sale again.");
  }
  return waiting(order, "nothing", "nobody", std::nullopt, "");
}

}  // namespace

Result<View> OrderService::get(command::Query& query, const Get& request) {
  KAMENG_TRY(const Order order, find_visible(query.tx, query.actor(), query.keys(),
                                             request.order_id, request.lookup_secret));
  return view_of(order);
}

Result<Page> OrderService::list(command::Query& query, const List& request) {
  OrderId before{newest};
  if (request.cursor) {
    const auto cursor = OrderId::parse(*request.cursor);
    if (!cursor) {
      return Error{Status::invalid_argument, "cursor.malformed",
                   "cursor is not the `next` of a page."}
          .at("cursor");
    }
    before = *cursor;
  }
  std::vector<OrderId> ids;
  {
    const auto& account = query.actor().account_id;
    const int more = request.limit + 1;
    auto rows = account ? query.tx.query(list_orders_of_account, *account, before, more)
                        : query.tx.query(list_orders, before, more);
    while (rows.next()) {
      ids.push_back(rows.id<OrderId>(0));
    }
  }
  Page page;
  for (const OrderId& id : ids) {
    if (std::ssize(page.items) == request.limit) {
      page.next = page.items.back().order_id.text();
      break;
    }
    if (const auto order = find(query.tx, id)) {
      page.items.push_back(view_of(*order));
    }
  }
  return page;
}

Result<Explanation> OrderService::explain(command::Query& query, const Explain& request) {
  KAMENG_TRY(const Order order, find_visible(query.tx, query.actor(), query.keys(),
                                             request.order_id, request.lookup_secret));
  return explain_order(order, payment::find_of_order(query.tx, order.id),
                       payment::refunds_of_order(query.tx, order.id), config_);
}

Result<payment::View> OrderService::get_payment(command::Query& query,
                                                const payment::Get& request) {
  const auto payment = payment::find(query.tx, request.payment_id);
  const auto order = payment ? find(query.tx, payment->order_id) : std::nullopt;
  if (!order || !may_see(query.actor(), query.keys(), *order, std::nullopt)) {
    return Error{Status::not_found, "payment.not_found", "There is no such payment."}.at(
        "payment_id");
  }
  return payment::View{.payment_id = payment->id,
                       .order_id = payment->order_id,
                       .provider = payment->provider,
                       .out_trade_no = payment::out_trade_no(payment->id),
                       .status = std::string(payment::attempt_state_name(payment->state)),
                       .amount = payment->amount,
                       .captured = {payment->captured, payment->amount.currency},
                       .provider_trade_no = payment->provider_trade_no,
                       .created_at_ms = payment->created_at_ms};
}

}  // namespace kameng::order
