// password.cpp - libsodium's Argon2id, with the salt drawn through our own seam.
//
// crypto_pwhash_str would draw the salt itself and make an engine with a seed unrepeatable. So the
// string is put together here, and the library's own verifier reads it back.
#include "crypto/password.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <sodium.h>

#include "base/bytes.hpp"
#include "crypto/bcrypt.hpp"

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

// Reads `prefix` and a number off the front.
bool take_number(std::string_view& text, std::string_view prefix, std::uint32_t& number) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

enum class Compared : std::uint8_t { right, wrong, not_computed, no_memory };

Compared compare(std::string_view password, const std::string& hash) {
  if (bcrypt_cost(hash)) {
    const std::optional<bool> right = bcrypt_verify(password, hash);
    return !right ? Compared::not_computed : *right ? Compared::right : Compared::wrong;
  }
  errno = 0;
  if (crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0) {
    return Compared::right;
  }
  // The library answers all of these with the same number.
  switch (errno) {
    case ENOMEM:
      return Compared::no_memory;
    case EINVAL:
      return Compared::wrong;
    default:
      return Compared::not_computed;
  }
}

Error out_of_memory() {
  return Error{Status::out_of_memory, "engine.out_of_memory",
               "There is not enough memory to check a password."}
      .with(Retry::same);
}

}  // namespace

std::optional<PasswordCost> cost_of_hash(std::string_view hash) {
  if (const std::optional<int> cost = bcrypt_cost(hash)) {
    return PasswordCost{.scheme = PasswordScheme::bcrypt, .bcrypt_cost = *cost};
  }
  PasswordCost cost;
  std::uint32_t lanes = 0;
  std::string_view rest = hash;
  if (!take_number(rest, "$argon2id$v=19$m=", cost.memory_kib) ||
      !take_number(rest, ",t=", cost.passes) || !take_number(rest, ",p=", lanes) || lanes != 1 ||
      hash.size() >= crypto_pwhash_argon2id_STRBYTES || hash.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  // The library's own reader has the last word: salt, hash, and that the numbers are read alike.
  const bool well_formed =
      crypto_pwhash_argon2id_str_needs_rehash(std::string(hash).c_str(), cost.passes,
                                              std::size_t{cost.memory_kib} * 1024) == 0;
  return well_formed ? std::optional<PasswordCost>(cost) : std::nullopt;
}

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
    : cost_{cost.scheme, std::clamp<std::uint32_t>(cost.memory_kib, 8, memory_kib_max),
            std::max<std::uint32_t>(cost.passes, 1),
            std::clamp(cost.bcrypt_cost, bcrypt_cost_min, bcrypt_cost_max)},
      free_turns_(std::max(parallel_max, 1)) {}

Result<std::string> PasswordHasher::hash(std::string_view password, const Deadline& deadline,
                                         Random& random) {
  const auto salt = random.draw<salt_bytes>();
  const Turn turn(*this, deadline);
  if (!turn.taken()) {
    return Turn::busy();
  }
  if (cost_.scheme == PasswordScheme::bcrypt) {
    std::optional<std::string> made = bcrypt(password, cost_.bcrypt_cost, salt);
    if (!made) {
      return out_of_memory();
    }
    ++made_;
    return std::move(*made);
  }
  std::array<std::uint8_t, hash_bytes> hash{};
  if (crypto_pwhash(hash.data(), hash.size(), password.data(), password.size(), salt.data(),
                    cost_.passes, std::size_t{cost_.memory_kib} * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return out_of_memory();
  }
  ++made_;
  return phc_string(cost_, salt, hash);
}

Result<bool> PasswordHasher::verify(std::string_view password, const std::string& stored,
                                    const Deadline& deadline) {
  const Turn turn(*this, deadline);
  if (!turn.taken()) {
    return Turn::busy();
  }
  const bool is_hash = cost_of_hash(stored).has_value();
  const Compared compared = compare(password, is_hash ? stored : decoy());
  if (compared == Compared::no_memory) {
    return out_of_memory();
  }
  made_ += compared == Compared::not_computed ? 0 : 1;
  return compared == Compared::right && is_hash;
}

bool PasswordHasher::needs_rehash(const std::string& stored) const {
  const std::optional<PasswordCost> made = cost_of_hash(stored);
  if (!made || made->scheme != cost_.scheme) {
    return true;
  }
  return cost_.scheme == PasswordScheme::bcrypt
             ? made->bcrypt_cost != cost_.bcrypt_cost
             : made->memory_kib != cost_.memory_kib || made->passes != cost_.passes;
}

std::string PasswordHasher::decoy() const {
  const std::array<std::uint8_t, salt_bytes> salt{};
  const std::array<std::uint8_t, hash_bytes> hash{};
  if (cost_.scheme == PasswordScheme::bcrypt) {
    // Any 53 characters of the alphabet are a salt and a hash.
    const std::string cost = std::to_string(cost_.bcrypt_cost);
    return "$2b$" + std::string(2 - cost.size(), '0') + cost + "$" + std::string(53, '.');
  }
  return phc_string(cost_, salt, hash);
}

}  // namespace kameng::crypto
