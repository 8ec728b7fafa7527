#include "order/order_state.hpp"

#include <array>

namespace kameng::order {
namespace {

using enum OrderStatus;

constexpr std::uint8_t bits() {
  return 0;
}
template <class... Rest>
constexpr std::uint8_t bits(OrderStatus first, Rest... rest) {
  return static_cast<std::uint8_t>((1U << static_cast<unsigned>(first)) | bits(rest...));
}

struct Row {
  OrderStatus status;
  std::string_view name;
  std::uint8_t next;
  bool end;
};

// Delivery happens in the transaction that applies the payment, so an order may pass through paid
// and delivering at once.
constexpr std::array<Row, order_status_count> table{{
    {pending_payment, "pending_payment", bits(closing, paid, delivered, expired, cancelled), false},
    {closing, "closing", bits(paid, delivered, expired, cancelled), false},
    {paid, "paid", bits(delivering, delivered, cancelled), false},
    {delivering, "delivering", bits(delivered, cancelled), false},
    {delivered, "delivered", bits(), true},
    {expired, "expired", bits(paid, delivered), true},
    {cancelled, "cancelled", bits(), true},
}};

}  // namespace

std::string_view order_status_name(OrderStatus status) noexcept {
  return table[static_cast<std::size_t>(status)].name;
}

bool may_become(OrderStatus from, OrderStatus to) noexcept {
  return from == to || (table[static_cast<std::size_t>(from)].next & bits(to)) != 0;
}

Result<void> check_transitions() {
  std::uint8_t reached = bits(pending_payment);
  for (std::size_t round = 0; round < table.size(); ++round) {
    for (const Row& row : table) {
      if ((reached & bits(row.status)) != 0) {
        reached = static_cast<std::uint8_t>(reached | row.next);
      }
    }
  }
  for (const Row& row : table) {
    const bool named_in_place =
        static_cast<std::size_t>(row.status) == static_cast<std::size_t>(&row - table.data());
    if (!named_in_place || (reached & bits(row.status)) == 0 || (row.next == 0 && !row.end)) {
      return Error{Status::internal, "order.transitions",
                   "The order's transition table is not sound at " + std::string(row.name)};
    }
  }
  return {};
}

}  // namespace kameng::order
