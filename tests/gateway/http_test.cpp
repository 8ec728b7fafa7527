// http_test.cpp - single requests and their answers, as data.
#include <algorithm>

#include <doctest/doctest.h>

#include <kameng/http.hpp>

#include "engine/config.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"
#include "support/shop.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

const std::string no_header = "(none)";

std::string header_of(const Json& response, std::string_view name) {
  for (const Json& pair : response["headers"]) {
    if (pair[0] == name) {
      return pair[1];
    }
  }
  return no_header;
}

std::string reason_of(const Json& response) {
  const std::string body = response["body"];
  const Json document = Json::parse(body, nullptr, false);
  return document.is_object() && document.contains("error")
             ? document["error"]["reason"].get<std::string>()
             : "ok";
}

// Through both doors of C++, which must agree. Counters and new ids differ from call to call, so
// it is the status and the reason that are compared.
Json ask(Shop& shop, const Json& patch) {
  Json request{{"method", "POST"},
               {"target", "/v1/goods.list"},
               {"headers", {{"Content-Type", "application/json"}, {"X-Request-Id", "test-1"}}},
               {"remote_ip", "192.0.2.1"}};
  if (!patch.is_null()) {
    request.merge_patch(patch);
  }
  const std::string text = request.dump();
  const auto by_document = http::answer_document(shop.engine(), text);
  REQUIRE_MESSAGE(by_document.ok(), by_document.error().reason);
  Json response = Json::parse(*by_document);
  const auto value = json::parse(text, {.bytes_max = SIZE_MAX});
  if (const auto plain = json::read<http::Request>(*value); plain.ok()) {
    const auto by_struct = http::answer(shop.engine(), *plain);
    REQUIRE(by_struct.ok());
    const Json other = Json::parse(json::to_text(*by_struct));
    CHECK(other["status"] == response["status"]);
    CHECK(reason_of(other) == reason_of(response));
  }
  return response;
}

struct Case {
  const char* name;
  Json patch;
  int status;
  const char* reason;
  const char* header = "X-Content-Type-Options";
  const char* value = "nosniff";
};

Json headers(std::initializer_list<std::pair<std::string, std::string>> more) {
  Json list = Json::array({{"X-Request-Id", "test-1"}});
  for (const auto& [name, value] : more) {
    list.push_back(Json::array({name, value}));
  }
  return {{"headers", list}};
}

Json with(Json patch, const Json& more) {
  patch.merge_patch(more);
  return patch;
}

Json get(const char* target, const char* method = "GET") {
  return {{"method", method}, {"target", target}};
}

std::vector<Case> routes() {
  return {
      {"a read", {}, 200, "ok", "Cache-Control", "no-store"},
      {"no body and no type", headers({}), 200, "ok"},
      {"utf-8 said", headers({{"content-type", "Application/JSON; charset=UTF-8"}}), 200, "ok"},
      {"base64", {{"body_base64", "e30="}}, 200, "ok"},
      {"unknown route", {{"target", "/v2/x"}}, 404, "http.route_unknown"},
      {"unknown operation", {{"target", "/v1/goods.eat"}}, 404, "http.route_unknown"},
      {"root", {{"target", "/"}}, 404, "http.route_unknown"},
      {"notice without provider", {{"target", "/v1/notice/"}}, 404, "http.route_unknown"},
      {"notice of nobody", {{"target", "/v1/notice/nobody"}}, 404, "provider.unknown"},
      {"GET of an operation", get("/v1/goods.list"), 405, "http.method_not_allowed", "Allow",
       "OPTIONS, POST"},
      {"POST of health",
       {{"target", "/v1/health"}},
       405,
       "http.method_not_allowed",
       "Allow",
       "GET, HEAD, OPTIONS"},
      {"strange method", get("/v1/health", "BREW"), 405, "http.method_not_allowed"},
      {"malformed method", get("/v1/health", "GE T"), 400, "http.method_malformed"},
      {"empty method", get("/v1/health", ""), 400, "http.method_malformed"},
  };
}

