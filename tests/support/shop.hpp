// shop.hpp - an engine and a stocked shop, for tests that go through the widest door: documents.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <kameng/engine.hpp>

#include "support/clean_database.hpp"

namespace kameng::test {

using Json = nlohmann::json;

// What a call gave: the answer, or the error document's inner object.
struct Outcome {
  bool ok = false;
  Json answer;  // when ok
  Json error;   // otherwise
  [[nodiscard]] std::string reason() const {
    return ok ? "ok" : error["reason"].get<std::string>();
  }
};

struct ShopOptions {
  std::string path = ":memory:";
  std::int64_t manual_ms = 1'790'000'000'000;  // 0: the system's clock
  bool limited = false;                        // by the rates that are the default
  Json extra = Json::object();                 // merged into the configuration
  Host host = {};
};

// Opens an engine with the sandbox, cheap password hashes and a manual clock. On a server a path
// stands for tables of its own (database_at()), without one they are new.
[[nodiscard]] Json shop_config(const ShopOptions& options);

class Shop {
 public:
  explicit Shop(const ShopOptions& options = {});
  // For an engine that was opened in another way.
  explicit Shop(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  [[nodiscard]] Outcome call(std::string_view operation, const Json& request, const Json& context);
  [[nodiscard]] Outcome host(std::string_view operation, const Json& request = Json::object());
  // Calls as the host and fails the test on an error.
  Json must(std::string_view operation, const Json& request = Json::object());
  Json must_as(const Json& context, std::string_view operation,
               const Json& request = Json::object());

  // Published goods with one SKU at `unit_price_micros`, stocked with `codes` codes named after
  // `prefix`.
  std::string stock_sku(int codes, std::int64_t unit_price_micros = 10'000'000,
                        const std::string& prefix = "CODE",
                        const Json& goods_extra = Json::object());
  void import_codes(const std::string& sku_id, int codes, const std::string& prefix);
  // A customer with a password; the account id.
  std::string customer(const std::string& email);
  [[nodiscard]] Json on_behalf(const std::string& account_id) const {
    return {{"as", "host"}, {"account_id", account_id}};
  }

  // Begins and pays an order through the sandbox; the outcome of the notice.
  std::string pay(const std::string& order_id, const Json& pay_extra = Json::object());
  // The signed notice for a trade number, as request of notice.receive.
  Json notice_for(const std::string& out_trade_no, const Json& pay_extra = Json::object());

  // system.verify must hold, and the trial balance be even.
  void check_books();

  Engine& engine() { return *engine_; }

 private:
  std::optional<CleanDatabase> clean_;  // of a shop without a path
  std::unique_ptr<Engine> engine_;
};

}  // namespace kameng::test
