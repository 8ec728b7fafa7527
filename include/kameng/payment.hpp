// payment.hpp - what a host says and hears about payments, notices, wallets and outgoing calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>

namespace kameng {

// A request that the host sends for the engine, and the answer it brings back. Bodies are text or
// base64, at most 700 KiB.
struct HttpRequest {
  std::string method;
  std::string url;
  Headers headers;
  std::string body;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("method", &HttpRequest::method, "GET or POST.");
    f.required("url", &HttpRequest::url, "Absolute URL.");
    f.required("headers", &HttpRequest::headers, "As [name, value] pairs.");
    f.required("body", &HttpRequest::body, "The exact bytes to send.");
  }
};

struct HttpResponse {
  std::int32_t status = 0;
  Headers headers;
  std::string body;
  std::optional<std::string> body_base64;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("status", &HttpResponse::status, "HTTP status.").range(100, 599);
    f.optional("headers", &HttpResponse::headers, "As [name, value] pairs.");
    f.optional("body", &HttpResponse::body, "The body, when it is UTF-8 text.").length(0, 716'800);
    f.optional("body_base64", &HttpResponse::body_base64, "The body in base64, instead.")
        .length(0, 955'736);
  }
};

// An outgoing call that is leased to the host: send it, then give the answer to outbox.done.
struct OutgoingCall {
  CallId call_id;
  std::string kind;
  HttpRequest http;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("call_id", &OutgoingCall::call_id, "Names the call in outbox.done.");
    f.required("kind", &OutgoingCall::kind,
               "What it is for: payment.close, payment.query, refund.send, …");
    f.required("http", &OutgoingCall::http, "The request to send.");
  }
};

}  // namespace kameng

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
    f.optional("lookup_secret", &Begin::lookup_secret, "A guest's secret.").length(1, 128).secret();
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

namespace kameng::notice {

struct Received {
  HttpResponse reply;
  std::string outcome;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("reply", &Received::reply, "Send exactly this back to the provider.");
    f.required("outcome", &Received::outcome,
               "delivered, paid, short, repeated, late_delivered, late_refunded, refunded, "
               "excess_refunded,"
               " unattributed, integrity_failure, unverified, probe or ignored.");
  }
};

struct Receive {
  static constexpr std::string_view operation = "notice.receive";
  using Answer = Received;
  std::string provider;
  Headers headers;
  std::string body;
  std::optional<std::string> body_base64;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("provider", &Receive::provider, "Whose notice it is.").length(1, 32);
    f.optional("headers", &Receive::headers, "As they came, [name, value] pairs.");
    f.optional("body", &Receive::body, "As it came, when it is UTF-8 text.").length(0, 716'800);
    f.optional("body_base64", &Receive::body_base64, "As it came, in base64, instead.")
        .length(0, 955'736);
  }
};

}  // namespace kameng::notice

namespace kameng::wallet {

struct Balance {
  Money balance;
  Money bonus;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("balance", &Balance::balance, "What the customer may spend, without the bonus.");
    f.required("bonus", &Balance::bonus, "Goodwill that may be spent, never paid out.");
  }
};

struct Credit {
  static constexpr std::string_view operation = "wallet.credit";
  using Answer = Balance;
  AccountId account_id;
  Money amount;
  std::string source;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Credit::account_id, "Whose wallet.");
    f.required("amount", &Credit::amount, "How much, above 0.");
    f.required("source", &Credit::source,
               "bank: money that arrived there; goodwill: a gift of the shop.")
        .one_of({"bank", "goodwill"});
    f.required("reason", &Credit::reason, "Why, for the audit log.").length(1, 200);
  }
};

struct Get {
  static constexpr std::string_view operation = "wallet.get";
  using Answer = Balance;
  Currency currency{};

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("currency", &Get::currency, "CNY unless told.");
  }
};

}  // namespace kameng::wallet

namespace kameng::sandbox {

struct SignedNotice {
  Headers headers;
  std::string body;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("headers", &SignedNotice::headers, "With the signature.");
    f.required("body", &SignedNotice::body, "The notice.");
  }
};

// The sandbox is a provider inside the library, for tests and first steps: it signs notices as a
// provider would.
struct Pay {
  static constexpr std::string_view operation = "sandbox.pay";
  using Answer = SignedNotice;
  std::string out_trade_no;
  std::optional<Money> amount;
  std::string outcome = "success";
  std::optional<std::string> merchant;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("out_trade_no", &Pay::out_trade_no,
               "Of payment.begin; any other text is a trade nobody began.")
        .length(1, 32);
    f.optional("amount", &Pay::amount, "Another amount than asked for.");
    f.optional("outcome", &Pay::outcome, "What the notice says.").one_of({"success", "closed"});
    f.optional("merchant", &Pay::merchant, "Another merchant than ours.").length(1, 64);
  }
};

struct Answered {
  HttpResponse response;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("response", &Answered::response, "Give it to outbox.done.");
  }
};

struct AnswerCall {
  static constexpr std::string_view operation = "sandbox.answer";
  using Answer = Answered;
  CallId call_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("call_id", &AnswerCall::call_id, "A leased call to the sandbox.");
  }
};

}  // namespace kameng::sandbox

namespace kameng::outbox {

struct Calls {
  std::vector<OutgoingCall> calls;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("calls", &Calls::calls, "Leased to the caller for 60 seconds.");
  }
};

struct Pull {
  static constexpr std::string_view operation = "outbox.pull";
  using Answer = Calls;
  std::int32_t limit = 20;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("limit", &Pull::limit, "How many at most.").range(1, 100);
  }
};

struct Failure {
  std::string kind;
  std::optional<std::string> message;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("kind", &Failure::kind,
               "not_sent: certainly never left; unknown: it may have arrived.")
        .one_of({"not_sent", "unknown"});
    f.optional("message", &Failure::message, "For people.").length(0, 500);
  }
};

struct Finished {
  std::string outcome;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("outcome", &Finished::outcome,
               "done, again (it will be sent once more) or repeated.");
  }
};

struct Done {
  static constexpr std::string_view operation = "outbox.done";
  using Answer = Finished;
  CallId call_id;
  std::optional<HttpResponse> response;
  std::optional<Failure> failure;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("call_id", &Done::call_id, "The call.");
    f.optional("response", &Done::response, "What came back.");
    f.optional("failure", &Done::failure, "Or why nothing came back.");
  }
};

}  // namespace kameng::outbox
