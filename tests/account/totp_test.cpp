// totp_test.cpp - codes of authenticator apps.
#include "account/totp.hpp"

#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "crypto/hmac_otp.hpp"

using namespace kameng;
using namespace kameng::account;
using Json = nlohmann::json;

namespace {

Bytes bytes_of(std::string_view text) {
  return Bytes(text.begin(), text.end());
}

}  // namespace

TEST_SUITE("account") {
  // Goal: codes are RFC 6238's.
  // Method: all rows of its appendix B, in its three hashes, eight digits.
  TEST_CASE("one-time codes agree with RFC 6238") {
    std::ifstream file(KAMENG_SOURCE_DIR "/tests/data/totp/vectors.json");
    const Json data = Json::parse(file);
    REQUIRE(data["cases"].size() >= 18);
    for (const Json& one : data["cases"]) {
      const std::string id = one["id"];
      CAPTURE(id);
      const std::string alg = one["alg"];
      const auto hash = alg == "SHA1"     ? crypto::OtpHash::sha1
                        : alg == "SHA256" ? crypto::OtpHash::sha256
                                          : crypto::OtpHash::sha512;
      const std::int64_t step = (one["time"].get<std::int64_t>() - one["t0"].get<std::int64_t>()) /
                                one["period"].get<std::int64_t>();
      const int digits = one["digits"];
      std::string code =
          std::to_string(crypto::hotp(hash, *from_hex(one["secret_hex"].get<std::string>()),
                                      static_cast<std::uint64_t>(step), digits));
      code.insert(0, static_cast<std::size_t>(digits) - code.size(), '0');
      CHECK(code == one["code"].get<std::string>());
    }
  }

  // Goal: base32 is RFC 4648's.
  // Method: its section 10, without the padding.
  TEST_CASE("secrets are printed in base32") {
    const char* const rows[][2] = {{"", ""},
                                   {"f", "MY"},
                                   {"fo", "MZXQ"},
                                   {"foo", "MZXW6"},
                                   {"foob", "MZXW6YQ"},
                                   {"fooba", "MZXW6YTB"},
                                   {"foobar", "MZXW6YTBOI"}};
    for (const auto& row : rows) {
      CHECK(to_base32(bytes_of(row[0])) == row[1]);
    }
  }

  // Goal: a key as long as a block is taken as it is, a longer one is hashed first (RFC 2104), and
  //       all eight bytes of the counter count (RFC 4226).
  // Method: keys of 0xaa around the block's 64 bytes, counters 0, 1 and 2^40 + 7, against what
  //         Python's hmac gives.
  TEST_CASE("one-time codes of any key and counter are those of another library") {
    struct Row {
      std::size_t bytes;
      std::uint32_t codes[3];
    };
    constexpr Row rows[] = {{63, {55'866'137, 25'476'186, 39'717'523}},
                            {64, {8'639'994, 35'732'245, 218'537}},
                            {65, {30'281'009, 34'732'918, 63'657'626}},
                            {80, {57'754'963, 56'650'725, 38'882'128}},
                            {131, {48'212'140, 81'922'472, 22'279'242}}};
    constexpr std::uint64_t counters[] = {0, 1, (std::uint64_t{1} << 40U) + 7};
    for (const Row& row : rows) {
      CAPTURE(row.bytes);
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(crypto::hotp(crypto::OtpHash::sha1, Bytes(row.bytes, 0xaa), counters[i], 8) ==
              row.codes[i]);
      }
    }
  }

  // Goal: a code counts in its step and the two beside it, and never after a later one.
  // Method: each step around the present, with each last step.
  TEST_CASE("a code counts for three steps and once") {
    const Bytes secret = bytes_of("12345678901234567890");
    const std::int64_t present = 1'000;
    const TimeMs now_ms = present * totp_step_ms + 29'999;
    for (std::int64_t step = present - 3; step <= present + 3; ++step) {
      CAPTURE(step);
      const bool counts = step >= present - 1 && step <= present + 1;
      const std::string code = totp_code(secret, step);
      CHECK(code.size() == 6);
      CHECK(totp_step(secret, code, now_ms, 0) ==
            (counts ? std::optional<std::int64_t>(step) : std::nullopt));
      CHECK_FALSE(totp_step(secret, code, now_ms, step).has_value());
      CHECK(totp_step(secret, code, now_ms, step - 1).has_value() == counts);
    }
    CHECK_FALSE(totp_step(secret, "", now_ms, 0).has_value());
    CHECK_FALSE(totp_step(secret, totp_code(secret, present) + "0", now_ms, 0).has_value());
    CHECK(totp_uri(secret, "My Shop", "li.na@example.com") ==
          "otpauth://totp/My%20Shop:li.na%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
          "&issuer=My%20Shop");
  }
}
