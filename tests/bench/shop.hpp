// shop.hpp - the shop whose trades are timed, behind one of the engine's two doors: C++ structs, or
// the C functions with documents.
//
// A trade is order.place with `pay` by a signed-in customer, then notice.receive of the signed
// notice. The sandbox signs in between, in sign(), which nobody times: a provider does that
// elsewhere. What a host has before it calls (contexts, requests) is made outside place() and
// receive() too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace kameng::bench {

// What prepare() put into a database and the trades go by.
struct Stock {
  std::vector<std::string> sku_ids;
  std::vector<std::string> tokens;  // one session for each customer
};

struct StockSize {
  int goods = 100;
  int codes = 100'000;
  int customers = 1;
};

class Shop {
 public:
  virtual ~Shop() = default;

  // Publishes goods, imports codes, registers customers and signs them in.
  [[nodiscard]] Stock prepare(const StockSize& size);
  // The database has this already, from prepare(). Customers are seated anew: a caller may leave
  // out what shall not be sold.
  void use(const Stock& stock);
  // `count` codes more for a sku, numbered from `first` on.
  void restock(const std::string& sku_id, int first, int count);

  // Imports lines of codes, leaving out those that are there.
  virtual void import(const std::string& sku_id, std::string lines) = 0;

  // One trade in three steps; `seat` is the customer's number. Different seats at once from any
  // threads. A step that does not do what it must ends the program.
  virtual void place(std::size_t seat) = 0;
  virtual void sign(std::size_t seat) = 0;
  virtual void receive(std::size_t seat) = 0;

  // system.verify has to hold, and exactly `trades` orders have to be delivered.
  void check(std::int64_t trades);
  // system.metrics: commits, retries and the like since it was opened.
  [[nodiscard]] nlohmann::json counters();

 protected:
  // Makes what a host has at hand before its calls.
  virtual void seat_customers(const Stock& stock) = 0;
  [[nodiscard]] virtual std::string call(std::string_view operation, const std::string& context,
                                         const std::string& request) = 0;
  nlohmann::json as_host(std::string_view operation, const nlohmann::json& request);
};

// The configuration for a database at `path`: system clock, quotas out of the way.
[[nodiscard]] std::string shop_config(const std::string& path);
// The same on a database server, in tables of its own.
struct ServerPlace {
  std::string driver, dsn;
  std::string key_file;
  std::string table_prefix;
  int connections = 8;
};
[[nodiscard]] std::string shop_config(const ServerPlace& place);

// Codes as lines, numbered from `first` on.
[[nodiscard]] std::string code_lines(int first, int count);

// Both end the program when the engine does not open.
[[nodiscard]] std::unique_ptr<Shop> open_cpp_shop(const std::string& config);
[[nodiscard]] std::unique_ptr<Shop> open_c_shop(const std::string& config);

// Prints why and ends the program.
[[noreturn]] void fail(std::string_view what, std::string_view why);

}  // namespace kameng::bench
