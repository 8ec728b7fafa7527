#include "payment/provider.hpp"

#include <array>
#include <utility>

namespace kameng::payment {
namespace {

constexpr std::array<std::pair<Action, std::string_view>, 4> actions{{
    {Action::close, "payment.close"},
    {Action::query, "payment.query"},
    {Action::refund, "refund.send"},
    {Action::query_refund, "refund.query"},
}};

}  // namespace

std::string_view action_name(Action action) noexcept {
  return actions[static_cast<std::size_t>(action)].second;
}

std::optional<Action> parse_action(std::string_view name) noexcept {
  for (const auto& [action, known] : actions) {
    if (known == name) {
      return action;
    }
  }
  return std::nullopt;
}

}  // namespace kameng::payment
