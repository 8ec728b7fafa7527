// random.cpp - the deterministic generator: splitmix64 (Steele, Lea, Flood 2014), little-endian
// bytes.
#include "base/random.hpp"

namespace kameng {

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) {
      state_ += 0x9e3779b97f4a7c15U;
      word = state_;
      word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9U;
      word = (word ^ (word >> 27U)) * 0x94d049bb133111ebU;
      word ^= word >> 31U;
    }
    bytes[i] = static_cast<std::uint8_t>(word >> (8U * (i % 8)));
  }
}

}  // namespace kameng
