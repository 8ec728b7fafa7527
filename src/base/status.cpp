// status.cpp - names and HTTP numbers, made from the one table in status.hpp.
#include <kameng/status.hpp>

namespace kameng {

std::string_view status_name(Status status) noexcept {
  switch (status) {
#define KAMENG_X(name, wire, number, http, when) \
  case Status::name:                             \
    return #wire;
    KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
  }
  return "UNKNOWN";
}

int status_http(Status status) noexcept {
  switch (status) {
#define KAMENG_X(name, wire, number, http, when) \
  case Status::name:                             \
    return http;
    KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
  }
  return 500;
}

std::string_view retry_name(Retry retry) noexcept {
  switch (retry) {
    case Retry::never:
      return "never";
    case Retry::same:
      return "same";
    case Retry::later:
      return "later";
  }
  return "never";
}

}  // namespace kameng
