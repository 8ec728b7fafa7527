// read_orders.cpp - looking at orders and payments. Reading is pure: it never claims, delivers or
// changes anything.

#include <utility>

#include "account/permissions.hpp"
#include "order/access.hpp"
#include "order/explain_order.hpp"
#include "order/order_service.hpp"
#include "order/order_sql.hpp"

namespace kameng::order {
namespace {

constexpr IdBytes newest = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

ExplainFacts read_facts(sql::Transaction& tx, const Order& order) {
  ExplainFacts facts{.order = order,
                     .payments = payment::find_of_order(tx, order.id),
                     .refunds = payment::refunds_of_order(tx, order.id)};
  for (const payment::Payment& payment : facts.payments) {
    for (const payment::Question& question : payment::questions_about(tx, payment.id.text())) {
      facts.closings.push_back(question);
    }
  }
  for (const payment::Refund& refund : facts.refunds) {
    for (const payment::Question& question : payment::questions_about(tx, refund.id.text())) {
      facts.refundings.push_back(question);
    }
  }
  return facts;
}

// Whose orders are listed; nobody's in particular: the whole shop's.
Result<std::optional<AccountId>> listed_account(const command::Query& query, const List& request) {
  const std::optional<AccountId>& own = query.actor().account_id;
  const bool is_own = request.account_id ? request.account_id == own : !request.all && own;
  if (is_own) {
    return own;
  }
  KAMENG_CHECK(
      account::admit(query.actor(), {.permission = Permission::order_read}, query.call.now_ms));
  return request.account_id;
}

}  // namespace

Result<View> OrderService::get(command::Query& query, const Get& request) {
  KAMENG_TRY(const Order order, find_to_look(query.tx, query.actor(), query.keys(),
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
  KAMENG_TRY(const std::optional<AccountId> account, listed_account(query, request));
  std::vector<OrderId> ids;
  {
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
  KAMENG_TRY(const Order order, find_to_look(query.tx, query.actor(), query.keys(),
                                             request.order_id, request.lookup_secret));
  return decide(read_facts(query.tx, order), config_);
}

Result<payment::View> OrderService::get_payment(command::Query& query,
                                                const payment::Get& request) {
  const auto payment = payment::find(query.tx, request.payment_id);
  const auto order = payment ? find(query.tx, payment->order_id) : std::nullopt;
  if (!order || !may_look(query.actor(), query.keys(), *order, std::nullopt)) {
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
