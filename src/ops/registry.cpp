#include "ops/registry.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace kameng::ops {
namespace {

// <noun>.<verb> or <noun>.<state>: lower-case words joined by one dot.
bool is_dotted(std::string_view name) {
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
         std::count(name.begin(), name.end(), '.') == 1 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

Error unsound(std::string_view name, std::string_view what) {
  return {Status::internal, "operation.unsound", std::string(name) + ": " + std::string(what)};
}

}  // namespace

Operation& Registry::keep(std::unique_ptr<Operation> operation) {
  operations_.push_back(std::move(operation));
  Operation& kept = *operations_.back();
  by_name_.emplace(kept.name(), &kept);
  return kept;
}

const Operation* Registry::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Result<void> Registry::check() const {
  if (by_name_.size() != operations_.size()) {
    return unsound("registry", "two operations have one name");
  }
  for (const auto& operation : operations_) {
    if (!is_dotted(operation->name())) {
      return unsound(operation->name(), "not <noun>.<verb>");
    }
    if (operation->summary().empty()) {
      return unsound(operation->name(), "no summary");
    }
    for (const Reason& reason : operation->reasons()) {
      if (!is_dotted(reason.reason)) {
        return unsound(operation->name(), reason.reason);
      }
    }
  }
  return {};
}

}  // namespace kameng::ops
