// password.hpp - password hashing: Argon2id, stored as a PHC string, or bcrypt.
//
// A hash costs time and memory on purpose, so the number that run at once is bounded: a flood of
// sign-ins waits here, not in the system's allocator. Whoever signs people in verifies against an
// empty text when the account is unknown: a hash is computed all the same, so that an unknown name
// takes as long as a wrong password.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace kameng::crypto {

enum class PasswordScheme : std::uint8_t { argon2id, bcrypt };

struct PasswordCost {
  PasswordScheme scheme = PasswordScheme::argon2id;
  std::uint32_t memory_kib =
      19 * 1024;  // OWASP's recommendation for Argon2id: 19 MiB, 2 passes, 1 lane
  std::uint32_t passes = 2;
  int bcrypt_cost = 12;
};

// What a hash was made at: "$argon2id$v=19$m=19456,t=2,p=1$..." or bcrypt's. Nothing for a text
// that is neither, or that no password could be compared with.
[[nodiscard]] std::optional<PasswordCost> cost_of_hash(std::string_view hash);

class PasswordHasher {
 public:
  // Costs below Argon2's own minimum (8 KiB, 1 pass) are raised to it; at least one hash runs at a
  // time.
  PasswordHasher(PasswordCost cost, int parallel_max);

  // All of them: any thread; wait for a turn until the deadline, then UNAVAILABLE account.busy.

  // In the scheme of the cost. The salt comes from `random`. bcrypt takes 72 bytes, no NUL.
  [[nodiscard]] Result<std::string> hash(std::string_view password, const Deadline& deadline,
                                         Random& random);
  // Of either scheme. False for another password, and for a text that is no hash: then one is
  // computed at the present cost, so that it takes no less time.
  [[nodiscard]] Result<bool> verify(std::string_view password, const std::string& stored,
                                    const Deadline& deadline);
  // Whether the stored hash was made at another cost. Costs nothing.
  [[nodiscard]] bool needs_rehash(const std::string& stored) const;
  // A well-formed hash at the present cost that no password is known for.
  [[nodiscard]] std::string decoy() const;

  // How many hashes were computed, counted once they are: whoever waits for an answer may not see
  // from outside whether one was, and a test sees that there was.
  [[nodiscard]] std::int64_t hashes_made() const noexcept { return made_.load(); }

 private:
  class Turn;
  PasswordCost cost_;
  std::mutex mutex_;
  std::condition_variable turn_is_free_;
  int free_turns_;
  std::atomic<std::int64_t> made_{0};
};

}  // namespace kameng::crypto
