// status.hpp - how a call ended. One table makes the names, the HTTP numbers and the documentation.
#pragma once

#include <cstdint>
#include <string_view>

namespace kameng {

// X(C++ name, C and wire name, number, HTTP status, when it is returned). Numbers never change.
#define KAMENG_STATUS_TABLE(X)                                                                     \
  X(ok, OK, 0, 200, "The call did what was asked.")                                                \
  X(invalid_argument, INVALID_ARGUMENT, 1, 400, "The request itself is wrong; field names where.") \
  X(not_found, NOT_FOUND, 2, 404, "No such thing, or it is somebody else's.")                      \
  X(already_exists, ALREADY_EXISTS, 3, 409, "A thing with this name is already there.")            \
  X(failed_precondition, FAILED_PRECONDITION, 4, 409, "The state of things forbids it.")           \
  X(permission_denied, PERMISSION_DENIED, 5, 403, "The caller may not do this.")                   \
  X(unauthenticated, UNAUTHENTICATED, 6, 401, "The caller is not known; sign in first.")           \
  X(resource_exhausted, RESOURCE_EXHAUSTED, 7, 429, "A rate limit or a quota is used up.")         \
  X(aborted, ABORTED, 8, 409, "Lost a race; repeat with the same key.")                            \
  X(unavailable, UNAVAILABLE, 9, 503, "Storage or another party does not answer now.")             \
  X(deadline_exceeded, DEADLINE_EXCEEDED, 10, 504, "timeout_ms ran out.")                          \
  X(unimplemented, UNIMPLEMENTED, 11, 501, "This library does not have the operation.")            \
  X(data_loss, DATA_LOSS, 12, 500, "Stored data cannot be read back.")                             \
  X(internal, INTERNAL, 13, 500, "A fault of the engine.")                                         \
  X(misuse, MISUSE, 14, 500, "The calling program broke a rule of the interface.")                 \
  X(incompatible, INCOMPATIBLE, 15, 501, "Library, database or caller are of unlike versions.")    \
  X(out_of_memory, OUT_OF_MEMORY, 16, 503, "Memory could not be had.")

enum class Status : std::int32_t {
#define KAMENG_X(name, wire, number, http, when) name = number,
  KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
};

// "FAILED_PRECONDITION" and the like; "UNKNOWN" for a number that is not in the table.
[[nodiscard]] std::string_view status_name(Status status) noexcept;
[[nodiscard]] int status_http(Status status) noexcept;

// What a caller does after an error.
enum class Retry : std::uint8_t {
  never,  // the same call will end the same way
  same,   // repeat with the same idempotency key
  later,  // repeat later with a new key
};
[[nodiscard]] std::string_view retry_name(Retry retry) noexcept;

}  // namespace kameng
