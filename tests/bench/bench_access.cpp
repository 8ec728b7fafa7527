// bench_access.cpp - what it costs to be known: signing in with a password, and a call over HTTP
// instead of a direct one, by token and by signature.
//
//     bench_access [--smoke]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/http.hpp>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "crypto/hash.hpp"
#include "crypto/password.hpp"
#include "crypto/random.hpp"
#include "meter.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

using Json = nlohmann::json;

struct Size {
  int sign_ins = 60;
  int guesses = 100;  // of each kind
  int rounds = 100;   // each with a customer and an address of its own
  int calls = 40;     // a round and a way
};

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::unique_ptr<Engine> open_shop() {
  const Json wide{{"per_minute", 1'000'000}, {"burst", 1'000'000}};
  const Json config{
      {"storage", {{"driver", "sqlite"}, {"path", ":memory:"}}},
      {"providers", {{"sandbox", {{"enabled", true}}}}},
      {"limits",
       {{"ip", wide},
        {"account", wide},
        {"operations", {{{"operation", "account.login"}, {"per_minute", 0}}}}}},
      {"accounts", {{"verify_contact", "optional"}}},
      {"orders", {{"unpaid_per_account", 100'000}, {"unpaid_per_network", 1'000'000}}}};
  auto opened = Engine::open(config.dump());
  if (!opened.ok()) {
    fail("open", opened.error().message);
  }
  return std::move(*opened);
}

Json call(Engine& engine, std::string_view operation, const Json& context, const Json& request) {
  const auto answered = engine.call_document(operation, context.dump(), request.dump());
  if (!answered.ok()) {
    fail(operation, answered.error().reason);
  }
  return Json::parse(*answered);
}

const Json host{{"as", "host"}};

// Sign-ins in a row and two at a time, next to the bare hash in the same run.
Json sign_ins(Engine& engine, const Size& size) {
  call(engine, "account.register", host,
       {{"email", "a@example.com"}, {"password", "correct horse"}});
  const auto count = static_cast<std::size_t>(size.sign_ins);
  const auto sign_in = [&](std::size_t) {
    call(engine, "account.login", Json::object(),
         {{"identifier", "a@example.com"}, {"password", "correct horse"}});
  };
  crypto::PasswordHasher hasher(crypto::PasswordCost{}, 2);
  crypto::SystemRandom random;
  const auto hash = [&](std::size_t) {
    if (!hasher.hash("correct horse", Deadline::after_ms(60'000), random).ok()) {
      fail("hash", "busy");
    }
  };
  Json figures = Json::array();
  for (const int callers : {1, 2}) {
    const Spent bare = measure_callers(callers, count, hash);
    const Spent whole = measure_callers(callers, count, sign_in);
    std::printf("sign-in, %d callers: %6.1f a second, %5.2f of the bare hash\n", callers,
                static_cast<double>(count) / whole.wall_s, bare.wall_s / whole.wall_s);
    figures.push_back({{"callers", callers},
                       {"a_second", static_cast<double>(count) / whole.wall_s},
                       {"of_hash", bare.wall_s / whole.wall_s}});
  }
  return figures;
}

// Whether an unknown account can be told from a wrong password by the time it takes: Welch's t of
// both, taken in turn. Below 2 either way is nothing to see.
Json guesses(Engine& engine, const Size& size) {
  std::vector<double> unknown, wrong;
  const auto time_of = [&](const char* who) {
    const Json request{{"identifier", who}, {"password", "wrong horse"}};
    const std::string text = request.dump();
    const double before = now_us();
    const auto answered = engine.call_document("account.login", "{}", text);
    if (answered.ok() || answered.error().reason != "account.bad_credentials") {
      fail("guess", "another answer");
    }
    return now_us() - before;
  };
  for (int i = 0; i < size.guesses; ++i) {
    unknown.push_back(time_of("nobody@example.com"));
    wrong.push_back(time_of("a@example.com"));
  }
  const auto mean = [](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) {
      sum += value;
    }
    return sum / static_cast<double>(values.size());
  };
  const auto variance = [&](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) {
      sum += (value - mean(values)) * (value - mean(values));
    }
    return sum / static_cast<double>(values.size() - 1);
  };
  const double count = size.guesses;
  const double t = (mean(unknown) - mean(wrong)) /
                   std::sqrt(variance(unknown) / count + variance(wrong) / count);
  std::printf("unknown account %8.0f us, wrong password %8.0f us, Welch's t %.2f\n", mean(unknown),
              mean(wrong), t);
  return {{"unknown_us", mean(unknown)}, {"wrong_us", mean(wrong)}, {"welch_t", t}};
}

// Somebody who orders, from an address of their own: unpaid orders are counted by both.
struct Customer {
  std::string ip, token;
  Json key;
};

Customer make_customer(Engine& engine, int number) {
  const std::string email = "c" + std::to_string(number) + "@example.com";
  const Json made =
      call(engine, "account.register", host, {{"email", email}, {"password", "correct horse"}});
  const Json login = call(engine, "account.login", Json::object(),
                          {{"identifier", email}, {"password", "correct horse"}});
  const Json behalf{{"as", "host"}, {"account_id", made["account_id"]}};
  return {"192.0." + std::to_string(number) + ".1", login["token"],
          call(engine, "api_key.create", behalf, {{"name", "bench"}})};
}

std::string request_of(const Customer& customer, const std::string& body, Json headers) {
  headers.push_back(Json::array({"Content-Type", "application/json"}));
  return Json{{"method", "POST"},
              {"scheme", "https"},
              {"authority", "shop.example"},
              {"target", "/v1/order.place"},
              {"remote_ip", customer.ip},
              {"body", body},
              {"headers", headers}}
      .dump();
}

// A program that signs, as RFC 9421 says.
std::string signed_request(const Customer& customer, const std::string& body, int number) {
  const std::string digest = "sha-256=:" + to_base64(crypto::sha256(as_bytes(body))) + ":";
  const std::int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
  const std::string params =
      R"(("@method" "@authority" "@path" "@query" "content-digest");created=)" +
      std::to_string(now_s) + ";expires=" + std::to_string(now_s + 300) + ";nonce=\"nonce-" +
      std::to_string(1'000'000'000 + number) + R"(";alg="hmac-sha256";keyid=")" +
      customer.key["key_id"].get<std::string>() + "\"";
  const std::string base =
      "\"@method\": POST\n\"@authority\": shop.example\n"
      "\"@path\": /v1/order.place\n\"@query\": ?\n\"content-digest\": " +
      digest + "\n\"@signature-params\": " + params;
  const std::string secret = customer.key["secret"];
  const std::string mac = to_base64(crypto::hmac_sha256(as_bytes(secret), as_bytes(base)));
  return request_of(customer, body,
                    Json::array({Json::array({"Content-Digest", digest}),
                                 Json::array({"Signature-Input", "sig=" + params}),
                                 Json::array({"Signature", "sig=:" + mac + ":"})}));
}

void must_be_ok(const Result<std::string>& answered) {
  if (!answered.ok() || answered->find("\"status\":200") == std::string::npos) {
    fail("http", answered.ok() ? *answered : answered.error().reason);
  }
}

std::string stock(Engine& engine, int codes) {
  const Json category = call(engine, "category.create", host, {{"name", "Cards"}});
  const Json sku{{"name", "1"}, {"unit_price_micros", 1'000'000}, {"currency", "CNY"}};
  const Json goods = call(
      engine, "goods.create", host,
      {{"category_id", category["category_id"]}, {"name", "Star"}, {"skus", Json::array({sku})}});
  call(engine, "goods.publish", host, {{"goods_id", goods["goods_id"]}});
  for (int first = 0; first < codes; first += 20'000) {
    call(engine, "code.import", host,
         {{"sku_id", goods["skus"][0]["sku_id"]}, {"content", code_lines(first, 20'000)}});
  }
  return goods["skus"][0]["sku_id"];
}

// order.place in memory, directly and over HTTP, with the same token and address, in turn.
Json gateway(Engine& engine, const Size& size) {
  const std::string sku = stock(engine, 8 * size.rounds * size.calls);
  const std::string body = Json{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}}.dump();
  std::vector<double> direct, http, by_signature, share;
  for (int round = 0; round < size.rounds; ++round) {
    const Customer customer = make_customer(engine, round);
    const std::string context = Json{{"token", customer.token}, {"ip", customer.ip}}.dump();
    const std::string by_token = request_of(
        customer, body, Json::array({Json::array({"Authorization", "Bearer " + customer.token})}));
    std::vector<std::string> signed_ones;
    for (int i = 0; i < size.calls; ++i) {
      signed_ones.push_back(signed_request(customer, body, i));
    }
    const auto each = [&](auto&& one) {
      const double before = now_us();
      for (std::size_t i = 0; i < signed_ones.size(); ++i) {
        one(i);
      }
      return (now_us() - before) / size.calls;
    };
    const auto directly = [&](std::size_t) {
      if (!engine.call_document("order.place", context, body).ok()) {
        fail("order.place", "refused");
      }
    };
    const auto over_http = [&](std::size_t) {
      must_be_ok(http::answer_document(engine, by_token));
    };
    // In turn: whoever comes second finds more unpaid orders.
    const bool http_first = round % 2 == 1;
    double answered = http_first ? each(over_http) : 0;
    direct.push_back(each(directly));
    answered = http_first ? answered : each(over_http);
    http.push_back(answered);
    share.push_back((answered - direct.back()) / answered);
    by_signature.push_back(
        each([&](std::size_t i) { must_be_ok(http::answer_document(engine, signed_ones[i])); }));
  }
  std::printf(
      "order.place: %6.1f us called, %6.1f us over HTTP (%4.1f %% of it the gateway's), "
      "%6.1f us signed\n",
      median(direct), median(http), 100 * median(share), median(by_signature));
  return {{"called_us", median(direct)},
          {"http_us", median(http)},
          {"gateway_share", median(share)},
          {"signed_us", median(by_signature)}};
}

}  // namespace
}  // namespace kameng::bench

int main(int count, char** arguments) {
  using namespace kameng::bench;
  Size size;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(arguments[i]) != "--smoke") {
      fail(arguments[i], "not an option");
    }
    size = {.sign_ins = 4, .guesses = 4, .rounds = 2, .calls = 20};
  }
  const auto engine = open_shop();
  Json figures{{"bench", "access"}};
  figures["sign_in"] = sign_ins(*engine, size);
  figures["guesses"] = guesses(*engine, size);
  figures["gateway"] = gateway(*engine, size);
  std::printf("%s\n", figures.dump().c_str());
  return 0;
}
