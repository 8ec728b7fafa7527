// error_document.hpp - an Error as callers see it, and back. Refusals are stored in this form and
// replayed from it.
//
//   {"error":{"status":"FAILED_PRECONDITION","reason":"stock.sold_out","message":"...",
//             "field":"lines[2]","retry":"later","details":{"left":"0"},"trace":"..."}}
//
// `field` and `trace` are there only when there is something to say.
#pragma once

#include <string>
#include <string_view>

#include <kameng/result.hpp>

namespace kameng::json {

[[nodiscard]] std::string error_document(const Error& error, std::string_view trace);

// The error that was printed, without its trace: that belonged to one call. For text that is no
// error document, the error is DATA_LOSS `document.unreadable` itself: whoever asks what was
// refused has to be told that nobody knows.
[[nodiscard]] Error read_error(std::string_view text);

}  // namespace kameng::json
