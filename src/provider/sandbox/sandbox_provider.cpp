#include "provider/sandbox/sandbox_provider.hpp"

#include <utility>

#include "base/bytes.hpp"
#include "crypto/hash.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"

namespace kameng::provider {
namespace {

using payment::Action;
using payment::Authenticity;
using payment::NoticeEvent;
using payment::NoticeKind;
using payment::Outcome;
using payment::Trade;
using payment::Verdict;

constexpr std::string_view merchant_name = "sandbox_1";
constexpr std::string_view signature_header = "Sandbox-Signature";

// The body of a notice.
struct NoticeBody {
  std::string event_id, kind, out_trade_no, trade_no, merchant;
  Money amount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("event_id", &NoticeBody::event_id, "").length(1, 64);
    f.required("kind", &NoticeBody::kind, "").one_of({"paid", "closed"});
    f.required("out_trade_no", &NoticeBody::out_trade_no, "").length(1, 32);
    f.required("trade_no", &NoticeBody::trade_no, "").length(1, 64);
    f.required("merchant", &NoticeBody::merchant, "").length(1, 64);
    f.required("amount", &NoticeBody::amount, "");
  }
};

// The body of an answer to a call.
struct AnswerBody {
  std::string state;
  std::optional<std::string> trade_no, merchant;
  std::optional<Money> amount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("state", &AnswerBody::state, "").one_of({"paid", "closed", "not_paid", "refunded"});
    f.optional("trade_no", &AnswerBody::trade_no, "").length(1, 64);
    f.optional("merchant", &AnswerBody::merchant, "").length(1, 64);
    f.optional("amount", &AnswerBody::amount, "");
  }
};

// What a call asks.
struct CallBody {
  std::string out_trade_no;
  std::optional<std::string> out_refund_no;
  Money amount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("out_trade_no", &CallBody::out_trade_no, "");
    f.optional("out_refund_no", &CallBody::out_refund_no, "");
    f.required("amount", &CallBody::amount, "");
  }
};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(x) == lower(y);
  });
}

template <class Body>
Result<Body> read_body(std::string_view text) {
  KAMENG_TRY(const json::Value value, json::parse(text, {}));
  return json::read<Body>(value);
}

// What a state means as the answer to a question; `unknown` where it answers another one.
Verdict verdict_of(Action action, std::string_view state) {
  switch (action) {
    case Action::close:
      return state == "closed"     ? Verdict::success
             : state == "paid"     ? Verdict::declined
             : state == "not_paid" ? Verdict::pending
                                   : Verdict::unknown;
    case Action::query:
      return state == "paid"       ? Verdict::success
             : state == "closed"   ? Verdict::declined
             : state == "not_paid" ? Verdict::pending
                                   : Verdict::unknown;
    case Action::refund:
    case Action::query_refund:
      return state == "refunded"   ? Verdict::success
             : state == "not_paid" ? Verdict::declined
                                   : Verdict::unknown;
  }
  return Verdict::unknown;
}

class Sandbox final : public payment::Provider {
 public:
  explicit Sandbox(SecretBytes secret) : secret_(std::move(secret)) {}

  [[nodiscard]] std::string_view name() const override { return "sandbox"; }
  [[nodiscard]] std::string_view merchant() const override { return merchant_name; }
  [[nodiscard]] bool is_sandbox() const override { return true; }

  [[nodiscard]] Result<payment::Start> start(const Trade& trade) const override {
    return payment::Start{payment::PayPage{"https://sandbox.invalid/pay/" + trade.out_trade_no}};
  }

  [[nodiscard]] HttpRequest build(Action action, const Trade& trade) const override {
    CallBody body{trade.out_trade_no, std::nullopt, trade.amount};
    if (!trade.out_refund_no.empty()) {
      body.out_refund_no = trade.out_refund_no;
    }
    return {.method = "POST",
            .url = "https://sandbox.invalid/" + std::string(payment::action_name(action)),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::to_text(body)};
  }

