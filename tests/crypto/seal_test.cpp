// seal_test.cpp - sealing agrees with the draft's vector, and nothing that was touched opens.
#include "crypto/seal.hpp"

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "crypto/random.hpp"
#include "crypto/vectors.hpp"

namespace kameng::crypto {
namespace {

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
constexpr const char* draft_key =
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
constexpr const char* draft_nonce = "404142434445464748494a4b4c4d4e4f5051525354555657";
constexpr const char* draft_associated = "50515253c0c1c2c3c4c5c6c7";
constexpr const char* draft_plain =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";
constexpr const char* draft_body =
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
    "21f9664c97637da9768812f615c68b13b52e"
    "c0875924c1c7987947deafd8780acf49";

Bytes draft_sealed() {
  return hex(std::string(draft_nonce) + draft_body);
}

}  // namespace

TEST_SUITE("crypto") {
  // Goal: sealed values are XChaCha20-Poly1305 as others compute it.
  // Method: the draft's vector, sealed with its nonce and opened from its bytes, in both forms of
  // plaintext.
  TEST_CASE("sealing agrees with the XChaCha20-Poly1305 draft") {
    REQUIRE(start().ok());
    REQUIRE(start().ok());
    const SecretBytes key = secret_hex(draft_key);
    FixedRandom random(hex(draft_nonce));
    CHECK(seal(key, as_bytes(draft_plain), hex(draft_associated), random) == draft_sealed());
    const auto opened = open(key, draft_sealed(), hex(draft_associated));
    REQUIRE(opened.ok());
    CHECK(as_text(opened->span()) == draft_plain);
    const auto text = open_text(key, draft_sealed(), hex(draft_associated));
    REQUIRE(text.ok());
    CHECK(text->view() == draft_plain);
  }

  // Goal: a sealed value that was changed, moved or cut never opens.
  // Method: flip each bit position's byte of the sealed form and of the associated bytes, cut at
  // every length, another key.
  TEST_CASE("a touched seal does not open") {
    const SecretBytes key = secret_hex(draft_key);
    const Bytes sealed = draft_sealed();
    const Bytes associated = hex(draft_associated);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      Bytes touched = sealed;
      touched[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      const auto opened = open(key, touched, associated);
      REQUIRE_FALSE(opened.ok());
      CHECK(opened.error().status == Status::data_loss);
      CHECK(opened.error().reason == "crypto.open_failed");
      CHECK_FALSE(open_text(key, touched, associated).ok());
    }
    for (std::size_t i = 0; i < associated.size(); ++i) {
      Bytes touched = associated;
      touched[i] ^= 1;
      CHECK_FALSE(open(key, sealed, touched).ok());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
      CHECK_FALSE(open(key, ByteView(sealed).first(size), associated).ok());
      CHECK_FALSE(open_text(key, ByteView(sealed).first(size), associated).ok());
    }
    CHECK_FALSE(open(secret_hex(std::string(64, '0')), sealed, associated).ok());
  }

  // Goal: every size seals and opens, and no two seals share a nonce.
  // Method: empty to a few blocks, twice each with one generator.
  TEST_CASE("every size seals and opens") {
    SeededRandom random(7);
    const SecretBytes key = secret_hex(draft_key);
    for (std::size_t size = 0; size < 200; ++size) {
      Bytes plain(size);
      random.fill(plain);
      const Bytes first = seal(key, plain, {}, random);
      const Bytes second = seal(key, plain, {}, random);
      REQUIRE(first.size() == size + seal_overhead_bytes);
      REQUIRE(Bytes(first.begin(), first.begin() + 24) !=
              Bytes(second.begin(), second.begin() + 24));
      const auto opened = open(key, first, {});
      REQUIRE(opened.ok());
      REQUIRE(Bytes(opened->span().begin(), opened->span().end()) == plain);
    }
  }

  // Goal: the system's generator gives bytes that differ.
  // Method: two draws of 32 bytes; equal ones are as likely as a found key.
  TEST_CASE("the system's generator draws afresh") {
    SystemRandom random;
    CHECK(random.draw<32>() != random.draw<32>());
  }
}

}  // namespace kameng::crypto
