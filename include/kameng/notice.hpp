// notice.hpp - a provider's asynchronous call, and what it did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/header.hpp>
#include <kameng/outbox.hpp>

namespace kameng::notice {

struct Received {
  HttpResponse reply;
  std::string outcome;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("reply", &Received::reply, "Send exactly this back to the provider.");
    f.required("outcome", &Received::outcome,
               "delivered, paid, short, repeated, late_delivered, late_refunded, refunded, "
               "excess_refunded, closed,"
               " unattributed, integrity_failure, deferred, unverified, unreadable, probe or "
               "ignored.");
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
