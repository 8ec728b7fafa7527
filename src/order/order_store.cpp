#include "order/order_store.hpp"

#include <numeric>

#include "order/order_sql.hpp"

namespace kameng::order {

std::int64_t Order::codes() const {
  return std::accumulate(lines.begin(), lines.end(), std::int64_t{0},
                         [](std::int64_t sum, const Line& line) { return sum + line.quantity; });
}

void insert(sql::Transaction& tx, const Order& order, const Origin& origin) {
  tx.run(insert_order, order.id, order.account_id, static_cast<int>(order.status),
         order.total.currency.code(), order.total.amount, order.covered, order.created_at_ms,
         order.expires_at_ms, order.due_at_ms, order.lookup_hash, origin.contact,
         origin.contact_blind, origin.device_blind, origin.network_blind);
  for (const Line& line : order.lines) {
    tx.run(insert_line, order.id, line.line, line.sku_id, line.name, line.quantity,
           line.unit_price_micros, line.amount, line.supplier_id, line.commission_bp,
           line.discount);
  }
}

namespace {

// The order and its lines, each found by the same id; they are asked for together.
template <class IdType>
std::optional<Order> find_by(sql::Transaction& tx, const sql::Statement& statement,
                             const sql::Statement& lines_statement, const IdType& id) {
  Order order;
  auto rows = tx.query(statement, id);
  auto lines = tx.query(lines_statement, id);
  if (!rows.next()) {
    return std::nullopt;
  }
  order.id = rows.template id<OrderId>(0);
  order.account_id = rows.template maybe_id<AccountId>(1);
  order.status = static_cast<OrderStatus>(rows.int64(2));
  order.total = {rows.int64(4), Currency::parse(rows.text_view(3)).value_or(Currency{})};
  order.covered = rows.int64(5);
  order.created_at_ms = rows.int64(6);
  order.expires_at_ms = rows.int64(7);
  order.due_at_ms = rows.maybe_int64(8);
  order.delivered_at_ms = rows.maybe_int64(9);
  if (!rows.is_null(10)) {
    order.lookup_hash = rows.blob(10);
  }
  while (lines.next()) {
    order.lines.push_back({.line = static_cast<std::int32_t>(lines.int64(0)),
                           .sku_id = lines.template id<SkuId>(1),
                           .name = lines.text(2),
                           .quantity = static_cast<std::int32_t>(lines.int64(3)),
                           .unit_price_micros = lines.int64(4),
                           .amount = lines.int64(5),
                           .discount = lines.int64(8),
                           .supplier_id = lines.maybe_text(6),
                           .commission_bp = static_cast<std::int32_t>(lines.int64(7))});
  }
  return order;
}

}  // namespace

std::optional<Order> find(sql::Transaction& tx, const OrderId& id) {
  return find_by(tx, find_order, find_lines, id);
}

std::optional<Order> find_of_payment(sql::Transaction& tx, const PaymentId& id) {
  return find_by(tx, find_order_of_payment, find_lines_of_payment, id);
}

void update(sql::Transaction& tx, const Order& before, const OrderChange& change) {
  if (!may_become(before.status, change.to)) {
    tx.fail({sql::Fault::check, std::string(update_order.name), "order.transition"});
    return;
  }
  tx.run_exactly(1, update_order, static_cast<int>(change.to), change.covered, change.due_at_ms,
                 change.delivered_at_ms, before.id, static_cast<int>(before.status),
                 before.covered);
}

View view_of(const Order& order) {
  View view{.order_id = order.id,
            .status = std::string(order_status_name(order.status)),
            .account_id = order.account_id,
            .lines = {},
            .total = order.total,
            .paid = {order.covered, order.total.currency},
            .created_at_ms = order.created_at_ms,
            .expires_at_ms = order.expires_at_ms,
            .delivered_at_ms = order.delivered_at_ms};
  for (const Line& line : order.lines) {
    view.lines.push_back({.line = line.line,
                          .sku_id = line.sku_id,
                          .name = line.name,
                          .quantity = line.quantity,
                          .unit_price_micros = line.unit_price_micros,
                          .amount = {line.amount, order.total.currency},
                          .discount = {line.discount, order.total.currency}});
  }
  return view;
}

}  // namespace kameng::order
