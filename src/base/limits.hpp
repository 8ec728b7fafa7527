// limits.hpp - bounds that several floors share. A bound that one folder alone knows stays in that
// folder; what a host may configure is in the configuration, and these are its ceilings.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kameng::limits {

// Documents.
inline constexpr std::size_t document_bytes_max = std::size_t{1} << 20U;  // 1 MiB
inline constexpr std::size_t document_depth_max = 32;
inline constexpr std::int64_t integer_max =
    (std::int64_t{1} << 53U) - 1;  // exact in every JSON reader
inline constexpr std::int64_t integer_min = -integer_max;

// HTTP values inside documents: outgoing calls, their responses, notices.
inline constexpr std::size_t http_body_bytes_max = std::size_t{700} * 1024;
inline constexpr std::size_t http_headers_max = 200;
inline constexpr std::size_t http_header_bytes_max = 8192;

// Calls.
inline constexpr std::size_t idempotency_key_bytes_max = 128;
inline constexpr std::int64_t idempotency_keep_ms = std::int64_t{7} * 24 * 60 * 60 * 1000;
inline constexpr std::int64_t timeout_ms_default = 10'000;
inline constexpr std::int64_t timeout_ms_max = 3'600'000;

// Pages.
inline constexpr std::int64_t page_items_default = 50;
inline constexpr std::int64_t page_items_max = 200;

// Provider-facing numbers.
inline constexpr std::size_t provider_number_chars_max = 32;

// Secrets that people choose. Longer than any real one, short enough that hashing stays cheap to
// start.
inline constexpr std::size_t password_bytes_max = 1024;

}  // namespace kameng::limits