std::vector<Case> bodies() {
  return {
      {"no type", with(headers({}), {{"body", "{}"}}), 415, "http.content_type", "Accept-Post",
       "application/json"},
      {"form", headers({{"Content-Type", "text/plain"}}), 415, "http.content_type"},
      {"latin", headers({{"Content-Type", "application/json; charset=latin1"}}), 415,
       "http.content_type"},
      {"gzip", headers({{"Content-Encoding", "gzip"}}), 415, "http.content_encoding"},
      {"not JSON", {{"body", "{"}}, 400, "document.malformed"},
      {"unknown field", {{"body", R"({"x":1})"}}, 400, "field.unknown"},
      {"body at the limit", {{"body", "{}" + std::string(716'798, ' ')}}, 200, "ok"},
      {"body beyond it", {{"body", "{}" + std::string(716'799, ' ')}}, 413, "http.body_too_large"},
      {"document beyond all", {{"body", std::string(8'400'000, ' ')}}, 413, "http.body_too_large"},
  };
}

std::vector<Case> bounds() {
  const std::string long_text(9000, 'a');
  return {
      {"long target", {{"target", "/" + long_text}}, 414, "http.target_too_long"},
      {"empty target", {{"target", ""}}, 400, "http.target_malformed"},
      {"no slash", {{"target", "v1/health"}}, 400, "http.target_malformed"},
      {"half a percent", {{"target", "/v1/%4"}}, 400, "http.target_malformed"},
      {"a space", {{"target", "/v1/a b"}}, 400, "http.target_malformed"},
      {"a query", {{"target", "/v1/goods.list?x=1"}}, 200, "ok"},
      {"long header", headers({{"X", long_text}}), 431, "http.headers_too_large"},
      {"many headers",
       {{"headers", Json(201, Json::array({"A", "b"}))}},
       431,
       "http.headers_too_large"},
      {"many bytes",
       {{"headers", Json(10, Json::array({"A", std::string(7000, 'a')}))}},
       431,
       "http.headers_too_large"},
      {"a NUL in the target", {{"target", std::string("/v1/\0", 5)}}, 400, "http.text_malformed"},
      {"a NUL in the body", {{"body", std::string("\0", 1)}}, 400, "http.text_malformed"},
      {"a NUL in a header", headers({{"A", std::string("\0", 1)}}), 400, "http.header_malformed"},
      {"name with a space", headers({{"A b", "c"}}), 400, "http.header_malformed"},
      {"line end", headers({{"A", "b\r\nC: d"}}), 400, "http.header_malformed"},
  };
}

std::vector<Case> repeated() {
  return {
      {"two hosts", headers({{"Host", "a"}, {"host", "a"}}), 400, "http.header_repeated"},
      {"two tokens", headers({{"Authorization", "Bearer a"}, {"authorization", "Bearer b"}}), 400,
       "http.header_repeated"},
      {"two types",
       headers({{"Content-Type", "application/json"}, {"Content-Type", "application/json"}}), 400,
       "http.header_repeated"},
      {"two keys", headers({{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}), 400,
       "http.header_repeated"},
      {"two authorities", with(headers({{"Host", "a.example"}}), {{"authority", "b.example"}}), 400,
       "http.host_conflict"},
      {"one authority", with(headers({{"Host", "A.example"}}), {{"authority", "a.example"}}), 200,
       "ok"},
  };
}

std::vector<Case> callers() {
  return {
      {"basic", headers({{"Authorization", "Basic c2VjcmV0"}}), 401, "http.authorization",
       "WWW-Authenticate", "Bearer realm=\"kameng\""},
      {"no token", headers({{"Authorization", "Bearer "}}), 401, "http.authorization"},
      {"a wrong token", headers({{"Authorization", "bearer wrong"}}), 401, "session.invalid",
       "WWW-Authenticate", "Bearer realm=\"kameng\""},
      {"a long token", headers({{"Authorization", "Bearer " + std::string(257, 'a')}}), 401,
       "http.authorization"},
      {"an empty key", headers({{"Idempotency-Key", ""}}), 400, "http.idempotency_key"},
      {"a long key", headers({{"Idempotency-Key", std::string(129, 'a')}}), 400,
       "http.idempotency_key"},
      {"a stranger", {{"target", "/v1/order.list"}}, 401, "call.unauthenticated"},
      {"health for strangers", get("/v1/health"), 401, "call.unauthenticated"},
      {"metrics for strangers", get("/v1/metrics"), 401, "call.unauthenticated"},
      {"health for the host", with(get("/v1/health"), {{"as", "host"}}), 200, "ok"},
      {"metrics for the host", with(get("/v1/metrics"), {{"as", "host"}}), 200, "ok",
       "Content-Type", "text/plain; version=0.0.4; charset=utf-8"},
      {"openapi", get("/v1/openapi.json"), 200, "ok", "Cache-Control", "no-cache"},
      {"options", get("/v1/goods.list", "OPTIONS"), 204, "ok", "Allow", "OPTIONS, POST"},
      {"options of all", get("*", "OPTIONS"), 204, "ok", "Allow", "GET, HEAD, OPTIONS, POST"},
      {"the star", get("*"), 405, "http.method_not_allowed"},
      {"a request id", {}, 200, "ok", "X-Request-Id", "test-1"},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& some : {routes(), bodies(), bounds(), repeated(), callers()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace

TEST_SUITE("gateway") {
  // Goal: every answer that a single request can get is the one that the standards name.
  // Method: a table, through the door of documents and that of structs.
  TEST_CASE("requests and answers") {
    Shop shop;
    for (const Case& one : cases()) {
      CAPTURE(std::string(one.name));
      const Json response = ask(shop, one.patch);
      CHECK(response["status"] == one.status);
      CHECK(reason_of(response) == one.reason);
      CHECK(header_of(response, one.header) == one.value);
      CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
      CHECK(header_of(response, "Vary") == no_header);
    }
  }

  // Goal: a fault of the host's is an error, never an answer for the client.
  // Method: documents that no host may write.
  TEST_CASE("a host's faults are errors") {
    Shop shop;
    const std::pair<Json, const char*> faults[] = {
        {{{"remote_ip", "192.0.2.1:80"}}, "http.remote_ip"},
        {{{"remote_ip", nullptr}}, "field.missing"},
        {{{"remote_ip", "::1"}, {"body", "{}"}, {"body_base64", "e30="}}, "http.body_twice"},
        {{{"remote_ip", "::1"}, {"body_base64", "?"}}, "field.base64"},
        {{{"remote_ip", "::1"}, {"scheme", "gopher"}}, "field.not_one_of"},
        {{{"remote_ip", "::1"}, {"as", "root"}}, "field.not_one_of"},
        {{{"remote_ip", "::1"}, {"token", "x"}}, "field.unknown"},
    };
    for (const auto& [patch, reason] : faults) {
      Json request = get("/v1/health");
      request.merge_patch(patch);
      const auto answered = http::answer_document(shop.engine(), request.dump());
      REQUIRE_FALSE(answered.ok());
      CHECK(answered.error().reason == reason);
    }
    CHECK(http::answer_document(shop.engine(), "{").error().reason == "document.malformed");
  }

  // Goal: who has an answer already is not sent it again, and HEAD is GET without a body.
  // Method: a GET and a read, each again with its tag; a tag that is another's; HEAD; a write.
  TEST_CASE("entity tags") {
    Shop shop;
    const Json first = ask(shop, get("/v1/openapi.json"));
    const std::string tag = header_of(first, "ETag");
    CHECK(tag.size() == 66);
    const auto again = [&](Json patch, const std::string& held) {
      patch.merge_patch(headers({{"If-None-Match", held}}));
      return ask(shop, patch);
    };
    const Json same = again(get("/v1/openapi.json"), "\"x\", W/" + tag);
    CHECK(same["status"] == 304);
    CHECK(same["body"] == "");
    CHECK(header_of(same, "ETag") == tag);
    CHECK(again(get("/v1/openapi.json"), "\"x\"")["status"] == 200);
    const Json head = ask(shop, get("/v1/openapi.json", "HEAD"));
    CHECK(head["status"] == 200);
    CHECK(head["body"] == "");
    CHECK(head["headers"] == first["headers"]);
    const Json read = ask(shop, Json::object());
    const Json unchanged = again(Json::object(), header_of(read, "ETag"));
    CHECK(unchanged["status"] == 412);
    CHECK(reason_of(unchanged) == "http.not_changed");
    const Json write =
        ask(shop, {{"target", "/v1/category.create"}, {"as", "host"}, {"body", R"({"name":"a"})"}});
    CHECK(header_of(write, "ETag") == no_header);
  }

  // Goal: pages of the origins that are named may call, and no others; never with credentials.
  // Method: preflights and calls from a named origin, another one and none.
  TEST_CASE("cross-origin calls") {
    Shop shop({.extra = {{"gateway", {{"cors_origins", {"https://shop.example"}}}}}});
    const char* const allowed = "Access-Control-Allow-Origin";
    const auto from = [&](const std::string& origin, const char* method) {
      return ask(shop,
                 with(get("/v1/goods.list", method),
                      headers({{"Origin", origin}, {"Access-Control-Request-Method", "POST"}})));
    };
    const Json preflight = from("https://shop.example", "OPTIONS");
    CHECK(preflight["status"] == 204);
    CHECK(header_of(preflight, allowed) == "https://shop.example");
    CHECK(header_of(preflight, "Access-Control-Allow-Methods") == "OPTIONS, POST");
    CHECK(header_of(preflight, "Access-Control-Allow-Credentials") == no_header);
    CHECK(header_of(preflight, "Vary") == "Origin");
    CHECK(header_of(from("https://shop.example", "POST"), allowed) == "https://shop.example");
    for (const char* const other : {"https://shop.example.evil", "http://shop.example", "null"}) {
      CHECK(header_of(from(other, "OPTIONS"), allowed) == no_header);
      CHECK(header_of(from(other, "POST"), allowed) == no_header);
    }
    CHECK(header_of(ask(shop, Json::object()), "Vary") == "Origin");
  }

  // Goal: a configuration that would be read in two ways opens nothing.
  // Method: origins and networks that are none.
  TEST_CASE("the configuration of the gateway is checked") {
    const std::pair<Json, const char*> faults[] = {
        {{{"cors_origins", {"*"}}}, "config.cors_origins"},
        {{{"cors_origins", {"https://shop.example/"}}}, "config.cors_origins"},
        {{{"cors_origins", {"ftp://shop.example"}}}, "config.cors_origins"},
        {{{"trusted_proxies", {"10.0.0.0/40"}}}, "config.trusted_proxies"},
        {{{"forwarded_header", "x-real-ip"}}, "field.not_one_of"},
    };
    for (const auto& [part, reason] : faults) {
      const auto read = engine::read_config(Json{{"gateway", part}}.dump());
      REQUIRE_FALSE(read.ok());
      CHECK(read.error().reason == reason);
    }
  }
}
