// passwords_test.cpp - how passwords are chosen, kept and checked.
#include "account/passwords.hpp"

#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "account/fixture.hpp"

namespace kameng::account {
namespace {

using Json = nlohmann::json;

Config cheap(const std::string& scheme = "argon2id") {
  Config config;
  config.argon2_memory_kib = 8;
  config.argon2_passes = 1;
  config.password_scheme = scheme;
  config.bcrypt_cost = 4;
  return config;
}

Deadline soon() {
  return Deadline::after_ms(10'000);
}

std::string chosen(std::string_view password) {
  Person person;
  person.email = "Li.Na-Hangzhou@example.com";
  person.phone = "+8613800138000";
  const Result<void> checked = check_new_password(password, person, "password");
  return checked.ok() ? "ok" : checked.error().reason;
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

}  // namespace

TEST_SUITE("account") {
  // Goal: a chosen password is long enough to be worth hashing, can be typed again, and is not
  // among those that are tried first.
  // Method: rows at each bound; characters are counted after normalisation.
  TEST_CASE("what may be chosen as a password") {
    struct Row {
      std::string password;
      const char* outcome;
    };
    const Row rows[] = {
        {"correct horse", "ok"},
        {"1234567", "password.too_short"},
        {times(7, "密"), "password.too_short"},
        {times(7, "密") + "x", "ok"},
        {times(2, "\xE2\x85\xA7"), "ok"},  // VIII twice: eight characters
        {times(128, "密"), "ok"},
        {times(129, "x"), "password.too_long"},
        {"tab\there we are", "password.not_text"},
        {"\x7F delete me", "password.not_text"},
        {"broken \xC3 bytes", "password.not_text"},
        {"\xF3\xA0\x80\x80 unassigned", "password.not_text"},
        {"Password1", "password.too_common"},
        {"WOAINI1314", "password.too_common"},
        {"1qaz2wsx", "password.too_common"},
        {"\xEF\xBC\x90\xEF\xBC\x91"
         "23456789",
         "password.too_common"},  // 01 in full width
        {"13800138000", "password.too_common"},
        {"+8613800138000", "password.too_common"},
        {"LI.NA-HANGZHOU@example.com", "password.too_common"},
        {"li.na-hangzhou", "password.too_common"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.password);
      CHECK(chosen(row.password) == row.outcome);
    }
  }

  // Goal: in both schemes a password opens, however it is composed, another does not, and what is
  // kept names its pepper.
  // Method: made and checked in each scheme; the decomposed spelling of the same word.
  TEST_CASE("a password is kept under a pepper, in either scheme") {
    People people;
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      CAPTURE(scheme);
      Passwords passwords(cheap(scheme));
      const std::string kept =
          passwords.make("caf\xC3\xA9 horse", *people.ring, soon(), people.random).value();
      CHECK(
          kept.starts_with("$kp$" + std::to_string(people.ring->pepper_id()) +
                           (std::string(scheme) == "bcrypt" ? "$2b$04$" : "$argon2id$v=19$m=8,")));
      CHECK(passwords.verify("caf\xC3\xA9 horse", kept, *people.ring, soon()).value());
      CHECK(passwords.verify("cafe\xCC\x81 horse", kept, *people.ring, soon()).value());
      CHECK_FALSE(passwords.verify("cafe horse", kept, *people.ring, soon()).value());
      CHECK_FALSE(passwords.verify("", kept, *people.ring, soon()).value());
      CHECK_FALSE(passwords.is_stale(kept, *people.ring));
      // Two passwords that differ behind 72 bytes are two.
      const std::string seventy_two = times(72, "x");
      const std::string long_one =
          passwords.make(seventy_two + "a", *people.ring, soon(), people.random).value();
      CHECK_FALSE(passwords.verify(seventy_two + "b", long_one, *people.ring, soon()).value());
    }
    // Another scheme, another cost, no pepper, or another one: made anew.
    Passwords argon(cheap());
    Passwords bcrypt(cheap("bcrypt"));
    const std::string kept =
        argon.make("correct horse", *people.ring, soon(), people.random).value();
    CHECK(bcrypt.is_stale(kept, *people.ring));
    CHECK(argon.is_stale(kept.substr(kept.find("$argon2id")), *people.ring));
    CHECK(argon.is_stale("$kp$999" + kept.substr(kept.find("$argon2id")), *people.ring));
  }

  // Goal: an account whose key of the ring is another does not open: the pepper is worth something.
  // Method: two rings; what one kept is checked with the other, whose pepper has the same id.
  TEST_CASE("without its pepper a hash opens for nobody") {
    People mine;
    People theirs;
    SeededRandom other(77);
    auto masters = std::make_shared<const keys::MasterKeys>(keys::MasterKey::draw(other));
    theirs.ring = keys::KeyRing::make(masters, keys::draw_data_keys(other)).value();
    REQUIRE(theirs.ring->pepper_id() == mine.ring->pepper_id());
    Passwords passwords(cheap());
    const std::string kept =
        passwords.make("correct horse", *mine.ring, soon(), mine.random).value();
    CHECK(passwords.verify("correct horse", kept, *mine.ring, soon()).value());
    CHECK_FALSE(passwords.verify("correct horse", kept, *theirs.ring, soon()).value());
  }

  // Goal: no password, an unknown one and a wrong one cost the same work.
  // Method: the count of computed hashes around each check.
  TEST_CASE("each check computes one hash") {
    People people;
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      Passwords passwords(cheap(scheme));
      const std::string kept =
          passwords.make("correct horse", *people.ring, soon(), people.random).value();
      for (const std::string& stored : {kept, std::string()}) {
        for (const char* password : {"correct horse", "wrong horse", "", "\xC3"}) {
          const std::int64_t before = passwords.hashes_made();
          const bool right = passwords.verify(password, stored, *people.ring, soon()).value();
          CHECK(right == (!stored.empty() && std::string_view(password) == "correct horse"));
          CHECK(passwords.hashes_made() == before + 1);
        }
      }
    }
  }

