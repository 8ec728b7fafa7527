// cpp_shop.cpp - the door for C++ hosts: plain structs, no documents.
#include <utility>

#include <kameng/engine.hpp>
#include <kameng/notice.hpp>
#include <kameng/order.hpp>
#include <kameng/sandbox.hpp>
#include <kameng/vault.hpp>

#include "shop.hpp"

namespace kameng::bench {
namespace {

template <class T>
T must(std::string_view what, Result<T> result) {
  if (!result.ok()) {
    fail(what, result.error().reason + ": " + result.error().message);
  }
  return std::move(result).value();
}

class CppShop final : public Shop {
 public:
  explicit CppShop(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  void import(const std::string& sku_id, std::string lines) override {
    code::Import request;
    request.sku_id = must("sku", SkuId::parse(sku_id));
    request.encoding = code::Encoding::utf_8;
    request.content = std::move(lines);
    static_cast<void>(must("code.import", engine_->call(Context::host(), request)));
  }

  void place(std::size_t seat) override {
    Seat& own = seats_[seat];
    own.placed = must("order.place", engine_->call(own.customer, own.order));
  }

  void sign(std::size_t seat) override {
    Seat& own = seats_[seat];
    sandbox::Pay pay;
    pay.out_trade_no = own.placed.payment->out_trade_no;
    sandbox::SignedNotice notice = must("sandbox.pay", engine_->call(Context::host(), pay));
    own.notice.provider = "sandbox";
    own.notice.headers = std::move(notice.headers);
    own.notice.body = std::move(notice.body);
  }

  void receive(std::size_t seat) override {
    const notice::Received received =
        must("notice.receive", engine_->call(Context{}, seats_[seat].notice));
    if (received.outcome != "delivered") {
      fail("notice.receive", received.outcome);
    }
  }

 protected:
  void seat_customers(const Stock& stock) override {
    seats_.clear();
    for (std::size_t i = 0; i < stock.tokens.size(); ++i) {
      Seat seat;
      seat.customer.token = stock.tokens[i];
      order::LineRequest line;
      line.sku_id = must("sku", SkuId::parse(stock.sku_ids[i % stock.sku_ids.size()]));
      line.quantity = 1;
      seat.order.lines.push_back(line);
      seat.order.pay.emplace();
      seat.order.pay->provider = "sandbox";
      seats_.push_back(std::move(seat));
    }
  }

  std::string call(std::string_view operation, const std::string& context,
                   const std::string& request) override {
    return must(operation, engine_->call_document(operation, context, request));
  }

 private:
  struct Seat {
    Context customer;
    order::Place order;
    order::Placed placed;
    notice::Receive notice;
  };

  template <class T>
  static T must(std::string_view what, std::optional<T> value) {
    if (!value) {
      fail(what, "malformed");
    }
    return *value;
  }
  template <class T>
  static T must(std::string_view what, Result<T> result) {
    return bench::must(what, std::move(result));
  }

  std::unique_ptr<Engine> engine_;
  std::vector<Seat> seats_;
};

}  // namespace

std::unique_ptr<Shop> open_cpp_shop(const std::string& config) {
  return std::make_unique<CppShop>(must("open", Engine::open(config)));
}

}  // namespace kameng::bench
