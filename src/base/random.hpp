// random.hpp - where random bytes come from. The engine draws through this seam only, so that a
// seed makes it repeatable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace kameng {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;  // any thread

  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> draw() {
    std::array<std::uint8_t, N> bytes;
    fill(bytes);
    return bytes;
  }
};

// Deterministic bytes for tests and simulations (splitmix64). Never for keys of a real shop.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace kameng
