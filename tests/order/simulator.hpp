// simulator.hpp - a shop under random customers, payers, providers and clocks, with a model beside
// it that knows what must be true whatever happened.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "order/market.hpp"

namespace kameng::test {

class Simulator {
 public:
  explicit Simulator(std::uint64_t seed);

  // Random operations; the invariants are looked at every `check_every` of them.
  void run(int operations, int check_every);
  // Lets everything come to its end: time passes, due work runs, the provider answers truly.
  void settle();
  // What must be true at any moment.
  void check();
  // And what must be true when everything has come to its end.
  void check_settled();

  // How often each outcome was seen: "notice delivered", "answer again", "order.place ok".
  [[nodiscard]] const std::map<std::string, int>& seen() const { return seen_; }

 private:
  struct Order {
    Json id;
    Json context;
    Json secret;  // of a guest; null for a customer
    int quantity = 0;
    std::int64_t total = 0;
    std::string status = "pending_payment";
    std::vector<std::string> codes = {};  // once revealed
  };
  struct Sku {
    std::string id;
    std::int64_t imported = 0;
  };

  std::uint64_t draw(std::uint64_t below);
  bool chance(int percent) { return draw(100) < static_cast<std::uint64_t>(percent); }
  template <class Items>
  auto& one_of(Items& items) {
    return items[draw(items.size())];
  }

  // A call that may be refused, but never by an accident.
  Outcome attempt(const Json& context, const std::string& operation, const Json& request);
  [[nodiscard]] static Json request_for(const Order& order);

  void step();
  void place();
  void begin();
  void pay();
  void repeat_notice();
  void deliver(const Json& notice);
  void cancel();
  void reveal();
  void credit();
  void restock();
  void pull();
  void answer();
  void look();
  void note_codes(Order& order, const Json& revealed);

  void check_order(Order& order);
  void check_stock();
  [[nodiscard]] std::map<std::string, std::int64_t> balances();
  [[nodiscard]] std::int64_t set_aside();

  std::mt19937_64 random_;
  Market market_;
  std::vector<Sku> skus_;
  std::vector<Json> customers_;  // contexts
  std::vector<std::string> accounts_;
  std::vector<Order> orders_;
  std::vector<std::string> trades_;
  std::vector<Json> notices_;
  std::vector<Json> calls_;  // leased once or more, answered or not
  std::set<std::string> sold_codes_;
  std::map<std::string, int> seen_;
};

}  // namespace kameng::test
