// plain.hpp - plaintext in bulk: growing buffers that are wiped wherever they are given back, moves
// included.
//
// base/secret.hpp has the locked and the short-lived secrets. These are for whole files of them,
// and std::string would keep short ones inside itself, where no allocator can wipe them.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace kameng::text {

template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class Other>
  WipingAllocator(const WipingAllocator<Other>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  template <class Other>
  bool operator==(const WipingAllocator<Other>&) const noexcept {
    return true;
  }
};

using PlainText = std::vector<char, WipingAllocator<char>>;

inline void append(PlainText& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
}
[[nodiscard]] inline std::string_view view(const PlainText& text) noexcept {
  return {text.data(), text.size()};
}

}  // namespace kameng::text
