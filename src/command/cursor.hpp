// cursor.hpp - where the next page begins, when that is the number of a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kameng/result.hpp>

namespace kameng::command {

// The greatest number when there is no cursor: the first page of what is newest. INVALID_ARGUMENT
// cursor.malformed.
[[nodiscard]] Result<std::int64_t> read_cursor(const std::optional<std::string>& cursor);

}  // namespace kameng::command
