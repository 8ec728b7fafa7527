// common_reasons.hpp - the reasons that every operation can give, and the check that an operation
// gives no others.
#pragma once

#include <string_view>
#include <vector>

#include "ops/operation.hpp"

namespace kameng::ops {

[[nodiscard]] const std::vector<Reason>& common_reasons();
// Declared by the operation or common, with the status it was declared with.
[[nodiscard]] bool is_declared(const Operation& operation, const Error& error);
// What a caller hears instead of a reason that programs were never told of.
[[nodiscard]] Error undeclared(const Operation& operation, const Error& error);
[[nodiscard]] Error unknown_operation(std::string_view name);

}  // namespace kameng::ops
