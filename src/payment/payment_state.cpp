#include "payment/payment_state.hpp"

#include <array>

namespace kameng::payment {
namespace {

using enum AttemptState;

struct Row {
  AttemptState state;
  std::string_view name;
  std::uint8_t next;  // bits of AttemptState
};

constexpr std::uint8_t bits() {
  return 0;
}
template <class... Rest>
constexpr std::uint8_t bits(AttemptState first, Rest... rest) {
  return static_cast<std::uint8_t>((1U << static_cast<unsigned>(first)) | bits(rest...));
}

constexpr std::array<Row, attempt_state_count> table{{
    {pending, "pending", bits(unknown, success, declined, not_sent, integrity_failure, expired)},
    {unknown, "unknown", bits(success, declined, not_sent, integrity_failure, expired)},
    {success, "success", bits()},
    {declined, "declined", bits()},
    {not_sent, "not_sent", bits(pending, unknown, success, declined, integrity_failure, expired)},
    {integrity_failure, "integrity_failure", bits()},
    {expired, "expired", bits(success, integrity_failure)},
}};

}  // namespace

std::string_view attempt_state_name(AttemptState state) noexcept {
  return table[static_cast<std::size_t>(state)].name;
}

bool may_become(AttemptState from, AttemptState to) noexcept {
  return from == to || (table[static_cast<std::size_t>(from)].next & bits(to)) != 0;
}

}  // namespace kameng::payment
