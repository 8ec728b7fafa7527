#include "gateway/openapi.hpp"

#include <map>
#include <set>
#include <string_view>

#include <kameng/engine.hpp>

#include "json/parse.hpp"
#include "json/writer.hpp"

namespace kameng::gateway {
namespace {

using json::Value;
using json::Writer;

std::string_view text(const Value& object, std::string_view name) {
  const Value* const member = object.find(name);
  return member != nullptr && member->string() != nullptr ? std::string_view(*member->string())
                                                          : std::string_view();
}

const Value::Array& list(const Value& object, std::string_view name) {
  static const Value::Array none;
  const Value* const member = object.find(name);
  return member != nullptr && member->array() != nullptr ? *member->array() : none;
}

void copy(Writer& writer, const Value& from, std::string_view name, std::string_view as) {
  if (const Value* const member = from.find(name); member != nullptr) {
    writer.key(as).value(*member);
  }
}

void write_type(Writer& writer, const Value& type);

void write_reference(Writer& writer, std::string_view name) {
  writer.key("$ref").string("#/components/schemas/" + std::string(name));
}

void write_object(Writer& writer, const Value& type) {
  writer.key("type").string("object").key("properties").begin_object();
  for (const Value& field : list(type, "fields")) {
    writer.key(text(field, "name")).begin_object();
    writer.key("description").string(text(field, "doc"));
    copy(writer, field, "default", "default");
    write_type(writer, field);
    writer.end_object();
  }
  writer.end_object().key("required").begin_array();
  for (const Value& field : list(type, "fields")) {
    if (const Value* const required = field.find("required"); *required->boolean()) {
      writer.string(text(field, "name"));
    }
  }
  writer.end_array();
}

// Bounds of text are in bytes and those of JSON Schema in characters, of which there are no more.
void write_string(Writer& writer, const Value& type) {
  writer.key("type").string("string");
  copy(writer, type, "values", "enum");
  copy(writer, type, "max", "maxLength");
  const Value* const min = type.find("min");
  if (min != nullptr && min->integer() != nullptr && *min->integer() > 0) {
    writer.key("minLength").int64(1);
  }
}

void write_item(Writer& writer, std::string_view key, const Value& type) {
  writer.key(key).begin_object();
  write_type(writer, *type.find("item"));
  writer.end_object();
}

void write_headers(Writer& writer, const Value& type) {
  writer.key("type").string("array");
  copy(writer, type, "max", "maxItems");
  writer.key("items").raw(
      R"({"type":"array","items":{"type":"string"},"minItems":2,"maxItems":2})");
}

// The keys of a JSON Schema for one TYPE of the description (json/fields.hpp).
void write_type(Writer& writer, const Value& type) {
  const std::string_view name = text(type, "type");
  if (name == "string") {
    write_string(writer, type);
  } else if (name == "integer") {
    writer.key("type").string("integer");
    copy(writer, type, "min", "minimum");
    copy(writer, type, "max", "maximum");
  } else if (name == "money") {
    write_reference(writer, "Money");
  } else if (name == "currency") {
    writer.key("type").string("string").key("pattern").string("^[A-Z]{3}$");
  } else if (name == "id") {
    writer.key("type").string("string").key("pattern").string(
        "^" + std::string(text(type, "prefix")) + "_[0-9a-z]{26}$");
  } else if (name == "list") {
    writer.key("type").string("array");
    copy(writer, type, "min", "minItems");
    copy(writer, type, "max", "maxItems");
    write_item(writer, "items", type);
  } else if (name == "map") {
    writer.key("type").string("object");
    write_item(writer, "additionalProperties", type);
  } else if (name == "headers") {
    write_headers(writer, type);
  } else if (name == "document") {
    writer.key("type").string("object");
  } else if (name == "object") {
    write_object(writer, type);
  } else {
    writer.key("type").string(name);  // boolean
  }
}

void write_content(Writer& writer, const Value& type) {
  writer.key("content").begin_object().key("application/json").begin_object();
  writer.key("schema").begin_object();
  write_type(writer, type);
  writer.end_object().end_object().end_object();
}

// One response for each HTTP number, whose description names the reasons.
void write_failures(Writer& writer, const Value& described, const Value& operation) {
  std::map<std::string_view, std::int64_t> numbers;
  for (const Value& status : list(described, "statuses")) {
    numbers[text(status, "name")] = *status.find("http")->integer();
  }
  std::map<std::int64_t, std::set<std::string_view>> reasons;
  for (const Value& reason : list(operation, "reasons")) {
    reasons[numbers[text(reason, "status")]].insert(text(reason, "reason"));
  }
  for (const auto& [number, names] : reasons) {
    std::string description;
    for (const std::string_view name : names) {
      description.append(description.empty() ? "" : ", ").append(name);
    }
    writer.key(std::to_string(number)).begin_object().key("description").string(description);
    writer.key("content").raw(
        R"({"application/json":{"schema":{"$ref":"#/components/schemas/Failure"}}})");
    writer.end_object();
  }
  writer.key("default").raw(R"({"$ref":"#/components/responses/Failure"})");
}

// A signature is as good as a token, but no proof that a person is there; and a program has no
// roles.
std::string_view security_of(const Value& operation) {
  const std::string_view permission = text(operation, "permission");
  const bool* const fresh = operation.find("fresh_proof")->boolean();
  const bool by_key = (permission == "anyone" || permission == "own_account") && !*fresh;
  return permission == "anyone" ? R"([{},{"token":[]},{"signature":[]}])"
         : by_key               ? R"([{"token":[]},{"signature":[]}])"
                                : R"([{"token":[]}])";
}

void write_operation(Writer& writer, const Value& described, const Value& operation) {
  const std::string_view name = text(operation, "name");
  const bool is_write = text(operation, "kind") == "write";
  writer.key("/v1/" + std::string(name)).begin_object().key("post").begin_object();
  writer.key("operationId").string(name).key("summary").string(text(operation, "summary"));
  writer.key("tags").begin_array().string(name.substr(0, name.find('.'))).end_array();
  writer.key("x-kameng-permission").string(text(operation, "permission"));
  writer.key("security").raw(security_of(operation));
  if (is_write) {
    writer.key("parameters").raw(R"([{"$ref":"#/components/parameters/IdempotencyKey"}])");
  }
  writer.key("requestBody").begin_object();
  write_content(writer, *operation.find("request"));
  writer.end_object().key("responses").begin_object();
  writer.key("200").begin_object().key("description").string("The answer.");
  write_content(writer, *operation.find("answer"));
  writer.end_object();
  write_failures(writer, described, operation);
  writer.end_object().end_object().end_object();
}

constexpr std::string_view other_paths[][2] = {
    {"/v1/openapi.json",
     R"({"get":{"operationId":"openapi","summary":"This document.","security":[{}],)"
     R"("responses":{"200":{"description":"OpenAPI 3.1.",)"
     R"("content":{"application/json":{"schema":{"type":"object"}}}},)"
     R"("default":{"$ref":"#/components/responses/Failure"}}}})"},
    {"/v1/health", R"({"get":{"operationId":"health","summary":"What system.health tells,)"
                   R"( for who may call it.","security":[{"token":[]}],)"
                   R"("responses":{"200":{"description":"The answer of system.health.",)"
                   R"("content":{"application/json":{"schema":{"type":"object"}}}},)"
                   R"("default":{"$ref":"#/components/responses/Failure"}}}})"},
    {"/v1/metrics", R"({"get":{"operationId":"metrics","summary":"What system.metrics tells,)"
                    R"( for Prometheus.","security":[{"token":[]}],)"
                    R"("responses":{"200":{"description":"Prometheus text.",)"
                    R"("content":{"text/plain":{"schema":{"type":"string"}}}},)"
                    R"("default":{"$ref":"#/components/responses/Failure"}}}})"},
    {"/v1/notice/{provider}",
     R"({"post":{"operationId":"notice","summary":"A provider's notice, as it comes.",)"
     R"("security":[{}],"parameters":[{"name":"provider","in":"path","required":true,)"
     R"("schema":{"type":"string","minLength":1,"maxLength":32}}],)"
     R"("requestBody":{"content":{"*/*":{"schema":{}}}},)"
     R"("responses":{"200":{"description":"What the provider expects."},)"
     R"("default":{"$ref":"#/components/responses/Failure"}}}})"},
};

constexpr std::string_view components =
    R"({"securitySchemes":{"token":{"type":"http","scheme":"bearer",)"
    R"("description":"Of account.login."},)"
    R"("signature":{"type":"apiKey","in":"header","name":"Signature",)"
    R"("description":"Of api_key.create: HTTP Message Signatures (RFC 9421), with)"
    R"( Signature-Input and, for a body, Content-Digest (RFC 9530)."}},)"
    R"("parameters":{"IdempotencyKey":{"name":"Idempotency-Key","in":"header",)"
    R"("description":"The same key and request give the same answer for 7 days.",)"
    R"("schema":{"type":"string","minLength":1,"maxLength":128}}},)"
    R"("responses":{"Failure":{"description":"What was refused, and why.",)"
    R"("content":{"application/json":{"schema":{"$ref":"#/components/schemas/Failure"}}}}},)"
    R"("schemas":{"Money":{"type":"object","description":"In minor units: fen for CNY.",)"
    R"("properties":{"amount":{"type":"integer"},"currency":{"type":"string",)"
    R"("pattern":"^[A-Z]{3}$"}},"required":["amount","currency"]},)"
    R"("Failure":{"type":"object","properties":{"error":{"type":"object",)"
    R"("properties":{"status":{"type":"string"},"reason":{"type":"string"},)"
    R"("message":{"type":"string"},"field":{"type":"string"},"retry":{"type":"string",)"
    R"("enum":["never","same","later"]},"details":{"type":"object",)"
    R"("additionalProperties":{"type":"string"}},"trace":{"type":"string"}},)"
    R"("required":["status","reason","message","retry","details"]}},"required":["error"]}}})";

std::string make_document() {
  const Result<Value> described = json::parse(Engine::describe(), {.bytes_max = SIZE_MAX});
  std::string document;
  if (!described.ok()) {
    return document;
  }
  Writer writer(document);
  writer.begin_object().key("openapi").string("3.1.0").key("info").begin_object();
  writer.key("title").string("kameng").key("version");
  writer.string(text(*described->find("library"), "version"));
  writer.key("license").raw(R"({"name":"Apache 2.0","identifier":"Apache-2.0"})");
  writer.end_object().key("servers").raw(R"([{"url":"/"}])");
  writer.key("paths").begin_object();
  for (const auto& [path, item] : other_paths) {
    writer.key(path).raw(item);
  }
  for (const Value& operation : list(*described, "operations")) {
    write_operation(writer, *described, operation);
  }
  writer.end_object().key("components").raw(components).end_object();
  return document;
}

}  // namespace

const std::string& openapi_document() {
  static const std::string document = make_document();
  return document;
}

}  // namespace kameng::gateway
