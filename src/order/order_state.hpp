// order_state.hpp - the states of an order and the ways between them, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <kameng/result.hpp>

namespace kameng::order {

// Numbers are stored; never renumber.
enum class OrderStatus : std::uint8_t {
  pending_payment = 0,
  closing = 1,  // time is over; the provider is asked to close the payment
  paid = 2,     // covered; its codes are not delivered yet
  delivering = 3,
  delivered = 4,
  expired = 5,
  cancelled = 6,
};
inline constexpr int order_status_count = 7;

[[nodiscard]] std::string_view order_status_name(OrderStatus status) noexcept;
[[nodiscard]] bool may_become(OrderStatus from, OrderStatus to) noexcept;
[[nodiscard]] constexpr bool is_unpaid(OrderStatus status) noexcept {
  return status == OrderStatus::pending_payment || status == OrderStatus::closing;
}

// Nothing waits for anything any more.
[[nodiscard]] constexpr bool is_over(OrderStatus status) noexcept {
  return status == OrderStatus::delivered || status == OrderStatus::expired ||
         status == OrderStatus::cancelled;
}

// Every state can be reached and every one but the ends can be left; checked when the engine opens.
[[nodiscard]] Result<void> check_transitions();

}  // namespace kameng::order
