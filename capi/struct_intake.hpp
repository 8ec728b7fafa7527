// struct_intake.hpp - takes in a struct that a host handed over, of whatever release: struct_size
// first, slots appended since.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kameng::capi {

enum class StructFault : unsigned char { none, struct_size, unknown_slot };

// Copies what is given into `slots`, which was zeroed, and reads no byte beyond struct_size. A size
// is `size_min` and a number of slots; far above what any release will need it is not a size but
// memory that was never set, and then nothing is copied.
template <class Struct>
[[nodiscard]] StructFault take_in(const Struct& given, std::size_t size_min,
                                  Struct& slots) noexcept {
  constexpr std::uint64_t size_max = 4096;
  const std::uint64_t size = given.struct_size;
  if (size < size_min || size > size_max || (size - size_min) % sizeof(void*) != 0) {
    return StructFault::struct_size;
  }
  std::memcpy(&slots, &given, std::min<std::size_t>(size, sizeof slots));
  // The library's own size from here on, whatever release the caller was compiled against.
  slots.struct_size = sizeof slots;
  if (size > sizeof slots) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&given);
    if (std::any_of(bytes + sizeof slots, bytes + size, [](unsigned char b) { return b != 0; })) {
      return StructFault::unknown_slot;
    }
  }
  return StructFault::none;
}

}  // namespace kameng::capi
