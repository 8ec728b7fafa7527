// key_ring_test.cpp - each use of the ring, without a database.
#include "keys/key_ring.hpp"

#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace kameng::keys {
namespace {

std::shared_ptr<const MasterKeys> masters_of(std::uint64_t seed) {
  SeededRandom random(seed);
  return std::make_shared<MasterKeys>(MasterKey::draw(random));
}

std::shared_ptr<const KeyRing> ring_of(std::uint64_t seed) {
  SeededRandom random(seed);
  return KeyRing::make(masters_of(seed), draw_data_keys(random)).value();
}

}  // namespace

TEST_SUITE("keys") {
  // Goal: purposes have the names that the table stores.
  // Method: each purpose there and back; names that are none.
  TEST_CASE("purposes have names") {
    for (const Purpose purpose : all_purposes) {
      CHECK(parse_purpose(purpose_name(purpose)) == purpose);
    }
    CHECK(purpose_name(Purpose::blind) == "blind");
    CHECK(purpose_name(Purpose::sandbox) == "sandbox");
    CHECK_FALSE(parse_purpose("master").has_value());
    CHECK_FALSE(parse_purpose("").has_value());
  }

  // Goal: a ring is never made without exactly one usable key for each purpose.
  // Method: take one away, double one, cut one short, and give one an id that does not fit.
  TEST_CASE("an incomplete ring is refused") {
    const auto reason_of = [](auto change) {
      SeededRandom random(1);
      std::vector<DataKey> keys = draw_data_keys(random);
      change(keys, random);
      const auto ring = KeyRing::make(masters_of(1), std::move(keys));
      return ring.ok() ? std::string("ok") : ring.error().reason;
    };
    using Keys = std::vector<DataKey>;
    CHECK(reason_of([](Keys&, Random&) {}) == "ok");
    CHECK(reason_of([](Keys& keys, Random&) { keys.pop_back(); }) == "vault.key_incomplete");
    CHECK(reason_of([](Keys& keys, Random&) { keys[2].active = false; }) == "vault.key_incomplete");
    CHECK(reason_of([](Keys& keys, Random& random) {
            keys.push_back(draw_data_key(7, Purpose::blind, random));
          }) == "vault.key_incomplete");
    CHECK(reason_of([](Keys& keys, Random&) { keys[0].bytes = SecretBytes(std::size_t{31}); }) ==
          "vault.key_incomplete");
    CHECK(reason_of([](Keys& keys, Random&) { keys[0].id = 0; }) == "vault.key_incomplete");
    CHECK(reason_of([](Keys& keys, Random&) { keys[0].id = std::int64_t{1} << 32; }) ==
          "vault.key_incomplete");
  }

  // Goal: equal values of one domain meet, everything else stays apart.
  // Method: vary domain, value, the border between them, and the ring.
  TEST_CASE("a blind index finds equal values only") {
    const auto ring = ring_of(1);
    const BlindIndex index = ring->blind("email", as_bytes("a@example.com"));
    CHECK(index == ring->blind("email", as_bytes("a@example.com")));
    CHECK(index != ring->blind("email", as_bytes("b@example.com")));
    CHECK(index != ring->blind("phone", as_bytes("a@example.com")));
    CHECK(index != ring->blind("emaila", as_bytes("@example.com")));
    CHECK(index != ring_of(2)->blind("email", as_bytes("a@example.com")));
  }

  // Goal: a derived token is repeatable, URL-safe and unlike any other.
  // Method: the same arguments twice; vary each argument alone; look at length and letters.
  TEST_CASE("derived tokens repeat and differ") {
    const auto ring = ring_of(1);
    const Bytes row(16, 1);
    const Bytes nonce(16, 2);
    const std::string token(ring->derive("session", row, nonce).view());
    CHECK(token.size() == 43);
    CHECK(token.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    std::set<std::string> tokens{token};
    tokens.insert(std::string(ring->derive("session", row, nonce).view()));
    CHECK(tokens.size() == 1);
    tokens.insert(std::string(ring->derive("pickup", row, nonce).view()));
    tokens.insert(std::string(ring->derive("session", nonce, row).view()));
    tokens.insert(std::string(ring->derive("session", row, row).view()));
    tokens.insert(std::string(ring->derive("session", Bytes(32, 1), {}).view()));
    tokens.insert(std::string(ring_of(2)->derive("session", row, nonce).view()));
    CHECK(tokens.size() == 6);
  }

  // Goal: tables keep hashes that only this ring can compute, and digests see every part.
  // Method: vary the text, the ring and the parts; a hash of a secret is not a digest of it.
  TEST_CASE("hashes of secrets and digests belong to the ring") {
    const auto ring = ring_of(1);
    CHECK(ring->hash_of_secret("t0ken") == ring->hash_of_secret("t0ken"));
    CHECK(ring->hash_of_secret("t0ken") != ring->hash_of_secret("t0kem"));
    CHECK(ring->hash_of_secret("t0ken") != ring_of(2)->hash_of_secret("t0ken"));
    CHECK(ring->digest({as_bytes("a"), as_bytes("b")}) ==
          ring->digest({as_bytes("a"), as_bytes("b")}));
    CHECK(ring->digest({as_bytes("a"), as_bytes("b")}) != ring->digest({as_bytes("ab")}));
    CHECK(ring->digest({as_bytes("kameng/hash-of-secret"), as_bytes("t0ken")}) !=
          ring->hash_of_secret("t0ken"));
  }

  // Goal: a personal value opens in its place only.
  // Method: seal, open, other place, each byte flipped, each length, another ring.
  TEST_CASE("a personal value opens in its own place") {
    const auto ring = ring_of(1);
    SeededRandom random(3);
    const Bytes sealed =
        ring->seal_person(as_bytes("a@example.com"), as_bytes("acc/1/email"), random);
    const auto opened = ring->open_person(sealed, as_bytes("acc/1/email"));
    REQUIRE(opened.ok());
    CHECK(opened->view() == "a@example.com");
    CHECK_FALSE(ring->open_person(sealed, as_bytes("acc/2/email")).ok());
    CHECK_FALSE(ring_of(2)->open_person(sealed, as_bytes("acc/1/email")).ok());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      Bytes touched = sealed;
      touched[i] ^= 4;
      const auto refused = ring->open_person(touched, as_bytes("acc/1/email"));
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().reason == "crypto.open_failed");
      CHECK_FALSE(ring->open_person(ByteView(sealed).first(i), as_bytes("acc/1/email")).ok());
    }
  }

  // Goal: what a retired person key sealed still opens, and new values go under the active key.
  // Method: seal with a ring; retire that key beside a new one; open the old value, and see that
  // new ones name the new key.
  TEST_CASE("a retired key still opens personal values") {
    SeededRandom random(1);
    const Bytes old = KeyRing::make(masters_of(1), draw_data_keys(random))
                          .value()
                          ->seal_person(as_bytes("x"), {}, random);
    SeededRandom again(1);
    std::vector<DataKey> keys = draw_data_keys(again);
    for (DataKey& key : keys) {
      key.active = key.purpose != Purpose::person;
    }
    keys.push_back(draw_data_key(300, Purpose::person, again));
    const auto ring = KeyRing::make(masters_of(1), std::move(keys)).value();
    const auto opened = ring->open_person(old, {});
    REQUIRE(opened.ok());
    CHECK(opened->view() == "x");
    const Bytes fresh = ring->seal_person(as_bytes("y"), {}, random);
    CHECK(Bytes(fresh.begin(), fresh.begin() + 5) == Bytes{1, 0, 0, 1, 44});
    CHECK(ring->open_person(fresh, {})->view() == "y");
  }

  // Goal: checkpoints signed by the ring verify under its public key, and under no other ring's.
  // Method: sign, verify, touch the message, use another ring's key.
  TEST_CASE("the ring signs checkpoints") {
    const auto ring = ring_of(1);
    const crypto::Signature signature = ring->sign(as_bytes("size 5, root ..."));
    CHECK(crypto::verify(ring->public_key(), as_bytes("size 5, root ..."), signature));
    CHECK_FALSE(crypto::verify(ring->public_key(), as_bytes("size 6, root ..."), signature));
    CHECK_FALSE(crypto::verify(ring_of(2)->public_key(), as_bytes("size 5, root ..."), signature));
  }

  // Goal: the ring seals under its current master for those who keep keys of their own.
  // Method: seal and open through the ring; a ring with another master names the reason.
  TEST_CASE("the ring seals under the master key") {
    const auto ring = ring_of(1);
    SeededRandom random(3);
    const Bytes sealed = ring->seal_under_master(Bytes(32, 5), as_bytes("batch/1"), random);
    const auto opened = ring->open_under_master(sealed, as_bytes("batch/1"));
    REQUIRE(opened.ok());
    CHECK(Bytes(opened->span().begin(), opened->span().end()) == Bytes(32, 5));
    CHECK(ring->masters().is_current(sealed));
    CHECK(ring_of(2)->open_under_master(sealed, as_bytes("batch/1")).error().reason ==
          "vault.key_wrong");
  }
}

}  // namespace kameng::keys
