#include <string>

#include "vault/fixture.hpp"

namespace kameng {
namespace {

// Two batches of one sku and one of another, all sold to one order.
struct Sold {
  Sold() {
    other_sku = shop.new_sku();
    shop.stock_up(shop.sku, 2);
    shop.stock_up(other_sku, 2);
    const auto order = shop.next_id<OrderId>();
    codes = shop.memory.write([&](sql::Transaction& tx) {
      vault::claim(tx, vault::pick(tx, shop.sku, 2), shop.sku, {order, 0});
      vault::claim(tx, vault::pick(tx, other_sku, 2), other_sku, {order, 1});
      return vault::sold_to(tx, order);
    });
    REQUIRE(codes.size() == 4);
  }
  Bytes batch_key(const BatchId& batch) {
    return shop.memory.read(
        [&](sql::Transaction& tx) { return vault::sealed_batch_key(tx, batch); });
  }
  Result<SecretText> open(const vault::SealedCode& code) {
    return vault::Unsealer(*shop.ring).open(code, batch_key(code.batch_id));
  }

  vault::test::Shop shop;
  SkuId other_sku;
  std::vector<vault::SealedCode> codes;
};

}  // namespace

TEST_SUITE("vault") {
  // Goal: a code opens where it was sealed, and nowhere else.
  // Method: the sealed bytes moved to another row, ordinal, batch and sku; the wrong batch key; a
  // flipped bit.
  TEST_CASE("a sealed code is bound to its place") {
    Sold sold;
    const auto opened = sold.open(sold.codes[1]);
    REQUIRE(opened.ok());
    CHECK(opened->view() == "code-1");

    const auto refused = [&](const vault::SealedCode& code) {
      const auto outcome = sold.open(code);
      return !outcome.ok() && outcome.error().status == Status::data_loss &&
             outcome.error().reason == "code.unreadable";
    };
    vault::SealedCode moved = sold.codes[0];
    moved.sealed = sold.codes[1].sealed;
    CHECK(refused(moved));
    moved = sold.codes[0];
    moved.ordinal += 1;
    CHECK(refused(moved));
    moved = sold.codes[0];
    moved.sku_id = sold.other_sku;
    CHECK(refused(moved));
    moved = sold.codes[0];
    moved.batch_id = sold.codes[2].batch_id;
    CHECK(refused(moved));
    moved = sold.codes[0];
    moved.batch_id = BatchId{};
    CHECK(refused(moved));
    moved = sold.codes[0];
    moved.sealed.back() ^= 1U;
    CHECK(refused(moved));
    moved.sealed.clear();
    CHECK(refused(moved));
    CHECK_FALSE(vault::Unsealer(*sold.shop.ring)
                    .open(sold.codes[0], sold.batch_key(sold.codes[2].batch_id))
                    .ok());
  }

  // Goal: equal codes have equal blinds, unlike ones have not, and case counts.
  // Method: direct.
  TEST_CASE("a blind tells equal codes and nothing else") {
    Sold sold;
    const keys::KeyRing& ring = *sold.shop.ring;
    CHECK(vault::blind_of(ring, "ABC") == vault::blind_of(ring, "ABC"));
    CHECK(vault::blind_of(ring, "ABC") != vault::blind_of(ring, "abc"));
    CHECK(vault::blind_of(ring, "ABC") != ring.blind("email", as_bytes("ABC")));
  }
}

}  // namespace kameng
