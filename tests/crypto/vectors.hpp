// vectors.hpp - reading test vectors. Malformed hex in a test is an empty byte string, which no
// vector expects.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {

inline Bytes hex(std::string_view text) {
  return from_hex(text).value_or(Bytes{});
}
inline SecretBytes secret_hex(std::string_view text) {
  return SecretBytes(ByteView(hex(text)));
}

template <std::size_t N>
std::array<std::uint8_t, N> hex_array(std::string_view text) {
  std::array<std::uint8_t, N> bytes{};
  const Bytes read = hex(text);
  std::copy_n(read.begin(), std::min(N, read.size()), bytes.begin());
  return bytes;
}

// Answers every draw with the same bytes, over and over.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = bytes_[i % bytes_.size()];
    }
  }

 private:
  Bytes bytes_;
};

}  // namespace kameng::crypto
