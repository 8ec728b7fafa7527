// gateway.cpp - one HTTP request to its answer: bounds first, then the route, then the operation,
// then what every answer carries. Nothing is logged here: requests hold tokens.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <kameng/http.hpp>
#include <kameng/notice.hpp>
#include <kameng/system.hpp>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "engine/state.hpp"
#include "gateway/client_address.hpp"
#include "gateway/cross_origin.hpp"
#include "gateway/header_text.hpp"
#include "gateway/metrics_text.hpp"
#include "gateway/openapi.hpp"
#include "gateway/reply.hpp"
#include "gateway/route.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"
#include "json/rules.hpp"

namespace kameng::gateway {
namespace {

constexpr std::size_t target_bytes_max = 8000;
constexpr std::size_t header_bytes_max = 65'536;  // of all together
constexpr std::size_t token_bytes_max = 256;
constexpr std::size_t request_document_bytes_max = 8'388'608;

constexpr Refusal body_too_large{413, "http.body_too_large", "A body has at most 700 KiB."};
constexpr Refusal headers_too_large{431, "http.headers_too_large",
                                    "At most 200 headers of 8 KiB, 64 KiB together."};
constexpr Refusal header_malformed{400, "http.header_malformed", "A header is not well-formed."};

// One request on its way.
class Exchange {
 public:
  Exchange(Engine& engine, const http::Request& request, const IpAddress& peer, std::string body)
      : engine_(&engine),
        state_(&engine.state()),
        request_(&request),
        body_(std::move(body)),
        client_(client_address(state_->config.gateway, peer, request.headers)),
        id_(make_id()) {}

  [[nodiscard]] HttpResponse answer() {
    const std::optional<Refusal> refusal = find_fault();
    Route route;
    Reply reply;
    if (refusal) {
      reply = refuse(*refusal, id_);
    } else {
      route = find_route(state_->registry, request_->target);
      reply = run(route);
    }
    return finish(route, std::move(reply));
  }

  // For what is refused before there is anything to look at.
  [[nodiscard]] HttpResponse answer(const Refusal& refusal) {
    return finish(Route{}, refuse(refusal, id_));
  }

 private:
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return find_header(request_->headers, name);
  }
  [[nodiscard]] bool is_read_method() const {
    return request_->method == "GET" || request_->method == "HEAD";
  }

  std::string make_id() const {
    const auto given = header("X-Request-Id");
    const auto is_plain = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '-' || c == '_' || c == '.';
    };
    if (given && !given->empty() && given->size() <= 64 &&
        std::all_of(given->begin(), given->end(), is_plain)) {
      return std::string(*given);
    }
    return to_hex(state_->random->draw<16>());
  }