  [[nodiscard]] Outcome parse(Action action, const Trade& /*trade*/,
                              const HttpResponse& response) const override {
    if (response.status != 200) {
      return {.verdict = Verdict::unknown, .code = "http_" + std::to_string(response.status)};
    }
    Result<AnswerBody> body = read_body<AnswerBody>(response.body);
    if (!body.ok()) {
      return {.verdict = Verdict::unknown, .code = "unreadable"};
    }
    const bool has_amount = body->amount && body->amount->amount > 0;
    if ((body->state == "paid" && !(has_amount && body->trade_no && body->merchant)) ||
        (body->state == "refunded" && !has_amount)) {
      return {.verdict = Verdict::unknown, .code = "unreadable"};
    }
    Outcome outcome{.verdict = verdict_of(action, body->state), .code = body->state};
    if (action == Action::close || action == Action::query) {
      outcome.paid = body->state == "paid";
      outcome.closed = body->state == "closed";
    }
    outcome.provider_trade_no = body->trade_no.value_or("");
    outcome.merchant = body->merchant.value_or("");
    outcome.amount = body->amount;
    return outcome;
  }

  [[nodiscard]] Authenticity verify_notice(const Headers& headers, std::string_view body,
                                           TimeMs /*now_ms*/) const override {
    const auto expected = crypto::hmac_sha256(secret_.span(), as_bytes(body));
    for (const Header& header : headers) {
      if (!same_name(header.name, signature_header)) {
        continue;
      }
      if (header.value.starts_with("SIGNTEST/")) {
        return Authenticity::probe;
      }
      const auto given = from_hex(header.value);
      return given && equal_constant_time(*given, expected) ? Authenticity::verified
                                                            : Authenticity::unverified;
    }
    return Authenticity::unverified;
  }

  [[nodiscard]] Result<NoticeEvent> read_notice(std::string_view text) const override {
    KAMENG_TRY(const NoticeBody body, read_body<NoticeBody>(text));
    if (body.amount.amount <= 0) {
      return Error{Status::invalid_argument, "notice.unreadable", "The notice names no amount."};
    }
    return NoticeEvent{.kind = body.kind == "paid" ? NoticeKind::paid : NoticeKind::closed,
                       .event_id = body.event_id,
                       .out_trade_no = body.out_trade_no,
                       .provider_trade_no = body.trade_no,
                       .merchant = body.merchant,
                       .amount = body.amount};
  }

  [[nodiscard]] HttpResponse acknowledge(bool received) const override {
    return received ? HttpResponse{.status = 200,
                                   .headers = {{"Content-Type", "text/plain"}},
                                   .body = "success",
                                   .body_base64 = std::nullopt}
                    : HttpResponse{.status = 400,
                                   .headers = {{"Content-Type", "text/plain"}},
                                   .body = "fail",
                                   .body_base64 = std::nullopt};
  }

  [[nodiscard]] std::optional<sandbox::SignedNotice> simulate_notice(
      const NoticeEvent& event) const override {
    const NoticeBody body{.event_id = event.event_id,
                          .kind = event.kind == NoticeKind::closed ? "closed" : "paid",
                          .out_trade_no = event.out_trade_no,
                          .trade_no = event.provider_trade_no,
                          .merchant = event.merchant,
                          .amount = event.amount};
    std::string text = json::to_text(body);
    const auto signature = crypto::hmac_sha256(secret_.span(), as_bytes(text));
    return sandbox::SignedNotice{
        {{"Content-Type", "application/json"}, {std::string(signature_header), to_hex(signature)}},
        std::move(text)};
  }

  [[nodiscard]] std::optional<HttpResponse> simulate_answer(
      Action action, const Trade& trade, const std::optional<Money>& paid) const override {
    AnswerBody body;
    if (action == Action::refund || action == Action::query_refund) {
      body.state = paid ? "refunded" : "not_paid";
      body.amount = trade.amount;
    } else if (paid) {
      body.state = "paid";
      body.trade_no = "SB" + trade.out_trade_no;
      body.merchant = std::string(merchant_name);
      body.amount = paid;
    } else {
      body.state = action == Action::close ? "closed" : "not_paid";
    }
    return HttpResponse{.status = 200,
                        .headers = {{"Content-Type", "application/json"}},
                        .body = json::to_text(body),
                        .body_base64 = std::nullopt};
  }

 private:
  SecretBytes secret_;
};

}  // namespace

std::unique_ptr<payment::Provider> make_sandbox(SecretBytes secret) {
  return std::make_unique<Sandbox>(std::move(secret));
}

}  // namespace kameng::provider
