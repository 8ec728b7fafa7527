// header_text.hpp - what HTTP says about the text of header fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/header.hpp>

namespace kameng::gateway {

[[nodiscard]] bool equal_without_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;  // spaces and tabs
// The parts between the marks, trimmed.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char mark);
[[nodiscard]] bool is_token(std::string_view text) noexcept;  // RFC 9110 section 5.6.2

// The first value of that name, trimmed.
[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers,
                                                          std::string_view name);

// Whether an If-None-Match names the tag, weak or strong, or is `*`.
[[nodiscard]] bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace kameng::gateway