  // Goal: hashes of PHP, Apache and Python open for their passwords, byte for byte as typed, are
  // stale, and are known before they are taken.
  // Method: hashes made by those programs (tests/data/passwords), and texts that are none.
  TEST_CASE("hashes of other systems") {
    std::ifstream file(KAMENG_SOURCE_DIR "/tests/data/passwords/foreign.json");
    const Json data = Json::parse(file);
    REQUIRE(data["cases"].size() == 12);
    People people;
    Passwords passwords(cheap());
    for (const Json& one : data["cases"]) {
      const std::string made_by = one["made_by"];
      CAPTURE(made_by);
      const std::string hash = one["hash"];
      const std::string password = one["password"];
      CHECK(check_foreign_hash(hash).ok());
      CHECK(passwords.verify(password, hash, *people.ring, soon()).value());
      CHECK_FALSE(passwords.verify("x" + password, hash, *people.ring, soon()).value());
      CHECK_FALSE(
          passwords.verify(password + std::string(1, '\0'), hash, *people.ring, soon()).value());
      CHECK(passwords.is_stale(hash, *people.ring));
    }
    const auto refused = [](std::string_view hash) {
      const Result<void> checked = check_foreign_hash(hash);
      return checked.ok() ? std::string("ok") : checked.error().reason;
    };
    const std::string body(53, 'a');
    CHECK(refused("$2y$16$" + body) == "ok");
    CHECK(refused("$2y$17$" + body) == "password.hash_too_costly");
    CHECK(refused("$2x$10$" + body) == "password.hash_unknown");
    CHECK(refused("$2y$03$" + body) == "password.hash_unknown");
    CHECK(refused("$2y$10$" + body + "a") == "password.hash_unknown");
    CHECK(refused("$2y$10$" + body.substr(1) + "!") == "password.hash_unknown");
    CHECK(refused("$kp$7$2b$10$" + body) == "password.hash_unknown");
    CHECK(refused("5f4dcc3b5aa765d61d8327deb882cf99") == "password.hash_unknown");
    CHECK(refused("") == "password.hash_unknown");
    const std::string tail = "$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    CHECK(refused("$argon2id$v=19$m=262144,t=16,p=1" + tail) == "ok");
    CHECK(refused("$argon2id$v=19$m=262145,t=1,p=1" + tail) == "password.hash_too_costly");
    CHECK(refused("$argon2id$v=19$m=8,t=17,p=1" + tail) == "password.hash_too_costly");
    CHECK(refused("$argon2id$v=19$m=8,t=1,p=2" + tail) == "password.hash_unknown");
    CHECK(refused("$argon2i$v=19$m=8,t=1,p=1" + tail) == "password.hash_unknown");
  }
}

}  // namespace kameng::account
