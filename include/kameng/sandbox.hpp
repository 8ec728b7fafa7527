// sandbox.hpp - the provider inside the library, for tests and first steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/header.hpp>
#include <kameng/id.hpp>
#include <kameng/money.hpp>
#include <kameng/outbox.hpp>

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
