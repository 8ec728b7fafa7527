// parts.cpp - see parts.hpp.
#include "parts.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <kameng/context.hpp>
#include <kameng/notice.hpp>
#include <kameng/order.hpp>

#include "audit/log.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"
#include "keys/key_ring.hpp"
#include "meter.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

constexpr std::string_view notice_body =
    R"({"event_id":"E01KAZ3Y8N1C5GZJ4T9Q6W7R2XB","kind":"paid",)"
    R"("out_trade_no":"P01KAZ3Y8N1C5GZJ4T9Q6W7R2XB","trade_no":"SBP01KAZ3Y8N1C5GZJ4T9Q6W7R2XB",)"
    R"("merchant":"sandbox_1","amount":{"amount":1000,"currency":"CNY"}})";

// As the sandbox's notices are.
struct Body {
  std::string event_id, kind, out_trade_no, trade_no, merchant;
  Money amount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("event_id", &Body::event_id, "").length(1, 64);
    f.required("kind", &Body::kind, "").one_of({"paid", "closed"});
    f.required("out_trade_no", &Body::out_trade_no, "").length(1, 32);
    f.required("trade_no", &Body::trade_no, "").length(1, 64);
    f.required("merchant", &Body::merchant, "").length(1, 64);
    f.required("amount", &Body::amount, "");
  }
};

template <class T>
void read_text(std::string_view text) {
  Result<json::Value> value = json::parse(text, {});
  if (!value.ok() || !json::read<T>(*value).ok()) {
    fail("parts", text);
  }
}

double microseconds(int repetitions, const std::function<void()>& once) {
  const Spent spent = measure([&] {
    for (int i = 0; i < repetitions; ++i) {
      once();
    }
  });
  return spent.wall_s * 1e6 / repetitions;
}

order::Placed sample_answer(Random& random) {
  order::Placed placed;
  placed.order_id = OrderId{make_id_bytes(1'790'000'000'000, random.draw<10>())};
  placed.status = "pending_payment";
  placed.total.amount = 1000;
  placed.payment.emplace();
  placed.payment->payment_id = PaymentId{placed.order_id.bytes};
  placed.payment->out_trade_no = "P01KAZ3Y8N1C5GZJ4T9Q6W7R2XB";
  placed.payment->status = "pending";
  placed.payment->order_status = placed.status;
  placed.payment->amount.amount = 1000;
  return placed;
}

// The five entries of a trade.
void write_entries(const std::string& subject) {
  const audit::Entry entries[] = {
      {.kind = "order.placed",
       .subject = subject,
       .details = {{"total", std::int64_t{1000}},
                   {"currency", std::string("CNY")},
                   {"codes", std::int64_t{1}},
                   {"expires_at_ms", std::int64_t{1'790'000'000'000}}}},
      {.kind = "payment.begun",
       .subject = subject,
       .details = {{"order", subject},
                   {"provider", std::string("sandbox")},
                   {"amount", std::int64_t{1000}}}},
      {.kind = "payment.succeeded",
       .subject = subject,
       .details = {{"order", subject},
                   {"provider", std::string("sandbox")},
                   {"amount", std::int64_t{1000}}}},
      {.kind = "order.paid",
       .subject = subject,
       .details = {{"from", std::string("pending_payment")},
                   {"amount", std::int64_t{1000}},
                   {"currency", std::string("CNY")}}},
      {.kind = "order.delivered", .subject = subject, .details = {{"codes", std::int64_t{1}}}}};
  for (const audit::Entry& entry : entries) {
    static_cast<void>(audit::entry_body(entry, subject, 1'790'000'000'000));
  }
}

std::shared_ptr<const keys::KeyRing> make_ring(Random& random) {
  auto masters = std::make_shared<keys::MasterKeys>(keys::MasterKey::draw(random));
  auto ring = keys::KeyRing::make(std::move(masters), keys::draw_data_keys(random));
  if (!ring.ok()) {
    fail("parts", ring.error().reason);
  }
  return *ring;
}

}  // namespace

Parts measure_parts(int repetitions) {
  crypto::SystemRandom random;
  const auto ring = make_ring(random);
  const order::Placed placed = sample_answer(random);
  const std::string order_id = placed.order_id.text();
  const std::string token = "kst_0123456789012345678901234567890123456789012";
  notice::Received received;
  received.reply = {200, {{"Content-Type", "text/plain"}}, "success", {}};
  received.outcome = "delivered";
  const std::string context = R"({"token":")" + token + R"("})";
  const std::string request = R"({"lines":[{"sku_id":"sku_)" + order_id.substr(4) +
                              R"(","quantity":1}],"pay":{"provider":"sandbox"}})";
  const std::string receive = nlohmann::json{
      {"provider", "sandbox"},
      {"headers",
       {{"Content-Type", "application/json"}, {"Sandbox-Signature", std::string(64, 'a')}}},
      {"body",
       std::string(notice_body)}}.dump();
  Parts parts;
  parts.json_us = microseconds(repetitions, [&] {
    read_text<Body>(notice_body);
    static_cast<void>(json::to_text(placed));
    static_cast<void>(json::to_text(received));
    write_entries(order_id);
  });
  parts.documents_us = microseconds(repetitions, [&] {
    read_text<Context>(context);
    read_text<order::Place>(request);
    static_cast<void>(json::to_text(placed));
    read_text<Context>("{}");
    read_text<notice::Receive>(receive);
    static_cast<void>(json::to_text(received));
  });
  parts.crypto_us = microseconds(repetitions, [&] {
    static_cast<void>(ring->hash_of_secret(token));
    static_cast<void>(crypto::hmac_sha256(as_bytes(token), as_bytes(notice_body)));
    static_cast<void>(crypto::sha256(as_bytes(notice_body)));
    static_cast<void>(ring->digest({as_bytes(order_id), as_bytes(token), as_bytes(order_id)}));
    static_cast<void>(ring->digest({as_bytes(order_id)}));
    for (int call = 0; call < 2; ++call) {
      static_cast<void>(random.draw<10>());
      static_cast<void>(random.draw<10>());
      static_cast<void>(random.draw<240>());
    }
  });
  return parts;
}

}  // namespace kameng::bench
