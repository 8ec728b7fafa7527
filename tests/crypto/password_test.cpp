// password_test.cpp - Argon2id strings, and the bound on how many are computed at once.
#include "crypto/password.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "crypto/bcrypt.hpp"
#include "crypto/vectors.hpp"

namespace kameng::crypto {
namespace {

constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1};

}  // namespace

TEST_SUITE("crypto") {
  // Goal: hashes are Argon2id as its reference implementation computes it.
  // Method: echo -n 123 | argon2 ABCDEFGHIJKLMNOP -id -v 13 -k 1024 -t 5, made here with that salt
  // and verified.
  TEST_CASE("hashing agrees with the Argon2 reference") {
    PasswordHasher hasher({.memory_kib = 1024, .passes = 5}, 1);
    FixedRandom salt(
        {'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P'});
    const Deadline deadline = Deadline::after_ms(10'000);
    const std::string expected =
        "$argon2id$v=19$m=1024,t=5,p=1$QUJDREVGR0hJSktMTU5PUA$"
        "PF0BAYC6DPW2uFjLojsxjkLTMIiYPEBFmFmcOwKeysY";
    CHECK(hasher.hash("123", deadline, salt).value() == expected);
    CHECK(hasher.verify("123", expected, deadline).value());
    CHECK_FALSE(hasher.verify("124", expected, deadline).value());
    CHECK_FALSE(hasher.verify("", expected, deadline).value());
  }

  // Goal: what is made here verifies here, is salted, and says its cost.
  // Method: hash twice; look at the text; verify right, wrong and longer passwords.
  TEST_CASE("a password hash verifies its password only") {
    PasswordHasher hasher(cheap, 2);
    SeededRandom random(3);
    const Deadline deadline = Deadline::after_ms(10'000);
    const auto first = hasher.hash("correct horse", deadline, random);
    const auto second = hasher.hash("correct horse", deadline, random);
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(*first != *second);
    CHECK(first->substr(0, 28) == "$argon2id$v=19$m=64,t=1,p=1$");
    CHECK(hasher.verify("correct horse", *first, deadline).value());
    CHECK_FALSE(hasher.verify("correct horsf", *first, deadline).value());
    CHECK_FALSE(hasher.verify(std::string_view("correct horse\0", 14), *first, deadline).value());
    CHECK_FALSE(hasher.verify("correct horse", "", deadline).value());
    CHECK_FALSE(hasher.verify("correct horse", "plain text", deadline).value());
    CHECK_FALSE(hasher.verify("correct horse", first->substr(0, 60), deadline).value());
  }

  // Goal: with the same randomness the same hash comes out, so that a seeded engine repeats.
  // Method: two generators of one seed.
  TEST_CASE("the salt comes from the given generator") {
    PasswordHasher hasher(cheap, 1);
    SeededRandom one(11);
    SeededRandom two(11);
    const Deadline deadline = Deadline::after_ms(10'000);
    CHECK(hasher.hash("x", deadline, one).value() == hasher.hash("x", deadline, two).value());
  }

  // Goal: hashes of another cost are told apart, so that they are renewed at the next sign-in.
  // Method: hashes of the present cost, of others, and texts that are none; the decoy is well
  // formed and opens for nobody.
  TEST_CASE("a hash of another cost needs a new one") {
    PasswordHasher hasher(cheap, 1);
    PasswordHasher dearer({.memory_kib = 128, .passes = 1}, 1);
    PasswordHasher longer({.memory_kib = 64, .passes = 2}, 1);
    SeededRandom random(5);
    const Deadline deadline = Deadline::after_ms(10'000);
    const std::string stored = hasher.hash("x", deadline, random).value();
    CHECK_FALSE(hasher.needs_rehash(stored));
    CHECK(dearer.needs_rehash(stored));
    CHECK(longer.needs_rehash(stored));
    CHECK(hasher.needs_rehash("no hash"));
    CHECK_FALSE(hasher.needs_rehash(hasher.decoy()));
    CHECK_FALSE(hasher.verify("", hasher.decoy(), deadline).value());
  }

  // Goal: whatever is compared with costs one hash, in either scheme, and a count says so that
  // knows of computed ones only.
  // Method: hashes of both schemes, the decoy and texts that are none, against passwords that the
  // libraries treat apart. That the decoys and the passwords with a NUL are really hashed, and not
  // turned away, is asked of the libraries themselves: each takes the decoy for a hash.
  TEST_CASE("every comparison computes one hash") {
    SeededRandom random(6);
    const Deadline deadline = Deadline::after_ms(10'000);
    for (const PasswordScheme scheme : {PasswordScheme::argon2id, PasswordScheme::bcrypt}) {
      PasswordHasher hasher(
          {.scheme = scheme, .memory_kib = 64, .passes = 1, .bcrypt_cost = bcrypt_cost_min}, 1);
      CHECK(cost_of_hash(hasher.decoy()).has_value());
      const std::string own = hasher.hash("correct horse", deadline, random).value();
      CHECK(hasher.hashes_made() == 1);
      std::int64_t made = 1;
      for (const std::string& stored :
           {own, hasher.decoy(), std::string(), std::string("no hash"), own.substr(0, 30),
            std::string("$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            std::string("$argon2id$v=19$m=64,t=1,p=1$")}) {
        CAPTURE(stored);
        for (const std::string& password :
             {std::string("correct horse"), std::string("wrong"), std::string(),
              std::string(1, '\0'), std::string("correct horse\0", 14), std::string(600, 'x')}) {
          const bool right = hasher.verify(password, stored, deadline).value();
          CHECK(right == (stored == own && password == "correct horse"));
          CHECK(hasher.hashes_made() == ++made);
        }
      }
    }
    CHECK(bcrypt_verify("x", PasswordHasher({.scheme = PasswordScheme::bcrypt}, 1).decoy()) ==
          false);
  }

  // Goal: the cost is read off a hash that a password can be compared with, and off no other text.
  // Method: a hash of the reference implementation with one thing changed at a time.
  TEST_CASE("a text that is no hash has no cost") {
    const std::string salt = "$QUJDREVGR0hJSktMTU5PUA";
    const std::string hash = "$PF0BAYC6DPW2uFjLojsxjkLTMIiYPEBFmFmcOwKeysY";
    const std::string head = "$argon2id$v=19$m=1024,t=5,p=1";
    const std::optional<PasswordCost> cost = cost_of_hash(head + salt + hash);
    REQUIRE(cost.has_value());
    CHECK(cost->scheme == PasswordScheme::argon2id);
    CHECK(cost->memory_kib == 1024);
    CHECK(cost->passes == 5);
    const std::string rows[] = {
        "",
        head,
        head + "$",
        head + "$$",
        head + salt,
        head + salt + "$",
        head + salt + "$!",
        head + salt + hash + "=",
        head + salt + hash + " ",
        head + salt + hash + std::string(1, '\0'),
        head + salt + hash + hash,
        head + "$QUI" + hash,
        "x" + head + salt + hash,
        "$argon2i$v=19$m=1024,t=5,p=1" + salt + hash,
        "$argon2id$v=16$m=1024,t=5,p=1" + salt + hash,
        "$argon2id$m=1024,t=5,p=1" + salt + hash,
        "$argon2id$v=19$m=1024,t=5,p=2" + salt + hash,
        "$argon2id$v=19$m=1024,t=0,p=1" + salt + hash,
        "$argon2id$v=19$m=1024,t=05,p=1" + salt + hash,
        "$argon2id$v=19$m=7,t=5,p=1" + salt + hash,
        "$argon2id$v=19$m=4294967296,t=5,p=1" + salt + hash,
        "$argon2id$v=19$m=-1024,t=5,p=1" + salt + hash,
        "$argon2id$v=19$t=5,m=1024,p=1" + salt + hash,
    };
    for (const std::string& text : rows) {
      CAPTURE(text);
      CHECK_FALSE(cost_of_hash(text).has_value());
    }
  }

  // Goal: the default cost is what the documentation promises.
  // Method: the decoy of a hasher with defaults; nothing is computed.
  TEST_CASE("the default cost is 19 MiB and 2 passes") {
    const PasswordHasher hasher(PasswordCost{}, 1);
    CHECK(hasher.decoy().substr(0, 31) == "$argon2id$v=19$m=19456,t=2,p=1$");
  }

  // Goal: no more hashes run at once than allowed; who waits past the deadline is told to come
  // later. Method: one place, taken by a thread with a costly hash; calls with a passed deadline
  // meanwhile are busy, and the place is free again afterwards.
  TEST_CASE("a full hasher answers busy at the deadline") {
    PasswordHasher hasher({.memory_kib = 32 * 1024, .passes = 4}, 1);
    std::atomic<bool> done{false};
    std::atomic<bool> hashed{false};
    std::thread worker([&] {
      SeededRandom random(1);
      hashed = hasher.hash("x", Deadline::after_ms(60'000), random).ok();
      done = true;
    });
    bool busy = false;
    Error error;
    while (!busy && !done) {
      auto answer = hasher.verify("x", "no hash", Deadline::after_ms(0));
      if (!answer.ok()) {
        busy = true;
        error = answer.error();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the worker's turn
    }
    worker.join();
    REQUIRE(busy);
    CHECK(error.status == Status::unavailable);
    CHECK(error.reason == "account.busy");
    CHECK(error.retry == Retry::later);
    CHECK(hashed);
    CHECK(hasher.verify("x", "no hash", Deadline::after_ms(0)).ok());
  }

  // Goal: everybody who waits long enough gets a turn.
  // Method: eight threads share two places.
  TEST_CASE("waiting callers all get their turn") {
    PasswordHasher hasher(cheap, 2);
    std::atomic<int> hashed{0};
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 8; ++i) {
      threads.emplace_back([&hasher, &hashed, i] {
        SeededRandom random(i);
        for (int n = 0; n < 20; ++n) {
          hashed += hasher.hash("x", Deadline::after_ms(60'000), random).ok() ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    CHECK(hashed == 160);
  }
}

}  // namespace kameng::crypto
