// person.cpp - sealing, opening and finding personal values.
#include "account/person.hpp"

#include "base/secret.hpp"
#include "crypto/seal.hpp"
#include "text/contact.hpp"

namespace kameng::account {
namespace {

// The column in front, the account's id behind it: no value opens in another column or for another
// person.
[[nodiscard]] Bytes place(std::string_view column, AccountId id) {
  Bytes place(column.begin(), column.end());
  place.insert(place.end(), id.bytes.begin(), id.bytes.end());
  return place;
}

constexpr std::string_view key_column = "account.person_key";
constexpr std::string_view email_column = "account.email";
constexpr std::string_view phone_column = "account.phone";
constexpr std::string_view name_column = "account.display_name";

[[nodiscard]] Result<std::optional<std::string>> open_field(const SecretBytes& key,
                                                            std::string_view column, AccountId id,
                                                            const std::optional<Bytes>& sealed) {
  if (!sealed) {
    return std::optional<std::string>();
  }
  KAMENG_TRY(const SecretText plain, open_value(key, column, id, *sealed));
  return std::optional<std::string>(std::string(plain.view()));
}

}  // namespace

Result<Person> read_person(const std::optional<std::string>& email,
                           const std::optional<std::string>& phone,
                           const std::optional<std::string>& display_name) {
  if (!email && !phone) {
    return Error{Status::invalid_argument, "account.no_contact",
                 "An account needs an e-mail address or a phone number."};
  }
  Person person;
  person.display_name = display_name;
  if (email) {
    person.email = text::normalize_email(*email);
    if (!person.email) {
      return Error{Status::invalid_argument, "email.invalid", "This is not an e-mail address."}.at(
          "email");
    }
  }
  if (phone) {
    person.phone = text::normalize_phone(*phone);
    if (!person.phone) {
      return Error{Status::invalid_argument, "phone.invalid", "This is not a phone number."}.at(
          "phone");
    }
  }
  return person;
}

Person read_identifier(std::string_view identifier) {
  Person person;
  if (identifier.find('@') == std::string_view::npos) {
    person.phone = text::normalize_phone(identifier).value_or(std::string(identifier));
  } else {
    person.email = text::normalize_email(identifier).value_or(std::string(identifier));
  }
  return person;
}

Blinds blind(const keys::KeyRing& keys, const Person& person) {
  Blinds blinds;
  if (person.email) {
    const keys::BlindIndex index =
        keys.blind("email", as_bytes(text::email_index_form(*person.email)));
    blinds.email = Bytes(index.begin(), index.end());
  }
  if (person.phone) {
    const keys::BlindIndex index = keys.blind("phone", as_bytes(*person.phone));
    blinds.phone = Bytes(index.begin(), index.end());
  }
  return blinds;
}

SealedPerson seal(const keys::KeyRing& keys, Random& random, AccountId id, const Person& person) {
  SecretBytes key(crypto::seal_key_bytes);
  random.fill(key.span());
  const auto seal_field = [&](std::string_view column,
                              const std::optional<std::string>& plain) -> std::optional<Bytes> {
    if (!plain) {
      return std::nullopt;
    }
    return seal_value(key, column, id, *plain, random);
  };
  SealedPerson sealed;
  sealed.person_key = keys.seal_person(key.span(), place(key_column, id), random);
  sealed.email = seal_field(email_column, person.email);
  sealed.phone = seal_field(phone_column, person.phone);
  sealed.display_name = seal_field(name_column, person.display_name);
  return sealed;
}

Result<SecretBytes> open_person_key(const keys::KeyRing& keys, AccountId id, ByteView sealed) {
  KAMENG_TRY(const SecretText text, keys.open_person(sealed, place(key_column, id)));
  return SecretBytes(as_bytes(text.view()));
}

Bytes seal_value(const SecretBytes& person_key, std::string_view column, AccountId id,
                 std::string_view plain, Random& random) {
  return crypto::seal(person_key, as_bytes(plain), place(column, id), random);
}

Result<SecretText> open_value(const SecretBytes& person_key, std::string_view column, AccountId id,
                              ByteView sealed) {
  return crypto::open_text(person_key, sealed, place(column, id));
}

Bytes seal_display_name(const SecretBytes& person_key, AccountId id, std::string_view name,
                        Random& random) {
  return seal_value(person_key, name_column, id, name, random);
}

Bytes seal_contact(const SecretBytes& person_key, AccountId id, const Person& person,
                   Random& random) {
  return person.email ? seal_value(person_key, email_column, id, *person.email, random)
                      : seal_value(person_key, phone_column, id, *person.phone, random);
}

Result<Person> open(const keys::KeyRing& keys, AccountId id, const SealedPerson& sealed) {
  KAMENG_TRY(const SecretBytes key, open_person_key(keys, id, sealed.person_key));
  Person person;
  KAMENG_TRY(person.email, open_field(key, email_column, id, sealed.email));
  KAMENG_TRY(person.phone, open_field(key, phone_column, id, sealed.phone));
  KAMENG_TRY(person.display_name, open_field(key, name_column, id, sealed.display_name));
  return person;
}

}  // namespace kameng::account
