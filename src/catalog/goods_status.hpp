// goods_status.hpp - the states of goods and the steps between them, as data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kameng::catalog {

enum class GoodsStatus : std::uint8_t { draft, published, withdrawn };
enum class GoodsStep : std::uint8_t { publish, withdraw };

inline constexpr std::array<std::string_view, 3> goods_status_names{"draft", "published",
                                                                    "withdrawn"};
[[nodiscard]] constexpr std::string_view goods_status_name(GoodsStatus status) noexcept {
  return goods_status_names[static_cast<std::size_t>(status)];
}
[[nodiscard]] constexpr std::optional<GoodsStatus> parse_goods_status(
    std::string_view name) noexcept {
  for (std::size_t i = 0; i < goods_status_names.size(); ++i) {
    if (goods_status_names[i] == name) {
      return static_cast<GoodsStatus>(i);
    }
  }
  return std::nullopt;
}

struct GoodsTransition {
  GoodsStatus from;
  GoodsStep step;
  GoodsStatus to;
};

// What is not in the table is refused, except a step to where the goods already are: that succeeds
// and does nothing.
inline constexpr std::array<GoodsTransition, 3> goods_transitions{{
    {GoodsStatus::draft, GoodsStep::publish, GoodsStatus::published},
    {GoodsStatus::withdrawn, GoodsStep::publish, GoodsStatus::published},
    {GoodsStatus::published, GoodsStep::withdraw, GoodsStatus::withdrawn},
}};

[[nodiscard]] constexpr GoodsStatus goods_step_target(GoodsStep step) noexcept {
  return step == GoodsStep::publish ? GoodsStatus::published : GoodsStatus::withdrawn;
}

[[nodiscard]] constexpr bool may_step(GoodsStatus from, GoodsStep step) noexcept {
  for (const GoodsTransition& transition : goods_transitions) {
    if (transition.from == from && transition.step == step) {
      return true;
    }
  }
  return false;
}

// Every step leads where its name says, none is listed twice, none stands still.
[[nodiscard]] constexpr bool goods_transitions_are_sound() noexcept {
  for (std::size_t i = 0; i < goods_transitions.size(); ++i) {
    const GoodsTransition& a = goods_transitions[i];
    if (a.to != goods_step_target(a.step) || a.from == a.to) {
      return false;
    }
    for (std::size_t j = i + 1; j < goods_transitions.size(); ++j) {
      if (a.from == goods_transitions[j].from && a.step == goods_transitions[j].step) {
        return false;
      }
    }
  }
  return true;
}
static_assert(goods_transitions_are_sound());

}  // namespace kameng::catalog
