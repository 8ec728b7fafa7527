// id_test.cpp - identifiers print, read back and sort by time.
#include <string>

#include <doctest/doctest.h>

#include <kameng/id.hpp>

#include "base/random.hpp"

namespace kameng {

TEST_SUITE("base") {
  // Goal: the printed form is Crockford base32 of the 128 bits, most significant first.
  // Method: the smallest, the largest and the example of the ULID specification
  // (01ARZ3NDEKTSV4RRFFQ69G5FAV).
  TEST_CASE("an id prints as prefix and 26 characters") {
    CHECK(OrderId{}.text() == "ord_00000000000000000000000000");
    OrderId largest;
    largest.bytes.fill(0xff);
    CHECK(largest.text() == "ord_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    const IdBytes ulid{0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76,
                       0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b};
    CHECK(print_id("ord", ulid) == "ord_01arz3ndektsv4rrffq69g5fav");
    CHECK(parse_id("ord", "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV") == ulid);
  }

  // Goal: every id reads back to its bytes.
  // Method: a thousand ids of a seeded generator, in both letter cases.
  TEST_CASE("a printed id reads back") {
    SeededRandom random(1);
    for (int i = 0; i < 1000; ++i) {
      const AccountId id{random.draw<16>()};
      std::string text = id.text();
      REQUIRE(AccountId::parse(text) == id);
      for (char& c : text) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
      REQUIRE(AccountId::parse(text) == id);
    }
  }

  // Goal: a text that is not an id of this type is never read as one.
  // Method: wrong prefix, lengths, separator, overflow, and each character outside of the alphabet
  // in each place.
  TEST_CASE("what is not an id is refused") {
    const std::string good = "ord_01arz3ndektsv4rrffq69g5fav";
    REQUIRE(OrderId::parse(good).has_value());
    CHECK_FALSE(PaymentId::parse(good).has_value());
    CHECK_FALSE(OrderId::parse("").has_value());
    CHECK_FALSE(OrderId::parse("ord_").has_value());
    CHECK_FALSE(OrderId::parse(good + "0").has_value());
    CHECK_FALSE(OrderId::parse(good.substr(0, good.size() - 1)).has_value());
    CHECK_FALSE(OrderId::parse("ord-01arz3ndektsv4rrffq69g5fav").has_value());
    CHECK_FALSE(OrderId::parse("ord_80000000000000000000000000").has_value());
    CHECK_FALSE(OrderId::parse("ord_z0000000000000000000000000").has_value());
    for (std::size_t at = 4; at < good.size(); ++at) {
      for (const char wrong : std::string_view("ilouILOU-_ \0\xff", 13)) {
        std::string text = good;
        text[at] = wrong;
        CHECK_FALSE(OrderId::parse(text).has_value());
      }
    }
  }

  // Goal: ids made later sort later, as bytes and as text.
  // Method: two times one millisecond apart, with the larger random part on the earlier one.
  TEST_CASE("ids sort by time") {
    std::array<std::uint8_t, 10> high{};
    high.fill(0xff);
    const std::array<std::uint8_t, 10> low{};
    const OrderId earlier{make_id_bytes(1'700'000'000'000, high)};
    const OrderId later{make_id_bytes(1'700'000'000'001, low)};
    CHECK(earlier < later);
    CHECK(earlier.text() < later.text());
    CHECK_FALSE(later.is_zero());
    CHECK(OrderId{}.is_zero());
  }
}

}  // namespace kameng
