// rush.hpp - many buyers who want the same goods in the same minute.
#pragma once

#include <string>
#include <vector>

#include "support/shop.hpp"

namespace kameng::test {

struct Rush {
  int buyers = 0;
  int codes = 0;
  int threads = 8;
  bool pay_later = false;    // all order first and pay when the last one has ordered
  bool from_wallet = false;  // else through the sandbox, by its signed notice
  [[nodiscard]] int sold() const { return buyers < codes ? buyers : codes; }
};

// One buyer's way through the shop, and where it ended.
struct Purchase {
  Json context;            // who buys, from where
  std::string order_id;    // once it is placed
  std::string trade;       // what the sandbox is to be paid for
  std::string status;      // of the order, as the last answer had it
  std::string refusal;     // the reason, when one step was refused
  std::string refused_as;  // its status
  std::vector<std::string> codes;
};

void to_json(Json& json, const Purchase& purchase);
void from_json(const Json& json, Purchase& purchase);

inline constexpr std::int64_t unit_price_cents = 1000;

// Customers with sessions, each from a network and a device of their own; with money in the wallet
// when the rush pays from it.
[[nodiscard]] std::vector<Purchase> arrive(Shop& shop, const Rush& rush);

// The two halves of a purchase. From any thread; what is refused is kept in the purchase.
void order(Shop& shop, const Rush& rush, const std::string& sku, Purchase& purchase);
void pay(Shop& shop, const Rush& rush, Purchase& purchase);

// All of them, in this process.
void run(Shop& shop, const Rush& rush, const std::string& sku, std::vector<Purchase>& purchases);

// Exactly as many were served as could be; the others were told that it is sold out and have paid
// nothing; no code went twice; the books are right.
void check(Shop& shop, const Rush& rush, const std::string& sku,
           const std::vector<Purchase>& purchases);

}  // namespace kameng::test
