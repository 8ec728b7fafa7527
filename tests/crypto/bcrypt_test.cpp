// bcrypt_test.cpp - bcrypt as its author published it, and what is no bcrypt hash.
#include "crypto/bcrypt.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "crypto/vectors.hpp"

namespace kameng::crypto {

TEST_SUITE("crypto") {
  // Goal: hashes are those of bcrypt, for each identifier, the bytes above 127 and the 72 that
  // count.
  // Method: the vectors of crypt_blowfish 1.3 (Solar Designer, in the public domain); the salt of
  // one of them makes its hash again.
  TEST_CASE("bcrypt agrees with the vectors of crypt_blowfish") {
    struct Row {
      const char* hash;
      const char* password;
    };
    const Row rows[] = {
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"},
        {"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""},
        {"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
         "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
         "chars after 72 are ignored"},
        // The first one, with the four bits of the salt set that do not count.
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCCBE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
        {"$2a$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xA3"},
        {"$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xA3"},
        {"$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xA3"},
        {"$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xFF\xFF\xA3"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.hash);
      CHECK(bcrypt_cost(row.hash) == 5);
      CHECK(bcrypt_verify(row.password, row.hash) == true);
      CHECK(bcrypt_verify("x" + std::string(row.password), row.hash) == false);
    }
    const char* const of_72 = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
    const std::string password = std::string(rows[4].password).substr(0, 72);
    CHECK(bcrypt_verify(password, of_72) == true);
    CHECK(bcrypt_verify(password.substr(0, 71), of_72) == false);
    CHECK(bcrypt_verify(password + std::string(440, 'x'), of_72) == true);  // 512 bytes
    // "CCCCCCCCCCCCCCCCCCCCC." spells these sixteen bytes.
    const auto salt = hex_array<16>("10410410410410410410410410410410");
    CHECK(bcrypt("U*U", 5, salt) == "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    CHECK_FALSE(bcrypt("U*U", bcrypt_cost_min - 1, salt).has_value());
    CHECK_FALSE(bcrypt("U*U", bcrypt_cost_max + 1, salt).has_value());
  }

  // Goal: a NUL ends no password early: it is a part of none.
  // Method: the password of a vector with a NUL and more behind it.
  TEST_CASE("a password with a NUL is nobody's") {
    const char* const hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    CHECK(bcrypt_verify(std::string_view("U*U\0", 4), hash) == false);
    CHECK(bcrypt_verify(std::string_view("U*U\0more", 8), hash) == false);
    CHECK_FALSE(bcrypt(std::string_view("U*U\0", 4), 5, {}).has_value());
  }

  // Goal: what is no bcrypt hash is told apart from a wrong password.
  // Method: a vector with one thing changed at a time.
  TEST_CASE("what is no bcrypt hash has no cost and verifies nothing") {
    const std::string hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    const auto with = [&](std::size_t at, char c) {
      std::string text = hash;
      text[at] = c;
      return text;
    };
    const std::string rows[] = {
        "",
        "*0",
        hash.substr(1),
        hash + ".",
        with(0, '!'),
        with(2, 'x'),
        with(3, '.'),
        with(4, 'x'),
        with(6, '.'),
        with(4, '3'),
        with(30, ':'),
        with(59, '\0'),
        with(5, '3'),
        hash.substr(0, 59),
    };
    for (const std::string& text : rows) {
      CAPTURE(text);
      CHECK_FALSE(bcrypt_cost(text).has_value());
      CHECK_FALSE(bcrypt_verify("U*U", text).has_value());
    }
    CHECK(bcrypt_cost(with(4, '3').replace(5, 1, "1")) == 31);
  }
}

}  // namespace kameng::crypto
