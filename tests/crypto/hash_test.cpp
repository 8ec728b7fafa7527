// hash_test.cpp - hashes and signatures agree with the standards' own vectors.
#include "crypto/hash.hpp"

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "crypto/encoding.hpp"
#include "crypto/sign.hpp"
#include "crypto/vectors.hpp"

namespace kameng::crypto {
namespace {

// The bytes 0 to 31.
SecretBytes counting_key() {
  SecretBytes key(32);
  for (std::size_t i = 0; i < key.size(); ++i) {
    key.span()[i] = static_cast<std::uint8_t>(i);
  }
  return key;
}

}  // namespace

TEST_SUITE("crypto") {
  // Goal: SHA-256 is that of FIPS 180-4.
  // Method: the standard's example messages, whole and in parts.
  TEST_CASE("sha256 agrees with FIPS 180-4") {
    CHECK(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256(as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(to_hex(sha256(as_bytes(std::string(1'000'000, 'a')))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    CHECK(sha256_of({as_bytes("a"), {}, as_bytes("bc")}) == sha256(as_bytes("abc")));
  }

  // Goal: plain BLAKE2b with 32 bytes is that of others, in one piece and in many.
  // Method: what coreutils' `b2sum -l 256` prints for nothing, "abc" and a million "a".
  TEST_CASE("plain_hash agrees with b2sum, and so does a stream") {
    const auto streamed = [](const std::string& text, std::size_t piece) {
      StreamHash hash;
      for (std::size_t at = 0; at < text.size(); at += piece) {
        hash.add(as_bytes(std::string_view(text).substr(at, piece)));
      }
      return to_hex(hash.finish());
    };
    const std::pair<std::string, const char*> vectors[] = {
        {"", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {"abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
        {std::string(1'000'000, 'a'),
         "0741850f36cba4259628355d1073e24ddb9ca0e1bfac36fd39ae5dc2101e23a4"},
    };
    for (const auto& [text, hash] : vectors) {
      CHECK(to_hex(plain_hash(as_bytes(text))) == hash);
      CHECK(streamed(text, 1 + text.size() / 7) == hash);
      CHECK(streamed(text, 65'536) == hash);
    }
  }

  // Goal: HMAC-SHA-256 is that of RFC 4231.
  // Method: its test cases 1 to 4, 6 and 7: short, long and odd keys and messages.
  TEST_CASE("hmac_sha256 agrees with RFC 4231") {
    CHECK(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(Bytes(20, 0xaa), Bytes(50, 0xdd))) ==
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(to_hex(hmac_sha256(hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                             Bytes(50, 0xcd))) ==
          "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    CHECK(to_hex(hmac_sha256(Bytes(131, 0xaa),
                             as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(to_hex(hmac_sha256(
              Bytes(131, 0xaa),
              as_bytes("This is a test using a larger than block-size key and a larger than "
                       "block-size data. The key needs to be hashed before being used by the HMAC "
                       "algorithm."))) ==
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
  }

  // Goal: keyed hashes are BLAKE2b over length-prefixed parts.
  // Method: values computed with CPython's hashlib.blake2b(key=bytes(range(32)), digest_size=32 or
  // 16) over struct.pack("<Q", len(part)) + part. The empty list is plain keyed BLAKE2b of nothing.
  TEST_CASE("keyed hashes agree with another implementation") {
    const SecretBytes key = counting_key();
    CHECK(to_hex(keyed_hash(key, {})) ==
          "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
    CHECK(to_hex(keyed_hash(key, {ByteView{}})) ==
          "223b9a195adefb1f293d6c0971a8fdb3d95276881614005cc0773778f9fdd202");
    CHECK(to_hex(keyed_hash(key, {as_bytes("ab"), as_bytes("c")})) ==
          "ee9c1ef8884408a5503c0192f0793a454251090ca52c8718e872dcb1eb473861");
    CHECK(to_hex(keyed_hash_16(key, {as_bytes("ab"), as_bytes("c")})) ==
          "c006572bf2a0f76fe91755c911b607d2");
    Bytes long_part(256);
    for (std::size_t i = 0; i < long_part.size(); ++i) {
      long_part[i] = static_cast<std::uint8_t>(i);
    }
    CHECK(to_hex(keyed_hash(key, {long_part})) ==
          "80f1325664c0edeb20f2c9668fdb67a669bf9d24bae9261136cda1ba54b785f3");
  }

  // Goal: parts cannot run together, the key matters, and a key of the wrong size is never used.
  // Method: the same bytes split in unlike places; one key bit; an empty and an oversized key.
  TEST_CASE("parts of a keyed hash do not run together") {
    const SecretBytes key = counting_key();
    CHECK(keyed_hash(key, {as_bytes("ab"), as_bytes("c")}) !=
          keyed_hash(key, {as_bytes("a"), as_bytes("bc")}));
    CHECK(keyed_hash(key, {as_bytes("abc")}) != keyed_hash(key, {as_bytes("abc"), ByteView{}}));
    SecretBytes other = counting_key();
    other.span()[31] ^= 1;
    CHECK(keyed_hash(key, {as_bytes("abc")}) != keyed_hash(other, {as_bytes("abc")}));
    CHECK_THROWS_AS((void)keyed_hash(SecretBytes{}, {}), std::logic_error);
    CHECK_THROWS_AS((void)keyed_hash(SecretBytes(std::size_t{65}), {}), std::logic_error);
  }

  // Goal: Ed25519 is that of RFC 8032.
  // Method: tests 1 to 3 of its section 7.1: the public key of the seed, the signature, and its
  // verification.
  TEST_CASE("signatures agree with RFC 8032") {
    struct Vector {
      const char* seed;
      const char* public_key;
      const char* message;
      const char* signature;
    };
    const Vector vectors[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
         "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (const Vector& vector : vectors) {
      CAPTURE(vector.message);
      const SigningKey key(secret_hex(vector.seed));
      CHECK(to_hex(key.public_key()) == vector.public_key);
      const Signature signature = key.sign(hex(vector.message));
      CHECK(to_hex(signature) == vector.signature);
      CHECK(verify(key.public_key(), hex(vector.message), signature));
    }
  }

  // Goal: no changed signature, message or key verifies.
  // Method: flip a bit of each byte in turn.
  TEST_CASE("a touched signature does not verify") {
    const SigningKey key(counting_key());
    const Bytes message = hex("00010203040506");
    const Signature signature = key.sign(message);
    REQUIRE(verify(key.public_key(), message, signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      Signature touched = signature;
      touched[i] ^= 1;
      CHECK_FALSE(verify(key.public_key(), message, touched));
    }
    for (std::size_t i = 0; i < message.size(); ++i) {
      Bytes touched = message;
      touched[i] ^= 1;
      CHECK_FALSE(verify(key.public_key(), touched, signature));
    }
    for (std::size_t i = 0; i < key.public_key().size(); ++i) {
      PublicKey touched = key.public_key();
      touched[i] ^= 1;
      CHECK_FALSE(verify(touched, message, signature));
    }
  }

  // Goal: secrets print as every other byte string does, and only exact hex is read.
  // Method: compared with base's encoders on bytes of each value; texts of wrong length or letters.
  TEST_CASE("secrets encode as other bytes do") {
    Bytes bytes(256);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(i);
    }
    CHECK(secret_to_hex(bytes).view() == to_hex(bytes));
    for (std::size_t size = 0; size < 4; ++size) {
      const ByteView last = ByteView(bytes).last(size);
      CHECK(secret_to_base64url(last).view() == to_base64url(last));
    }
    Bytes read(256);
    CHECK(secret_from_hex(to_hex(bytes), read));
    CHECK(read == bytes);
    Bytes two(2);
    CHECK(secret_from_hex("aBcD", two));
    CHECK(two == Bytes{0xab, 0xcd});
    for (const char* wrong : {"", "ab", "abc", "abcde", "abcdef", "ab d", "abcg", "0xab"}) {
      CHECK_FALSE(secret_from_hex(wrong, two));
    }
  }
}

}  // namespace kameng::crypto
