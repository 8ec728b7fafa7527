// sandbox_test.cpp - the sandbox as a provider: what it signs, what it believes, how it reads
// answers.
#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "provider/sandbox/sandbox_provider.hpp"

namespace kameng::provider {
namespace {

using payment::Action;
using payment::Authenticity;
using payment::NoticeKind;
using payment::Outcome;
using payment::Trade;
using payment::Verdict;

// The key 00 01 02 ... 1f.
std::unique_ptr<payment::Provider> make(std::uint8_t first = 0) {
  SecretBytes secret(32);
  std::iota(secret.span().begin(), secret.span().end(), first);
  return make_sandbox(std::move(secret));
}

const std::string body = R"({"event_id":"E1","kind":"paid","out_trade_no":"P1","trade_no":"T1",)"
                         R"("merchant":"sandbox_1","amount":{"amount":1000,"currency":"CNY"}})";
// HMAC-SHA256 of that body under that key, computed by another program (Python's hmac).
const std::string signature = "18a57ebda75b8b45afb41858a30d5195e3a39a03a61ed92635a2dfbaf2cff118";

Headers signed_by(std::string name, std::string value) {
  return {{"Content-Type", "application/json"}, {std::move(name), std::move(value)}};
}

TEST_SUITE("provider") {
  // Goal: the signature is HMAC-SHA256 over the raw bytes, as anybody else would compute it.
  // Method: a vector computed elsewhere is believed; what the sandbox signs itself equals it.
  TEST_CASE("the sandbox signs with HMAC-SHA256") {
    const auto sandbox = make();
    CHECK(sandbox->verify_notice(signed_by("Sandbox-Signature", signature), body, 0) ==
          Authenticity::verified);
    const auto notice = sandbox->simulate_notice({.kind = NoticeKind::paid,
                                                  .event_id = "E1",
                                                  .out_trade_no = "P1",
                                                  .provider_trade_no = "T1",
                                                  .merchant = "sandbox_1",
                                                  .amount = {1000, {}}});
    REQUIRE(notice.has_value());
    CHECK(notice->body == body);
    CHECK(notice->headers.back().value == signature);
  }

  // Goal: only the very bytes under the very key are believed; a probe is told from a forgery and
  // is not believed either.
  // Method: one change at a time.
  TEST_CASE("what the sandbox believes") {
    struct Row {
      Headers headers;
      std::string body;
      Authenticity expected;
    };
    std::string altered = body;
    altered[altered.find("1000")] = '9';
    std::string upper = signature;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string last = signature;
    last.back() = '9';
    const Row rows[] = {
        {signed_by("Sandbox-Signature", signature), body, Authenticity::verified},
        {signed_by("sandbox-signature", signature), body, Authenticity::verified},
        {signed_by("SANDBOX-SIGNATURE", upper), body, Authenticity::verified},
        {signed_by("Sandbox-Signature", signature), altered, Authenticity::unverified},
        {signed_by("Sandbox-Signature", signature), body + "\n", Authenticity::unverified},
        {signed_by("Sandbox-Signature", signature), "", Authenticity::unverified},
        {signed_by("Sandbox-Signature", last), body, Authenticity::unverified},
        {signed_by("Sandbox-Signature", signature.substr(0, 32)), body, Authenticity::unverified},
        {signed_by("Sandbox-Signature", signature + "aa"), body, Authenticity::unverified},
        {signed_by("Sandbox-Signature", ""), body, Authenticity::unverified},
        {signed_by("Sandbox-Signature", std::string(64, 'g')), body, Authenticity::unverified},
        {signed_by("Sandbox-Signatur", signature), body, Authenticity::unverified},
        {{}, body, Authenticity::unverified},
        {signed_by("Sandbox-Signature", "SIGNTEST/" + signature), body, Authenticity::probe},
        {signed_by("Sandbox-Signature", "SIGNTEST/"), "", Authenticity::probe},
    };
    const auto sandbox = make();
    for (const Row& row : rows) {
      CAPTURE(row.body);
      CHECK(sandbox->verify_notice(row.headers, row.body, 0) == row.expected);
      // Another shop's key believes none of them.
      CHECK(make(1)->verify_notice(row.headers, row.body, 0) != Authenticity::verified);
    }
    // Two signatures: the first one counts, so a second cannot be smuggled in.
    Headers two = signed_by("Sandbox-Signature", last);
    two.push_back({"Sandbox-Signature", signature});
    CHECK(sandbox->verify_notice(two, body, 0) == Authenticity::unverified);
  }

  // Goal: a provider that wants to hear "received" hears it, and one that should try again does.
  // Method: both replies.
  TEST_CASE("what the sandbox hears") {
    CHECK(make()->acknowledge(true).status == 200);
    CHECK(make()->acknowledge(true).body == "success");
    CHECK(make()->acknowledge(false).status == 400);
    CHECK(make()->acknowledge(false).body == "fail");
  }

  // Goal: a verified notice is read whole or not at all.
  // Method: the good one; then a missing, unknown, wrong or impossible member.
  TEST_CASE("reading a notice") {
    const auto sandbox = make();
    const auto event = sandbox->read_notice(body);
    REQUIRE(event.ok());
    CHECK(event->kind == NoticeKind::paid);
    CHECK(event->event_id == "E1");
    CHECK(event->out_trade_no == "P1");
    CHECK(event->provider_trade_no == "T1");
    CHECK(event->merchant == "sandbox_1");
    CHECK(event->amount == Money{1000, {}});
    const std::pair<const char*, const char*> changes[] = {
        {"\"E1\"", "\"\""},
        {"\"paid\"", "\"lost\""},
        {"\"T1\"", "7"},
        {"\"E1\"", "null"},
        {"1000", "0"},
        {"1000", "-5"},
        {"1000", "10.5"},
        {"\"CNY\"", "\"XXQ\""},
        {"\"kind\"", "\"sort\""},
        {"}}", "}"},
        {"\"P1\"", "\"P123456789012345678901234567890123\""},
        {"\"kind\"", "\"event_id\""}};
    for (const auto& [from, to] : changes) {
      std::string spoilt = body;
      spoilt.replace(spoilt.find(from), std::string(from).size(), to);
      CAPTURE(spoilt);
      CHECK_FALSE(sandbox->read_notice(spoilt).ok());
    }
    CHECK_FALSE(sandbox->read_notice("").ok());
  }

  // Goal: a call is the same request each time, under our own numbers.
  // Method: each action built twice.
  TEST_CASE("building a call") {
    const auto sandbox = make();
    const Trade trade{.out_trade_no = "P1", .amount = {1000, {}}};
    Trade refund = trade;
    refund.out_refund_no = "R1";
    refund.amount.amount = 250;
    const HttpRequest close = sandbox->build(Action::close, trade);
    CHECK(close.method == "POST");
    CHECK(close.url == "https://sandbox.invalid/payment.close");
    CHECK(close.body == R"({"out_trade_no":"P1","amount":{"amount":1000,"currency":"CNY"}})");
    CHECK(sandbox->build(Action::query, trade).url == "https://sandbox.invalid/payment.query");
    const HttpRequest send = sandbox->build(Action::refund, refund);
    CHECK(send.url == "https://sandbox.invalid/refund.send");
    CHECK(send.body == R"({"out_trade_no":"P1","out_refund_no":"R1",)"
                       R"("amount":{"amount":250,"currency":"CNY"}})");
    CHECK(sandbox->build(Action::refund, refund).body == send.body);
    CHECK(sandbox->build(Action::query_refund, refund).url ==
          "https://sandbox.invalid/refund.query");
    CHECK(sandbox->start(trade)->page->url == "https://sandbox.invalid/pay/P1");
  }

  // Goal: an answer means what it says about the question that was asked, and otherwise nothing.
  // Method: each state as the answer to each action; then answers that say too little.
  TEST_CASE("reading an answer") {
    struct Row {
      const char* body;
      Verdict close, query, refund;
      bool paid, closed;
    };
    const Row rows[] = {
        {R"({"state":"closed"})", Verdict::success, Verdict::declined, Verdict::unknown, false,
         true},
        {R"({"state":"not_paid"})", Verdict::pending, Verdict::pending, Verdict::declined, false,
         false},
        {R"({"state":"paid","trade_no":"T1","merchant":"m",)"
         R"("amount":{"amount":5,"currency":"CNY"}})",
         Verdict::declined, Verdict::success, Verdict::unknown, true, false},
        {R"({"state":"refunded","amount":{"amount":5,"currency":"CNY"}})", Verdict::unknown,
         Verdict::unknown, Verdict::success, false, false},
        {R"({"state":"paid","merchant":"m","amount":{"amount":5,"currency":"CNY"}})",
         Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
        {R"({"state":"paid","trade_no":"T1","amount":{"amount":5,"currency":"CNY"}})",
         Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
        {R"({"state":"paid","trade_no":"T1","merchant":"m"})", Verdict::unknown, Verdict::unknown,
         Verdict::unknown, false, false},
        {R"({"state":"paid","trade_no":"T1","merchant":"m",)"
         R"("amount":{"amount":0,"currency":"CNY"}})",
         Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
        {R"({"state":"refunded"})", Verdict::unknown, Verdict::unknown, Verdict::unknown, false,
         false},
        {R"({"state":"perhaps"})", Verdict::unknown, Verdict::unknown, Verdict::unknown, false,
         false},
        {"", Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
        {"<html>", Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
        {"[]", Verdict::unknown, Verdict::unknown, Verdict::unknown, false, false},
    };
    const auto sandbox = make();
    const Trade trade{.out_trade_no = "P1", .amount = {5, {}}};
    for (const Row& row : rows) {
      CAPTURE(std::string(row.body));
      const HttpResponse response{.status = 200, .body = row.body};
      const Outcome close = sandbox->parse(Action::close, trade, response);
      CHECK(close.verdict == row.close);
      CHECK(close.paid == row.paid);
      CHECK(close.closed == row.closed);
      CHECK(close.amount.has_value() == (row.paid || row.refund == Verdict::success));
      const Outcome query = sandbox->parse(Action::query, trade, response);
      CHECK(query.verdict == row.query);
      CHECK(query.paid == row.paid);
      for (const Action action : {Action::refund, Action::query_refund}) {
        const Outcome refund = sandbox->parse(action, trade, response);
        CHECK(refund.verdict == row.refund);
        CHECK_FALSE(refund.paid);
        CHECK_FALSE(refund.closed);
      }
      for (const int status : {204, 302, 404, 500, 502}) {
        const Outcome failed =
            sandbox->parse(Action::close, trade, {.status = status, .body = row.body});
        CHECK(failed.verdict == Verdict::unknown);
        CHECK_FALSE(failed.paid);
        CHECK_FALSE(failed.closed);
        CHECK(failed.code == "http_" + std::to_string(status));
      }
    }
  }

  // Goal: an answer holds no name that is longer than there is room for in the books.
  // Method: each name at its greatest length, one letter longer, and empty.
  TEST_CASE("the names in an answer have a length") {
    const auto sandbox = make();
    const Trade trade{.out_trade_no = "P1", .amount = {5, {}}};
    const auto close = [&](std::size_t trade_no, std::size_t merchant) {
      const std::string body = R"({"state":"paid","trade_no":")" + std::string(trade_no, 't') +
                               R"(","merchant":")" + std::string(merchant, 'm') +
                               R"(","amount":{"amount":5,"currency":"CNY"}})";
      return sandbox->parse(Action::close, trade, {.status = 200, .body = body});
    };
    CHECK(close(64, 64).paid);
    CHECK(close(1, 1).paid);
    const std::size_t wrong[][2] = {{65, 1}, {1, 65}, {0, 1}, {1, 0}};
    for (const auto& lengths : wrong) {
      const std::size_t trade_no = lengths[0], merchant = lengths[1];
      CAPTURE(trade_no);
      CAPTURE(merchant);
      const Outcome outcome = close(trade_no, merchant);
      CHECK(outcome.verdict == Verdict::unknown);
      CHECK(outcome.code == "unreadable");
      CHECK_FALSE(outcome.paid);
    }
  }

  // Goal: the sandbox answers its own calls as it reads answers.
  // Method: each action for a paid and an unpaid trade, read back.
  TEST_CASE("the sandbox answers itself") {
    const auto sandbox = make();
    const Trade trade{.out_trade_no = "P1", .amount = {250, {}}};
    const auto said = [&](Action action, std::optional<Money> paid) {
      return sandbox->parse(action, trade, *sandbox->simulate_answer(action, trade, paid));
    };
    const Money money{1000, {}};
    CHECK(said(Action::close, std::nullopt).closed);
    const Outcome paid = said(Action::close, money);
    CHECK(paid.paid);
    CHECK(paid.amount == money);
    CHECK(paid.merchant == sandbox->merchant());
    CHECK(paid.provider_trade_no == "SBP1");
    CHECK(said(Action::query, std::nullopt).verdict == Verdict::pending);
    CHECK(said(Action::query, money).verdict == Verdict::success);
    CHECK(said(Action::refund, money).verdict == Verdict::success);
    CHECK(said(Action::refund, money).amount == trade.amount);
    CHECK(said(Action::query_refund, std::nullopt).verdict == Verdict::declined);
  }

  // Goal: providers are found by their whole name.
  // Method: the configured one, none, and names near it.
  TEST_CASE("finding a provider") {
    payment::Providers providers;
    CHECK(providers.find("sandbox") == nullptr);
    providers.add(make());
    REQUIRE(providers.find("sandbox") != nullptr);
    CHECK(providers.find("sandbox")->is_sandbox());
    for (const char* name : {"", "Sandbox", "sandbox ", "sand", "wallet"}) {
      CHECK(providers.find(name) == nullptr);
    }
  }
}

}  // namespace
}  // namespace kameng::provider
