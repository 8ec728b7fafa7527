// reply.hpp - an answer while it is being made.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <kameng/header.hpp>
#include <kameng/limit.hpp>
#include <kameng/result.hpp>

namespace kameng::gateway {

struct Reply {
  int status = 200;
  Headers headers;
  std::string body;

  Reply&& with(std::string_view name, std::string_view value) && {
    headers.push_back({std::string(name), std::string(value)});
    return std::move(*this);
  }
};

// What is refused before an operation hears of it, by the number that HTTP has for it.
struct Refusal {
  int http;
  std::string_view reason;
  std::string_view message;
};

[[nodiscard]] Reply document_reply(std::string document);
// The error document; the number is the status table's.
[[nodiscard]] Reply error_reply(const Error& error, std::string_view request_id);
// What is left of the caller's rate, in the words of draft-ietf-httpapi-ratelimit-headers-03, and
// of a refused call when the next one passes (Retry-After, RFC 9110). Seconds, rounded up.
void tell_allowance(const Allowance& allowance, Reply& reply);
[[nodiscard]] Reply refuse(const Refusal& refusal, std::string_view request_id);

}  // namespace kameng::gateway
