// c_shop.cpp - the door for every other language: the C functions, with documents in and out.
#include <utility>

#include <kameng.h>

#include "shop.hpp"

namespace kameng::bench {
namespace {

using Json = nlohmann::json;

std::string take_text(kameng_result result) {
  std::string text(kameng_result_json(result), kameng_result_size(result));
  kameng_result_free(result);
  return text;
}

class CShop final : public Shop {
 public:
  explicit CShop(kameng_engine engine) : engine_(engine) {}
  CShop(const CShop&) = delete;
  CShop& operator=(const CShop&) = delete;
  ~CShop() override { kameng_close(engine_); }

  void import(const std::string& sku_id, std::string lines) override {
    as_host("code.import", {{"sku_id", sku_id}, {"encoding", "utf-8"}, {"content", lines}});
  }

  void place(std::size_t seat) override {
    Seat& own = seats_[seat];
    own.placed = run("order.place", own.customer, own.order);
  }

  void sign(std::size_t seat) override {
    Seat& own = seats_[seat];
    const Json placed = Json::parse(own.placed);
    const Json notice =
        as_host("sandbox.pay", {{"out_trade_no", placed["payment"]["out_trade_no"]}});
    own.notice =
        Json{{"provider", "sandbox"}, {"headers", notice["headers"]}, {"body", notice["body"]}}
            .dump();
  }

  void receive(std::size_t seat) override {
    const std::string received = run("notice.receive", "{}", seats_[seat].notice);
    if (received.find(R"("outcome":"delivered")") == std::string::npos) {
      fail("notice.receive", received);
    }
  }

 protected:
  void seat_customers(const Stock& stock) override {
    seats_.clear();
    for (std::size_t i = 0; i < stock.tokens.size(); ++i) {
      Seat seat;
      seat.customer = Json{{"token", stock.tokens[i]}}.dump();
      seat.order =
          Json{{"lines", {{{"sku_id", stock.sku_ids[i % stock.sku_ids.size()]}, {"quantity", 1}}}},
               {"pay", {{"provider", "sandbox"}}}}
              .dump();
      seats_.push_back(std::move(seat));
    }
  }

  std::string call(std::string_view operation, const std::string& context,
                   const std::string& request) override {
    return run(std::string(operation).c_str(), context, request);
  }

 private:
  struct Seat {
    std::string customer, order, placed, notice;
  };

  std::string run(const char* operation, std::string_view context, std::string_view request) {
    kameng_result result = 0;
    const kameng_status status = kameng_call(engine_, operation, context.data(), context.size(),
                                             request.data(), request.size(), &result);
    std::string text = take_text(result);
    if (status != KAMENG_OK) {
      fail(operation, text);
    }
    return text;
  }

  kameng_engine engine_;
  std::vector<Seat> seats_;
};

}  // namespace

std::unique_ptr<Shop> open_c_shop(const std::string& config) {
  kameng_engine engine = 0;
  kameng_result result = 0;
  const kameng_status status = kameng_open(config.data(), config.size(), nullptr, &engine, &result);
  const std::string text = take_text(result);
  if (status != KAMENG_OK) {
    fail("kameng_open", text);
  }
  return std::make_unique<CShop>(engine);
}

}  // namespace kameng::bench
