// decision.hpp - what a pure decide() returns: an acceptance with its plan, or a refusal that may
// carry a plan of its own.
#pragma once

#include <optional>
#include <utility>

#include <kameng/result.hpp>

namespace kameng::command {

// `Plan` has a member `entries` (std::vector<audit::Entry>): what the audit log shall say.
template <class Plan>
struct Decision {
  std::optional<Error> refusal;
  std::optional<Plan> plan;

  [[nodiscard]] static Decision accept(Plan plan) { return {std::nullopt, std::move(plan)}; }
  [[nodiscard]] static Decision refuse(Error error) { return {std::move(error), std::nullopt}; }
  // A refusal that leaves something behind: a counter, an entry.
  [[nodiscard]] static Decision refuse(Error error, Plan plan) {
    return {std::move(error), std::move(plan)};
  }
};

}  // namespace kameng::command
