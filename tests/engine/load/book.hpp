// book.hpp - somebody who writes down what a shop acknowledged, outside it, and holds it to that
// after the shop has been through a crash.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/shop.hpp"

namespace kameng::test {

class Book {
 public:
  // An event as busy.hpp tells it.
  void record(const Json& event);
  // What was set up before: codes in stock.
  void stocked(const std::string& sku, std::int64_t codes);

  // Call it when the shop is open again. Everything acknowledged must be as it was acknowledged;
  // what was under way is repeated with its key and must have happened once; then every order,
  // code, wallet, customer and the stock must be exactly what the book says, no code twice, the
  // ledger balanced, and system.verify content. Gives what is wrong, in words.
  [[nodiscard]] std::vector<std::string> check(Shop& shop);

  [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::int64_t repeated() const { return repeated_; }
  // Answers that said "I do not know", by reason.
  [[nodiscard]] const std::map<std::string, int>& failures() const { return failures_; }

 private:
  struct Order {
    Json context;
    Json request;  // of order.get and code.reveal
    std::string status;
    std::int64_t quantity = 0;
    std::vector<std::string> codes;
  };
  using Problems = std::vector<std::string>;

  void note(const Json& event, const Json& answer);
  void note_order(const Json& event, const Json& answer);
  void check_orders(Shop& shop, bool finished, Problems& problems);
  void finish(Shop& shop, Problems& problems);
  void check_codes(Shop& shop, Problems& problems);
  void check_stock(Shop& shop, Problems& problems) const;
  void check_people(Shop& shop, Problems& problems) const;
  static void check_books(Shop& shop, Problems& problems);

  std::map<std::string, Json> under_way_;
  std::map<std::string, Order> orders_;
  std::map<std::string, std::int64_t> wallets_;  // by account
  std::map<std::string, std::string> emails_;    // by account
  std::vector<std::string> tokens_;
  std::map<std::string, std::string> given_out_;  // code -> order
  std::string sku_;
  std::int64_t imported_ = 0, acknowledged_ = 0, repeated_ = 0;
  std::map<std::string, int> failures_;
};

}  // namespace kameng::test
