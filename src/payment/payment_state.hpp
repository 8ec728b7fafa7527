// payment_state.hpp - the one small machine of every transaction with a provider, purchases and
// refunds alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace kameng::payment {

// Numbers are stored; never renumber.
enum class AttemptState : std::uint8_t {
  pending = 0,  // begun; the provider has not decided
  unknown = 1,  // an answer was lost or unreadable; resolved by query
  success = 2,
  declined = 3,
  not_sent = 4,           // certainly did not happen: may be sent again with the same id
  integrity_failure = 5,  // the answer names another amount, currency or merchant; a person decides
  expired = 6,            // closed at the provider
};
inline constexpr int attempt_state_count = 7;

[[nodiscard]] std::string_view attempt_state_name(AttemptState state) noexcept;
// Success is terminal; an expired trade can still turn out to have been paid.
[[nodiscard]] bool may_become(AttemptState from, AttemptState to) noexcept;
[[nodiscard]] constexpr bool is_open(AttemptState state) noexcept {
  return state == AttemptState::pending || state == AttemptState::unknown ||
         state == AttemptState::not_sent;
}

}  // namespace kameng::payment
