#include "gateway/reply.hpp"

#include <cstdint>

#include "json/error_document.hpp"

namespace kameng::gateway {
namespace {

Status status_of(int http) {
  switch (http) {
    case 401:
      return Status::unauthenticated;
    case 404:
      return Status::not_found;
    case 405:
      return Status::unimplemented;
    case 412:
      return Status::failed_precondition;
    default:
      return Status::invalid_argument;
  }
}

}  // namespace

Reply document_reply(std::string document) {
  Reply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = std::move(document);
  return reply;
}

Reply error_reply(const Error& error, std::string_view request_id) {
  Reply reply = document_reply(json::error_document(error, request_id));
  reply.status = status_http(error.status);
  if (reply.status == 401) {
    reply.headers.push_back({"WWW-Authenticate", "Bearer realm=\"kameng\""});
  }
  return reply;
}

void tell_allowance(const Allowance& allowance, Reply& reply) {
  if (allowance.limit.empty()) {
    return;
  }
  const auto seconds = [](std::int64_t ms) { return std::to_string((ms + 999) / 1000); };
  reply.headers.push_back({"RateLimit-Limit", std::to_string(allowance.burst) + ", " +
                                                  std::to_string(allowance.per_minute) + ";w=60"});
  reply.headers.push_back({"RateLimit-Remaining", std::to_string(allowance.remaining)});
  reply.headers.push_back({"RateLimit-Reset", seconds(allowance.reset_ms)});
  if (allowance.retry_after_ms > 0) {
    reply.headers.push_back({"Retry-After", seconds(allowance.retry_after_ms)});
  }
}

Reply refuse(const Refusal& refusal, std::string_view request_id) {
  Reply reply = error_reply(
      Error{status_of(refusal.http), std::string(refusal.reason), std::string(refusal.message)},
      request_id);
  reply.status = refusal.http;
  return reply;
}

}  // namespace kameng::gateway
