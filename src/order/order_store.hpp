// order_store.hpp - orders and lines as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>
#include <kameng/order.hpp>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "order/order_state.hpp"
#include "sql/transaction.hpp"

namespace kameng::order {

struct Line {
  std::int32_t line = 0;
  SkuId sku_id;
  std::string name;
  std::int32_t quantity = 0;
  std::int64_t unit_price_micros = 0;
  std::int64_t amount = 0;    // the customer pays
  std::int64_t discount = 0;  // the shop bears
  std::optional<std::string> supplier_id = {};
  std::int32_t commission_bp = 0;
};

struct Order {
  OrderId id;
  std::optional<AccountId> account_id = {};
  OrderStatus status = OrderStatus::pending_payment;
  Money total;
  std::int64_t covered = 0;  // what has arrived and was not given back, at most the total
  TimeMs created_at_ms = 0;
  TimeMs expires_at_ms = 0;
  std::optional<TimeMs> due_at_ms = {};
  std::optional<TimeMs> delivered_at_ms = {};
  std::optional<Bytes> lookup_hash = {};
  std::vector<Line> lines = {};

  [[nodiscard]] std::int64_t rest() const { return total.amount - covered; }
  [[nodiscard]] std::int64_t codes() const;  // how many it needs in all
};

// Who an unpaid order counts against; what is absent is not counted.
struct Origin {
  std::optional<Bytes> contact = {};  // sealed
  std::optional<Bytes> contact_blind = {};
  std::optional<Bytes> device_blind = {};
  std::optional<Bytes> network_blind = {};
};

// A new state of an order, guarded by the one the decision saw.
struct OrderChange {
  OrderStatus to;
  std::int64_t covered;
  std::optional<TimeMs> due_at_ms = {};
  std::optional<TimeMs> delivered_at_ms = {};
};

void insert(sql::Transaction& tx, const Order& order, const Origin& origin);
// In a transaction that writes the order stays locked. What is known of an order before that (its
// payments, say) may have changed while the lock was waited for.
[[nodiscard]] std::optional<Order> find(sql::Transaction& tx, const OrderId& id);
[[nodiscard]] std::optional<Order> find_of_payment(sql::Transaction& tx, const PaymentId& id);
// A way that the transition table does not have fails the transaction: the last guard.
void update(sql::Transaction& tx, const Order& before, const OrderChange& change);
[[nodiscard]] View view_of(const Order& order);

}  // namespace kameng::order