  [[nodiscard]] std::optional<Refusal> find_header_fault() const {
    std::size_t bytes = 0;
    for (const Header& one : request_->headers) {
      bytes += one.name.size() + one.value.size();
      if (!is_token(one.name)) {
        return header_malformed;
      }
    }
    if (bytes > header_bytes_max) {
      return headers_too_large;
    }
    constexpr std::array<std::string_view, 9> single{
        "Host",         "Authorization",  "Content-Type",    "Origin",   "Idempotency-Key",
        "X-Request-Id", "Content-Digest", "Signature-Input", "Signature"};
    for (const std::string_view name : single) {
      const auto same = [&](const Header& one) { return equal_without_case(one.name, name); };
      if (std::count_if(request_->headers.begin(), request_->headers.end(), same) > 1) {
        return Refusal{400, "http.header_repeated", "A header is there twice that may be once."};
      }
    }
    const auto host = header("Host");
    if (host && !request_->authority.empty() && !equal_without_case(*host, request_->authority)) {
      return Refusal{400, "http.host_conflict", "Host and authority are not the same."};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Refusal> find_fault() const {
    if (!is_token(request_->method) || request_->method.size() > 32) {
      return Refusal{400, "http.method_malformed", "The method is not well-formed."};
    }
    if (request_->target.size() > target_bytes_max) {
      return Refusal{414, "http.target_too_long", "A target has at most 8000 bytes."};
    }
    if (!is_target(request_->target)) {
      return Refusal{400, "http.target_malformed", "A target begins with / and is well-formed."};
    }
    if (const auto fault = find_header_fault()) {
      return fault;
    }
    if (body_.size() > limits::http_body_bytes_max) {
      return body_too_large;
    }
    return std::nullopt;
  }

  [[nodiscard]] Reply run(const Route& route) {
    using Kind = Route::Kind;
    if (route.kind == Kind::none) {
      return refuse({404, "http.route_unknown", "There is nothing here; see /v1/openapi.json."},
                    id_);
    }
    if (request_->method == "OPTIONS") {
      Reply reply;
      reply.status = 204;
      return std::move(reply).with("Allow", route.allow());
    }
    if (route.kind == Kind::server || !route.allows(request_->method)) {
      return refuse({405, "http.method_not_allowed", "This is not done with this method."}, id_)
          .with("Allow", route.allow());
    }
    if (route.kind == Kind::openapi) {
      return document_reply(openapi_document());
    }
    if (route.kind == Kind::notice) {
      return take_notice(route.provider);
    }
    return call(route);
  }

  // Of a route that somebody calls: who, and under which key.
  [[nodiscard]] std::variant<Context, Refusal> make_context() const {
    Context context;
    context.as = request_->as;
    context.trace = id_;
    context.ip = client_.to_text();
    if (const auto agent = header("User-Agent"); agent && agent->size() <= 1024) {
      context.user_agent = std::string(*agent);
    }
    if (const auto authorization = header("Authorization")) {
      const std::size_t space = std::min(authorization->find(' '), authorization->size());
      const std::string_view token = trim(authorization->substr(space));
      if (!equal_without_case(authorization->substr(0, space), "Bearer") || token.empty() ||
          token.size() > token_bytes_max || token.find(' ') != std::string_view::npos) {
        return Refusal{401, "http.authorization", "Authorization is: Bearer TOKEN."};
      }
      context.token = std::string(token);
    }
    if (header("Signature-Input") || header("Signature")) {
      if (context.token) {
        return Refusal{401, "http.authorization", "Give either a token or a signature."};
      }
      context.signed_request = signed_request();
    }
    if (auto key = header("Idempotency-Key")) {
      if (key->size() > 2 && key->front() == '"' && key->back() == '"') {
        key = key->substr(1, key->size() - 2);  // a string as structured fields write it
      }
      const auto is_plain = [](char c) { return c > ' ' && c < '\x7f' && c != '"'; };
      if (key->empty() || key->size() > limits::idempotency_key_bytes_max ||
          !std::all_of(key->begin(), key->end(), is_plain)) {
        return Refusal{400, "http.idempotency_key", "A key has 1 to 128 visible characters."};
      }
      context.idempotency_key = std::string(*key);
    }
    return context;
  }

  // As it came; what counts is looked at elsewhere.
  [[nodiscard]] std::shared_ptr<const SignedRequest> signed_request() const {
    auto made = std::make_shared<SignedRequest>();
    const std::string_view target = request_->target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const auto text = [&](std::string_view name) {
      return std::string(trim(header(name).value_or(std::string_view())));
    };
    made->method = request_->method;
    made->authority = request_->authority.empty() ? text("Host") : request_->authority;
    made->path = std::string(target.substr(0, mark));
    made->query = std::string(target.substr(std::min(mark + 1, target.size())));
    made->content_digest = text("Content-Digest");
    made->signature_input = text("Signature-Input");
    made->signature = text("Signature");
    made->body = body_;
    return made;
  }

  [[nodiscard]] std::optional<Refusal> find_content_fault() const {
    const auto coding = header("Content-Encoding");
    if (coding && !equal_without_case(*coding, "identity")) {
      return Refusal{415, "http.content_encoding", "A body is sent as it is."};
    }
    const auto type = header("Content-Type");
    if (!type && body_.empty()) {
      return std::nullopt;
    }
    const Refusal wrong{415, "http.content_type", "A body is application/json in UTF-8."};
    if (!type) {
      return wrong;
    }
    const std::vector<std::string_view> parts = split(*type, ';');
    const bool is_json = equal_without_case(parts.front(), "application/json");
    const bool is_utf8 = std::all_of(parts.begin() + 1, parts.end(), [](std::string_view part) {
      return part.empty() || equal_without_case(part, "charset=utf-8") ||
             equal_without_case(part, "charset=\"utf-8\"");
    });
    return is_json && is_utf8 ? std::nullopt : std::optional(wrong);
  }

  [[nodiscard]] Reply call(const Route& route) {
    using Kind = Route::Kind;
    const auto made = make_context();
    if (const auto* const refusal = std::get_if<Refusal>(&made)) {
      return refuse(*refusal, id_);
    }
    const Context& context = std::get<Context>(made);
    if (const Result<void> checked = json::check(context); !checked.ok()) {
      return error_reply(checked.error(), id_);
    }
    if (route.kind == Kind::metrics) {
      return show_metrics(context);
    }
    if (route.kind == Kind::operation) {
      if (const auto refusal = find_content_fault()) {
        return refuse(*refusal, id_).with("Accept-Post", "application/json");
      }
    }
    const ops::Operation& operation = route.kind == Kind::operation
                                          ? *route.operation
                                          : *state_->registry.find(system::Health::operation);
    const std::string_view text =
        route.kind == Kind::operation ? std::string_view(body_) : std::string_view();
    Allowance allowance;
    Result<std::string> answer = state_->run_document(operation, context, text, &allowance);
    Reply reply =
        answer.ok() ? document_reply(std::move(answer).value()) : error_reply(answer.error(), id_);
    tell_allowance(allowance, reply);
    return reply;
  }

  [[nodiscard]] Reply show_metrics(const Context& context) {
    const auto health = engine_->call(context, system::Health{});
    if (!health.ok()) {
      return error_reply(health.error(), id_);
    }
    const auto metrics = engine_->call(context, system::GetMetrics{});
    if (!metrics.ok()) {
      return error_reply(metrics.error(), id_);
    }
    Reply reply;
    reply.headers = {{"Content-Type", std::string(metrics_type)}};
    reply.body = metrics_text(*health, *metrics);
    return reply;
  }

  // A provider has neither token nor key: its signature is in what it sends, which goes on as it
  // came.
  [[nodiscard]] Reply take_notice(std::string_view provider) {
    Context context;
    context.trace = id_;
    context.ip = client_.to_text();
    notice::Receive notice;
    notice.provider = std::string(provider);
    notice.headers = request_->headers;
    if (json::is_utf8(body_)) {
      notice.body = body_;
    } else {
      notice.body_base64 = to_base64(as_bytes(body_));
    }
    auto received = engine_->call(context, notice);
    if (!received.ok()) {
      return error_reply(received.error(), id_);
    }
    Reply reply;
    reply.status = received->reply.status;
    reply.headers = std::move(received->reply.headers);
    reply.body = std::move(received->reply.body);
    if (received->reply.body_base64) {
      const auto bytes = from_base64(*received->reply.body_base64);
      reply.body = bytes ? std::string(as_text(*bytes)) : std::string();
    }
    return reply;
  }

  // A GET that has it already needs nothing sent; for another method the standard knows only that
  // its condition failed (RFC 9110, 13.1.2).
  void answer_condition(const Route& route, Reply& reply) const {
    const bool is_read =
        is_read_method() || (route.operation != nullptr && !route.operation->writes());
    if (reply.status != 200 || !is_read) {
      return;
    }
    const std::string tag = "\"" + to_hex(crypto::sha256(as_bytes(reply.body))) + "\"";
    const auto held = header("If-None-Match");
    if (held && names_etag(*held, tag)) {
      if (is_read_method()) {
        reply = Reply{.status = 304, .headers = {}, .body = {}};
      } else {
        reply = refuse({412, "http.not_changed", "The answer is the one that you have."}, id_);
      }
    }
    reply.headers.push_back({"ETag", tag});
  }

  [[nodiscard]] HttpResponse finish(const Route& route, Reply reply) const {
    answer_condition(route, reply);
    const bool is_public = route.kind == Route::Kind::openapi && reply.status < 400;
    reply.headers.push_back({"Cache-Control", is_public ? "no-cache" : "no-store"});
    reply.headers.push_back({"X-Content-Type-Options", "nosniff"});
    reply.headers.push_back({"X-Request-Id", id_});
    allow_origin(state_->config.gateway, request_->method, request_->headers, route.allow(), reply);
    HttpResponse response;
    response.status = reply.status;
    response.headers = std::move(reply.headers);
    if (request_->method == "HEAD") {
      return response;
    }
    if (json::is_utf8(reply.body)) {
      response.body = std::move(reply.body);
    } else {
      response.body_base64 = to_base64(as_bytes(reply.body));
    }
    return response;
  }

  Engine* engine_;
  Engine::State* state_;
  const http::Request* request_;
  std::string body_;
  IpAddress client_;
  std::string id_;
};

Result<std::string> read_body(const http::Request& request) {
  if (!request.body_base64) {
    return request.body;
  }
  if (!request.body.empty()) {
    return Error{Status::invalid_argument, "http.body_twice", "Give either body or body_base64."}
        .at("body_base64");
  }
  const auto bytes = from_base64(*request.body_base64);
  if (!bytes) {
    return Error{Status::invalid_argument, "field.base64", "This is not base64."}.at("body_base64");
  }
  return std::string(as_text(*bytes));
}

Result<HttpResponse> answer_checked(Engine& engine, const http::Request& request) {
  const std::optional<IpAddress> peer = IpAddress::parse(request.remote_ip);
  if (!peer) {
    return Error{Status::invalid_argument, "http.remote_ip", "This is no IPv4 or IPv6 address."}.at(
        "remote_ip");
  }
  KAMENG_TRY(std::string body, read_body(request));
  return Exchange(engine, request, *peer, std::move(body)).answer();
}

HttpResponse answer_refusal(Engine& engine, const Refusal& refusal) {
  const http::Request nothing;
  return Exchange(engine, nothing, IpAddress(), {}).answer(refusal);
}

// What a client can send is a client's fault; the rest of the document is the host's.
std::optional<Refusal> refusal_of(const Error& error) {
  constexpr std::array<std::string_view, 4> sent{"method", "authority", "target", "body"};
  if (error.reason == "text.malformed" &&
      std::find(sent.begin(), sent.end(), error.field) != sent.end()) {
    return Refusal{400, "http.text_malformed", "Text is UTF-8 without NUL."};
  }
  if (!error.field.starts_with("headers")) {
    return std::nullopt;
  }
  if (error.reason == "text.malformed") {
    return header_malformed;
  }
  if (error.reason == "field.count" || error.reason == "field.length") {
    return headers_too_large;
  }
  return error.reason == "header.malformed" ? std::optional(header_malformed) : std::nullopt;
}

}  // namespace
}  // namespace kameng::gateway

namespace kameng::http {

Result<HttpResponse> answer(Engine& engine, const Request& request) {
  if (const Result<void> checked = json::check(request); !checked.ok()) {
    if (const auto refusal = gateway::refusal_of(checked.error())) {
      return gateway::answer_refusal(engine, *refusal);
    }
    return checked.error();
  }
  return gateway::answer_checked(engine, request);
}

Result<std::string> answer_document(Engine& engine, std::string_view document) {
  using gateway::answer_refusal;
  if (document.size() > gateway::request_document_bytes_max) {
    return json::to_text(answer_refusal(engine, gateway::body_too_large));
  }
  KAMENG_TRY(const json::Value value,
             json::parse(document.empty() ? "{}" : document,
                         {.bytes_max = gateway::request_document_bytes_max}));
  const Result<Request> request = json::read<Request>(value);
  if (!request.ok()) {
    if (const auto refusal = gateway::refusal_of(request.error())) {
      return json::to_text(answer_refusal(engine, *refusal));
    }
    return request.error();
  }
  KAMENG_TRY(const HttpResponse response, gateway::answer_checked(engine, *request));
  return json::to_text(response);
}

}  // namespace kameng::http
