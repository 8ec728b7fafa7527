#include "capi/misuse.hpp"

#include <cstdint>
#include <string>

namespace kameng::capi {

Error misuse(std::string_view reason, std::string_view message) {
  return Error{Status::misuse, std::string(reason), std::string(message)};
}

Error null_argument(std::string_view argument) {
  return misuse("call.null_argument", std::string(argument) + " is NULL.");
}

Error bad_handle(HandleFault fault, std::string_view kind) {
  const std::string name(kind);
  if (fault == HandleFault::wrong_kind) {
    return misuse("handle.wrong_kind", "The handle is not the handle of an " + name + ".");
  }
  return misuse("handle.dead", "There is no " + name +
                                   " with this handle: it was ended, or the number is made up.");
}

Result<std::string_view> borrow(const char* text, std::size_t size, std::string_view argument) {
  if (size > PTRDIFF_MAX) {
    return misuse("call.size_invalid",
                  "The size of " + std::string(argument) + " is larger than memory can be.");
  }
  if (text == nullptr) {
    if (size != 0) {
      return null_argument(argument);
    }
    return std::string_view();
  }
  return std::string_view(text, size);
}

}  // namespace kameng::capi
