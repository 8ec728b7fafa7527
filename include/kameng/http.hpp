// http.hpp - the engine's HTTP face as a function: the host that has the sockets hands over a
// request and sends back the answer. docs/GATEWAY.md tells how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <kameng/engine.hpp>
#include <kameng/header.hpp>
#include <kameng/outbox.hpp>

namespace kameng::http {

struct Request {
  std::string method;
  std::string scheme = "https";
  std::string authority;
  std::string target;
  Headers headers;
  std::string body;
  std::optional<std::string> body_base64;
  std::string remote_ip;
  std::optional<std::string> as;

  // Nothing that a client sends is bounded here: what is too long is a client's fault, and has an
  // HTTP answer.
  template <class Fields>
  static void fields(Fields& f) {
    f.required("method", &Request::method, "GET, POST, …").length(0, 8'388'608);
    f.optional("scheme", &Request::scheme, "How the client reached the host.")
        .one_of({"http", "https"});
    f.optional("authority", &Request::authority,
               "Host and port that the client asked for; a Host header must agree with it.")
        .length(0, 8'388'608);
    f.required("target", &Request::target, "Path and query, as they came.").length(0, 8'388'608);
    f.optional("headers", &Request::headers, "As they came, [name, value] pairs.");
    f.optional("body", &Request::body, "As it came, when it is UTF-8 text.").length(0, 8'388'608);
    f.optional("body_base64", &Request::body_base64, "As it came, in base64, instead.")
        .length(0, 8'388'608);
    f.required("remote_ip", &Request::remote_ip, "The peer of the connection, IPv4 or IPv6.")
        .length(1, 64);
    f.optional("as", &Request::as,
               "`host` when the host itself vouches for the caller, after a check of its own.")
        .one_of({"host"});
  }
};

// Whatever the client did wrong is in the answer. An Error is a fault of the host's:
// INVALID_ARGUMENT http.remote_ip, http.body_twice, field.base64 and those of fields.
[[nodiscard]] Result<HttpResponse> answer(Engine& engine, const Request& request);

// The same on documents, as kameng_http.
[[nodiscard]] Result<std::string> answer_document(Engine& engine, std::string_view request);

}  // namespace kameng::http
