// password_test.cpp - Argon2id strings, and the bound on how many are computed at once.
#include "crypto/password.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
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
