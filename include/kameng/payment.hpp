// payment.hpp - what a host says and hears about payments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>
#include <kameng/outbox.hpp>

namespace kameng::payment {

// Where the payer goes.
struct PayPage {
  std::string url;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("url", &PayPage::url, "Send the payer there.");
  }
};

struct Begun {
  PaymentId payment_id;
  std::string out_trade_no;
  std::string status;
  std::string order_status;
  Money amount;
  std::int64_t expires_at_ms = 0;
  std::optional<OutgoingCall> call;
  std::optional<PayPage> pay;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("payment_id", &Begun::payment_id, "The payment.");
    f.required("out_trade_no", &Begun::out_trade_no,
               "Our number at the provider, at most 32 characters.");
    f.required("status", &Begun::status, "pending, or success for a wallet.");
    f.required("order_status", &Begun::order_status, "Status of the order after this call.");
    f.required("amount", &Begun::amount, "What is still to be paid.");
    f.required("expires_at_ms", &Begun::expires_at_ms, "Until when the provider takes the money.");
    f.optional("call", &Begun::call, "A call to send first, already leased.");
    f.optional("pay", &Begun::pay, "Where the payer goes.");
  }
};

struct Begin {
  static constexpr std::string_view operation = "payment.begin";
  using Answer = Begun;
  OrderId order_id;
  std::string provider;
  std::optional<std::string> method;
  std::optional<std::string> lookup_secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("order_id", &Begin::order_id, "The order to pay.");
    f.required("provider", &Begin::provider, "Name of a configured provider, or wallet.")
        .length(1, 32);
    f.optional("method", &Begin::method, "The provider's way of paying.").length(1, 32);
    f.optional("lookup_secret", &Begin::lookup_secret,
               "A guest's secret. To pay, the order's id is enough; a secret that is given must be "
               "right.")
        .length(1, 128)
        .secret();
  }
};

struct View {
  PaymentId payment_id;
  OrderId order_id;
  std::string provider;
  std::string out_trade_no;
  std::string status;
  Money amount;
  Money captured;
  std::optional<std::string> provider_trade_no;
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("payment_id", &View::payment_id, "The payment.");
    f.required("order_id", &View::order_id, "The order it is for.");
    f.required("provider", &View::provider, "Who takes the money.");
    f.required("out_trade_no", &View::out_trade_no, "Our number at the provider.");
    f.required("status", &View::status,
               "pending, success, declined, unknown, integrity_failure, expired.");
    f.required("amount", &View::amount, "What was asked for.");
    f.required("captured", &View::captured, "What has arrived.");
    f.optional("provider_trade_no", &View::provider_trade_no, "The provider's number.");
    f.required("created_at_ms", &View::created_at_ms, "When it was begun.");
  }
};

struct Get {
  static constexpr std::string_view operation = "payment.get";
  using Answer = View;
  PaymentId payment_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("payment_id", &Get::payment_id, "The payment.");
  }
};

}  // namespace kameng::payment
