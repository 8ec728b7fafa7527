// outbox.hpp - outgoing calls: leased to the host, sent by it, their answers brought back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/header.hpp>
#include <kameng/id.hpp>

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

// A short message or a mail to a person. The host has the templates and words it.
struct OutgoingMessage {
  std::string channel;
  std::string to;
  std::string text;
  std::map<std::string, std::string> params;
  std::optional<std::string> locale;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("channel", &OutgoingMessage::channel, "sms or email.").one_of({"sms", "email"});
    f.required("to", &OutgoingMessage::to, "Phone number, E.164, or e-mail address.")
        .personal("sign-in");
    f.required("text", &OutgoingMessage::text,
               "Which text: verification_code (params code, minutes, purpose), account_exists, or "
               "contact_changed (params contact) to the one that is no longer theirs.");
    f.required("params", &OutgoingMessage::params, "What goes into it. Never log it.");
    f.optional("locale", &OutgoingMessage::locale, "The person's language, BCP 47.");
  }
};

// An outgoing call that is leased to the host: send it, then tell outbox.done.
struct OutgoingCall {
  CallId call_id;
  std::string kind;
  std::optional<HttpRequest> http;
  std::optional<OutgoingMessage> message;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("call_id", &OutgoingCall::call_id, "Names the call in outbox.done.");
    f.required("kind", &OutgoingCall::kind,
               "What it is for: payment.close, payment.query, refund.send, message.send, …");
    f.optional("http", &OutgoingCall::http, "The request to send; absent for a message.");
    f.optional("message", &OutgoingCall::message, "The message to send, of kind message.send.");
  }
};

}  // namespace kameng

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
    f.optional("response", &Done::response, "What came back; for a message any that says it left.");
    f.optional("failure", &Done::failure, "Or why nothing came back.");
  }
};

}  // namespace kameng::outbox
