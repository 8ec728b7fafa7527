// person.hpp - what is personal about an account, in clear and as the table keeps it.
//
// Each person has a key of their own, sealed under the ring and bound to the account's id; every
// personal field is sealed under it and bound to the account and to its column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>
#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "keys/key_ring.hpp"

namespace kameng::account {

// Contacts are in the written form of text/contact.hpp.
struct Person {
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<std::string> display_name;
};

struct SealedPerson {
  Bytes person_key;
  std::optional<Bytes> email;
  std::optional<Bytes> phone;
  std::optional<Bytes> display_name;
};

// What a contact is looked up by.
struct Blinds {
  std::optional<Bytes> email;
  std::optional<Bytes> phone;
};

// Reads contacts as people type them. INVALID_ARGUMENT `account.no_contact`, `email.invalid`,
// `phone.invalid`.
[[nodiscard]] Result<Person> read_person(const std::optional<std::string>& email,
                                         const std::optional<std::string>& phone,
                                         const std::optional<std::string>& display_name);
// What somebody who signs in typed: with an @ an address, otherwise a phone number. What is neither
// keeps its text, so that the lookup happens, and fails, all the same.
[[nodiscard]] Person read_identifier(std::string_view identifier);

[[nodiscard]] Blinds blind(const keys::KeyRing& keys, const Person& person);
[[nodiscard]] SealedPerson seal(const keys::KeyRing& keys, Random& random, AccountId id,
                                const Person& person);
// The person's own key, and values under it that stand in other tables, bound to their column
// ("session.device") and to the account. DATA_LOSS crypto.open_failed.
[[nodiscard]] Result<SecretBytes> open_person_key(const keys::KeyRing& keys, AccountId id,
                                                  ByteView sealed);
[[nodiscard]] Bytes seal_value(const SecretBytes& person_key, std::string_view column, AccountId id,
                               std::string_view plain, Random& random);
[[nodiscard]] Result<SecretText> open_value(const SecretBytes& person_key, std::string_view column,
                                            AccountId id, ByteView sealed);

// For the columns that the account's row has of them.
[[nodiscard]] Bytes seal_display_name(const SecretBytes& person_key, AccountId id,
                                      std::string_view name, Random& random);
// Of a person with one contact.
[[nodiscard]] Bytes seal_contact(const SecretBytes& person_key, AccountId id, const Person& person,
                                 Random& random);

// DATA_LOSS when a field was not sealed for this account, or has been altered.
[[nodiscard]] Result<Person> open(const keys::KeyRing& keys, AccountId id,
                                  const SealedPerson& sealed);

}  // namespace kameng::account
