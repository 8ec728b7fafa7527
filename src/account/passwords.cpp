#include "account/passwords.hpp"

#include <algorithm>
#include <charconv>

#include "account/common_passwords.hpp"
#include "base/secret.hpp"
#include "text/contact.hpp"
#include "text/nfkc.hpp"
#include "text/utf8.hpp"

namespace kameng::account {
namespace {

constexpr std::size_t characters_min = 8;
constexpr std::size_t characters_max = 128;
constexpr int foreign_bcrypt_cost_max = 16;
constexpr std::uint32_t foreign_memory_kib_max = 256 * 1024;
constexpr std::uint32_t foreign_passes_max = 16;
constexpr std::string_view peppered = "$kp$";

crypto::PasswordCost cost_of(const Config& config) {
  crypto::PasswordCost cost;
  cost.scheme = config.password_scheme == "bcrypt" ? crypto::PasswordScheme::bcrypt
                                                   : crypto::PasswordScheme::argon2id;
  cost.memory_kib = static_cast<std::uint32_t>(config.argon2_memory_kib);
  cost.passes = static_cast<std::uint32_t>(config.argon2_passes);
  cost.bcrypt_cost = static_cast<int>(config.bcrypt_cost);
  return cost;
}

// A stored form, taken apart: the pepper's id (0: none) and the hash.
struct Kept {
  std::int64_t pepper = 0;
  std::string hash;
};

Kept take_apart(const std::string& stored) {
  if (!stored.starts_with(peppered)) {
    return {0, stored};
  }
  Kept kept;
  const char* const begin = stored.data() + peppered.size();
  const char* const end = stored.data() + stored.size();
  const auto [rest, error] = std::from_chars(begin, end, kept.pepper);
  if (error != std::errc() || kept.pepper <= 0) {
    return {0, {}};
  }
  kept.hash.assign(rest, end);
  return kept;
}

// What is hashed: the bytes as typed, or what the pepper makes of them.
SecretText hashed_text(std::string_view password, std::int64_t pepper, const keys::KeyRing& keys) {
  if (pepper == 0) {
    return SecretText(std::string(password));
  }
  // What cannot be normalised was never chosen; it is hashed all the same, and is wrong.
  std::string normal = text::nfkc(password).value_or(std::string(password));
  std::optional<crypto::Hash32> mac = keys.pepper(pepper, as_bytes(normal));
  if (!mac) {
    mac = keys.pepper(keys.pepper_id(), as_bytes(normal));
  }
  SecretText text(to_base64(*mac));
  wipe(normal);
  wipe(mac->data(), mac->size());
  return text;
}

std::string lower_ascii(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// What is left of a phone number that is written with spaces and marks; nothing of another text.
std::string phone_digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else if (std::string_view("+-.() ").find(c) == std::string_view::npos) {
      return {};
    }
  }
  return digits;
}

// "+8613800138000" is guessed as "13800138000", "138-0013-8000" and so on.
bool is_own_contact(const std::string& lower, const Person& person) {
  const bool is_email =
      person.email &&
      (lower == text::email_index_form(*person.email) ||
       lower == text::email_index_form(*person.email).substr(0, person.email->find('@')));
  if (is_email || !person.phone) {
    return is_email;
  }
  const std::string digits = phone_digits(lower);
  const std::string own = phone_digits(*person.phone);
  return digits == own || (own.starts_with("86") && digits == std::string_view(own).substr(2));
}

}  // namespace

Result<void> check_new_password(std::string_view password, const Person& person,
                                std::string_view field) {
  const auto refuse = [&](std::string_view reason, std::string_view message) {
    return Error{Status::invalid_argument, std::string(reason), std::string(message)}.at(
        std::string(field));
  };
  std::optional<std::string> normal = text::nfkc(password);
  if (!normal || !text::is_printable(*normal, false) || normal->find('\t') != std::string::npos) {
    return refuse("password.not_text",
                  "A password consists of characters that Unicode knows, no control characters.");
  }
  const std::size_t length = text::code_points(*normal);
  const std::string lower = lower_ascii(std::move(*normal));
  const SecretText wiped(lower);
  if (length < characters_min) {
    return refuse("password.too_short", "A password has 8 characters at least.");
  }
  if (length > characters_max) {
    return refuse("password.too_long", "A password has 128 characters at most.");
  }
  if (is_common_password(lower) || is_own_contact(lower, person)) {
    return refuse("password.too_common", "This password is among those that are tried first.");
  }
  return {};
}

Result<void> check_foreign_hash(std::string_view hash) {
  const std::optional<crypto::PasswordCost> cost = crypto::cost_of_hash(hash);
  if (!cost) {
    return Error{
        Status::invalid_argument, "password.hash_unknown",
        "This is neither a bcrypt hash ($2a$, $2b$, $2y$) nor an Argon2id one of one lane."}
        .at("password_hash");
  }
  const bool is_bcrypt = cost->scheme == crypto::PasswordScheme::bcrypt;
  if (is_bcrypt ? cost->bcrypt_cost > foreign_bcrypt_cost_max
                : cost->memory_kib > foreign_memory_kib_max || cost->passes > foreign_passes_max) {
    return Error{Status::invalid_argument, "password.hash_too_costly",
                 "Checking this hash once would cost more than a sign-in may."}
        .at("password_hash");
  }
  return {};
}

Passwords::Passwords(const Config& config)
    : hasher_(cost_of(config), static_cast<int>(config.argon2_parallel_max)) {}

Result<std::string> Passwords::make(std::string_view password, const keys::KeyRing& keys,
                                    const Deadline& deadline, Random& random) {
  const std::int64_t pepper = keys.pepper_id();
  const SecretText text = hashed_text(password, pepper, keys);
  KAMENG_TRY(const std::string hash, hasher_.hash(text.view(), deadline, random));
  return std::string(peppered) + std::to_string(pepper) + hash;
}

Result<bool> Passwords::verify(std::string_view password, const std::string& stored,
                               const keys::KeyRing& keys, const Deadline& deadline) {
  // An empty text is no hash: the hasher computes one all the same, and it is wrong.
  const Kept kept = stored.empty() ? Kept{keys.pepper_id(), {}} : take_apart(stored);
  const SecretText text = hashed_text(password, kept.pepper, keys);
  return hasher_.verify(text.view(), kept.hash, deadline);
}

Result<std::optional<std::string>> Passwords::renewed(std::string_view password,
                                                      const std::string& stored,
                                                      const keys::KeyRing& keys,
                                                      const Deadline& deadline, Random& random) {
  if (!is_stale(stored, keys)) {
    return std::optional<std::string>();
  }
  std::optional<std::string> normal = text::nfkc(password);
  if (!normal) {
    return std::optional<std::string>();
  }
  wipe(*normal);
  KAMENG_TRY(std::string made, make(password, keys, deadline, random));
  return std::optional<std::string>(std::move(made));
}

bool Passwords::is_stale(const std::string& stored, const keys::KeyRing& keys) const {
  const Kept kept = take_apart(stored);
  return kept.pepper != keys.pepper_id() || hasher_.needs_rehash(kept.hash);
}

}  // namespace kameng::account
