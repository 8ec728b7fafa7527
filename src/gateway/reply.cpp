#include "gateway/reply.hpp"

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

Reply refuse(const Refusal& refusal, std::string_view request_id) {
  Reply reply = error_reply(
      Error{status_of(refusal.http), std::string(refusal.reason), std::string(refusal.message)},
      request_id);
  reply.status = refusal.http;
  return reply;
}

}  // namespace kameng::gateway
