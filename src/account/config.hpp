// config.hpp - what the engine's configuration says about accounts.
#pragma once

#include <cstdint>
#include <string>

namespace kameng::account {

struct Config {
  // The cost of one password hash, and how many may run at once: together they bound the memory
  // that sign-ins take.
  std::int64_t argon2_memory_kib = 19'456;
  std::int64_t argon2_passes = 2;
  std::int64_t argon2_parallel_max = 2;  // of either scheme
  std::string password_scheme = "argon2id";
  std::int64_t bcrypt_cost = 12;
  // How long a session lives after it was last seen.
  std::int64_t session_ms = 30LL * 24 * 60 * 60 * 1000;
  // How long at most, however often it is seen.
  std::int64_t session_absolute_ms = 90LL * 24 * 60 * 60 * 1000;
  std::string verify_contact = "required";
  std::string totp_issuer = "kameng";
};

}  // namespace kameng::account
