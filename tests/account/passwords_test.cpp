// passwords_test.cpp - how passwords are chosen, kept and checked.
#include "account/passwords.hpp"

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
        {times(64, "密码"), "ok"},
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
        {"monkey2024", "password.too_common"},
        {"DRAGON!!!!", "password.too_common"},
        {"sunflower", "password.too_common"},
        {"sunflower1234", "password.too_common"},
        {"sunflower12345", "ok"},  // five behind the word
        {"2024monkey", "ok"},
        {"xxxxxxxxxxxxxxxxx", "password.too_common"},
        {times(9, "密"), "password.too_common"},
        {times(8, "密") + "码", "ok"},
        {"13800138000", "password.too_common"},
        {"138-0013-8000", "password.too_common"},
        {"+86 (138) 0013 8000", "password.too_common"},
        {"138-0013-8001", "ok"},
        {"x13800138000", "ok"},
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

  // Goal: a new pepper reaches everybody at their next sign-in, whose passwords keep working; so
  // does the first one, after the time when there was none.
  // Method: a ring before and after its pepper is retired; a hash without a pepper.
  TEST_CASE("peppers are replaced at the next sign-in") {
    People people;
    auto masters = std::make_shared<const keys::MasterKeys>(keys::MasterKey::draw(people.random));
    const auto ring_of = [&](bool rotated) {
      SeededRandom random(9);
      std::vector<keys::DataKey> data_keys = keys::draw_data_keys(random);
      for (keys::DataKey& key : data_keys) {
        key.active = !rotated || key.purpose != keys::Purpose::pepper;
      }
      if (rotated) {
        data_keys.push_back(keys::draw_data_key(40, keys::Purpose::pepper, random));
      }
      return keys::KeyRing::make(masters, std::move(data_keys)).value();
    };
    const auto before = ring_of(false);
    const auto after = ring_of(true);
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      CAPTURE(scheme);
      Passwords passwords(cheap(scheme));
      const std::string old =
          passwords.make("correct horse", *before, soon(), people.random).value();
      const std::string bare = old.substr(old.find('$', 4));
      const std::string typed = crypto::PasswordHasher({.memory_kib = 8, .passes = 1}, 1)
                                    .hash("correct horse", soon(), people.random)
                                    .value();
      CHECK_FALSE(passwords.renewed("correct horse", old, *before, soon(), people.random)
                      .value()
                      .has_value());
      CHECK_FALSE(passwords.verify("correct horse", bare, *after, soon()).value());
      for (const std::string& stored : {old, typed}) {
        CHECK(passwords.verify("correct horse", stored, *after, soon()).value());
        CHECK_FALSE(passwords.verify("wrong horse", stored, *after, soon()).value());
        const std::string now =
            passwords.renewed("correct horse", stored, *after, soon(), people.random)
                .value()
                .value();
        CHECK(now.starts_with("$kp$40$"));
        CHECK(passwords.verify("correct horse", now, *after, soon()).value());
        CHECK_FALSE(passwords.is_stale(now, *after));
        CHECK_FALSE(passwords.verify("correct horse", now, *before, soon()).value());
      }
    }
  }

  // Goal: a password that was brought along and has no NFKC yet, because this Unicode does not know
  // a character of it, stays as it is typed: a later Unicode would lock its owner out otherwise.
  // Method: an unassigned code point; one that is assigned beside it.
  TEST_CASE("a password that cannot be normalised is not made anew") {
    People people;
    Passwords passwords(cheap());
    crypto::PasswordHasher elsewhere({.memory_kib = 8, .passes = 1}, 1);
    for (const bool known : {true, false}) {
      const std::string password = known ? "horse \xF0\x9F\x90\x8E" : "horse \xF3\xA0\x80\x80";
      const std::string stored = elsewhere.hash(password, soon(), people.random).value();
      CHECK(passwords.verify(password, stored, *people.ring, soon()).value());
      CHECK(passwords.renewed(password, stored, *people.ring, soon(), people.random)
                .value()
                .has_value() == known);
    }
  }

  // Goal: no password, an unknown one and a wrong one cost the same work.
  // Method: the count of computed hashes around each check.
  TEST_CASE("each check computes one hash") {
    People people;
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      Passwords passwords(cheap(scheme));
      const std::string kept =
          passwords.make("correct horse", *people.ring, soon(), people.random).value();
      // What was brought along opens for "correct horse 9".
      const std::string foreign = "$2y$10$MlKX8wkPk6XHZW8/5Mlg9ex7OICDQDpuo1asoin73a6QXr4C1SVF.";
      for (const std::string& stored : {kept, std::string(), foreign, std::string("$kp$0$")}) {
        for (const std::string& password :
             {std::string("correct horse"), std::string("wrong horse"), std::string(),
              std::string("\xC3"), std::string("correct horse 9\0", 16), std::string(512, 'x')}) {
          const std::int64_t before = passwords.hashes_made();
          const bool right = passwords.verify(password, stored, *people.ring, soon()).value();
          CHECK(right == (stored == kept && password == "correct horse"));
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
    CHECK(refused("$argon2id$v=19$m=8,t=1,p=1$") == "password.hash_unknown");
    CHECK(refused("$argon2id$v=19$m=8,t=1,p=1" + tail + "=") == "password.hash_unknown");
    CHECK(refused("$argon2id$v=19$m=4,t=1,p=1" + tail) == "password.hash_unknown");
  }
}

}  // namespace kameng::account
