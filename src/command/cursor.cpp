#include "command/cursor.hpp"

#include <charconv>

namespace kameng::command {

Result<std::int64_t> read_cursor(const std::optional<std::string>& cursor) {
  std::int64_t before = INT64_MAX;
  if (!cursor) {
    return before;
  }
  const char* const end = cursor->data() + cursor->size();
  const auto [stop, fault] = std::from_chars(cursor->data(), end, before);
  if (fault != std::errc{} || stop != end || before < 0) {
    return Error{Status::invalid_argument, "cursor.malformed",
                 "cursor is not the `next` of a page."}
        .at("cursor");
  }
  return before;
}

}  // namespace kameng::command
