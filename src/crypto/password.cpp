// password.cpp - libsodium's Argon2id, with the salt drawn through our own seam.
//
// crypto_pwhash_str would draw the salt itself and make an engine with a seed unrepeatable. So the
// string is put together here, and the library's own verifier reads it back.
#include "crypto/password.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sodium.h>

#include "base/bytes.hpp"

namespace kameng::crypto {
namespace {

constexpr std::size_t salt_bytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t hash_bytes = 32;
constexpr std::uint32_t memory_kib_max =
    1024 * 1024;  // 1 GiB: more is a mistake in the configuration

std::string unpadded_base64(ByteView bytes) {
  std::string text = to_base64(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

std::string phc_string(const PasswordCost& cost, ByteView salt, ByteView hash) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
         ",t=" + std::to_string(cost.passes) + ",p=1$" + unpadded_base64(salt) + "$" +
         unpadded_base64(hash);
}

Error out_of_memory() {
  return Error{Status::out_of_memory, "engine.out_of_memory",
               "There is not enough memory to check a password."}
      .with(Retry::same);
}

}  // namespace

// One of the places at which a hash may run, taken for the length of a scope.
class PasswordHasher::Turn {
 public:
  Turn(PasswordHasher& hasher, const Deadline& deadline) : hasher_(hasher) {
    std::unique_lock<std::mutex> lock(hasher_.mutex_);
    taken_ = hasher_.turn_is_free_.wait_until(lock, deadline.at(),
                                              [this] { return hasher_.free_turns_ > 0; });
    hasher_.free_turns_ -= taken_ ? 1 : 0;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (taken_) {
      const std::lock_guard<std::mutex> lock(hasher_.mutex_);
      ++hasher_.free_turns_;
      hasher_.turn_is_free_.notify_one();
    }
  }
  [[nodiscard]] bool taken() const noexcept { return taken_; }
  [[nodiscard]] static Error busy() {
    return Error{Status::unavailable, "account.busy", "Too many passwords are being checked now."}
        .with(Retry::later);
  }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

PasswordHasher::PasswordHasher(PasswordCost cost, int parallel_max)
    : cost_{std::clamp<std::uint32_t>(cost.memory_kib, 8, memory_kib_max),
            std::max<std::uint32_t>(cost.passes, 1)},
      free_turns_(std::max(parallel_max, 1)) {}

Result<std::string> PasswordHasher::hash(std::string_view password, const Deadline& deadline,
                                         Random& random) {
  const auto salt = random.draw<salt_bytes>();
  const Turn turn(*this, deadline);
  if (!turn.taken()) {
    return Turn::busy();
  }
  std::array<std::uint8_t, hash_bytes> hash{};
  if (crypto_pwhash(hash.data(), hash.size(), password.data(), password.size(), salt.data(),
                    cost_.passes, std::size_t{cost_.memory_kib} * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return out_of_memory();
  }
  return phc_string(cost_, salt, hash);
}

Result<bool> PasswordHasher::verify(std::string_view password, const std::string& stored,
                                    const Deadline& deadline) {
  const Turn turn(*this, deadline);
  if (!turn.taken()) {
    return Turn::busy();
  }
  errno = 0;
  if (crypto_pwhash_argon2id_str_verify(stored.c_str(), password.data(), password.size()) == 0) {
    return true;
  }
  // The library answers a lack of memory and a wrong password with the same number.
  if (errno == ENOMEM) {
    return out_of_memory();
  }
  return false;
}

bool PasswordHasher::needs_rehash(const std::string& stored) const {
  return crypto_pwhash_argon2id_str_needs_rehash(stored.c_str(), cost_.passes,
                                                 std::size_t{cost_.memory_kib} * 1024) != 0;
}

std::string PasswordHasher::decoy() const {
  const std::array<std::uint8_t, salt_bytes> salt{};
  const std::array<std::uint8_t, hash_bytes> hash{};
  return phc_string(cost_, salt, hash);
}

}  // namespace kameng::crypto
