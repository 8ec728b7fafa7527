// misuse.hpp - the errors of this folder: rules of the C interface that the calling program broke.
#pragma once

#include <cstddef>
#include <string_view>

#include <kameng/result.hpp>

#include "capi/handle_table.hpp"

namespace kameng::capi {

[[nodiscard]] Error misuse(std::string_view reason, std::string_view message);
[[nodiscard]] Error null_argument(std::string_view argument);
// Why a handle has no object: `kind` is "engine" or "result".
[[nodiscard]] Error bad_handle(HandleFault fault, std::string_view kind);

// A document as it came: NULL only with size 0, and a size that an object can have.
[[nodiscard]] Result<std::string_view> borrow(const char* text, std::size_t size,
                                              std::string_view argument);

}  // namespace kameng::capi
