// passwords.hpp - how an account's password is chosen, kept and checked.
//
// What the column holds is one of
//
//   ""                                no password: nobody signs in by one
//   "$kp$7$argon2id$v=19$m=..."       today's: the hash of base64(HMAC-SHA256(pepper 7, NFKC of the
//   "$kp$7$2b$12$..."                 password)), by Argon2id or bcrypt as the configuration says;
//                                     7 is the id of the pepper in the key ring
//   "$argon2id$...", "$2a$...",       brought along by account.import, or kept before there was a
//   "$2b$...", "$2y$..."              pepper: the hash of the bytes as they are typed
//
// Whatever is not today's is made anew when its owner next signs in: see renewed().
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "account/config.hpp"
#include "account/person.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "crypto/password.hpp"
#include "keys/key_ring.hpp"

namespace kameng::account {

// A password that somebody chooses: 8 to 128 characters after NFKC, none of them a control
// character, no common password and not the own contact. INVALID_ARGUMENT password.too_short,
// password.too_long, password.not_text, password.too_common; at `field`.
[[nodiscard]] Result<void> check_new_password(std::string_view password, const Person& person,
                                              std::string_view field);
// A hash that another system made: INVALID_ARGUMENT password.hash_unknown,
// password.hash_too_costly.
[[nodiscard]] Result<void> check_foreign_hash(std::string_view hash);

// Any thread. Holds the places at which passwords are hashed, so there is one per engine.
class Passwords {
 public:
  explicit Passwords(const Config& config);

  // As it is to be kept. UNAVAILABLE account.busy.
  [[nodiscard]] Result<std::string> make(std::string_view password, const keys::KeyRing& keys,
                                         const Deadline& deadline, Random& random);
  // Whether it is the password. One hash is computed whatever `stored` is, an empty one included,
  // so that no password, an unknown account and a wrong password cost the same. (A hash that was
  // brought along costs what it was made at, until its owner has signed in once.)
  [[nodiscard]] Result<bool> verify(std::string_view password, const std::string& stored,
                                    const keys::KeyRing& keys, const Deadline& deadline);
  // `password`, which is right, as it is to be kept from now on. Nothing when `stored` is today's
  // already, and for a password that has no NFKC: a later Unicode might give it one, and whoever
  // brought it along would be locked out. It stays as it is typed.
  [[nodiscard]] Result<std::optional<std::string>> renewed(std::string_view password,
                                                           const std::string& stored,
                                                           const keys::KeyRing& keys,
                                                           const Deadline& deadline,
                                                           Random& random);
  // Whether it is kept in another form, at another cost or under another pepper than today's.
  [[nodiscard]] bool is_stale(const std::string& stored, const keys::KeyRing& keys) const;

  [[nodiscard]] std::int64_t hashes_made() const noexcept { return hasher_.hashes_made(); }

 private:
  crypto::PasswordHasher hasher_;
};

}  // namespace kameng::account
