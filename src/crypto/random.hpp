// random.hpp - starting the crypto libraries, and randomness of the system.
#pragma once

#include <kameng/result.hpp>

#include "base/random.hpp"

namespace kameng::crypto {

// Called once by every open of an engine, before anything else here; calling it again does nothing.
// Any thread. Fails with INTERNAL crypto.unavailable when the system has no randomness to give.
[[nodiscard]] Result<void> start();

// Bytes of the system's generator. Any thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace kameng::crypto
