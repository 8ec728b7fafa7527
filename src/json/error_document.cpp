// error_document.cpp - printing and reading errors.
#include "json/error_document.hpp"

#include <array>
#include <optional>

#include "json/parse.hpp"
#include "json/writer.hpp"

namespace kameng::json {
namespace {

[[nodiscard]] std::optional<Status> status_of(std::string_view name) {
  constexpr std::array all{
#define KAMENG_X(name, wire, number, http, when) Status::name,
      KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
  };
  for (const Status status : all) {
    if (status_name(status) == name) {
      return status;
    }
  }
  return std::nullopt;
}

[[nodiscard]] std::optional<Retry> retry_of(std::string_view name) {
  for (const Retry retry : {Retry::never, Retry::same, Retry::later}) {
    if (retry_name(retry) == name) {
      return retry;
    }
  }
  return std::nullopt;
}

// Empty when there is no such text.
[[nodiscard]] std::string_view text_of(const Value& object, std::string_view name) {
  const Value* member = object.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace

std::string error_document(const Error& error, std::string_view trace) {
  std::string text;
  Writer writer(text);
  writer.begin_object().key("error").begin_object();
  writer.key("status").string(status_name(error.status));
  writer.key("reason").string(error.reason).key("message").string(error.message);
  if (!error.field.empty()) {
    writer.key("field").string(error.field);
  }
  writer.key("retry").string(retry_name(error.retry)).key("details").begin_object();
  for (const auto& [key, value] : error.details) {
    writer.key(key).string(value);
  }
  writer.end_object();
  if (!trace.empty()) {
    writer.key("trace").string(trace);
  }
  writer.end_object().end_object();
  return text;
}

Error read_error(std::string_view text) {
  Error unreadable{Status::data_loss, "document.unreadable", "a stored refusal cannot be read"};
  const Result<Value> document = parse(text);
  const Value* body = document.ok() ? document->find("error") : nullptr;
  if (body == nullptr) {
    return unreadable;
  }
  const std::optional<Status> status = status_of(text_of(*body, "status"));
  const std::optional<Retry> retry = retry_of(text_of(*body, "retry"));
  const std::string_view reason = text_of(*body, "reason");
  if (!status || !retry || reason.empty()) {
    return unreadable;
  }
  Error error{*status, std::string(reason), std::string(text_of(*body, "message")),
              std::string(text_of(*body, "field")), *retry};
  const Value* details = body->find("details");
  if (details != nullptr && details->object() != nullptr) {
    for (const auto& [key, value] : *details->object()) {
      if (value.string() != nullptr) {
        error.details.emplace_back(key, *value.string());
      }
    }
  }
  return error;
}

}  // namespace kameng::json
