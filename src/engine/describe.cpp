// describe.cpp - everything that is declared, as one document: what headers, bindings and pages are
// generated from.

#include "engine/config.hpp"
#include "engine/state.hpp"
#include "engine/version.hpp"
#include "json/fields.hpp"
#include "ops/common_reasons.hpp"

namespace kameng {
namespace {

void describe_statuses(json::Writer& writer) {
  writer.key("statuses").begin_array();
#define KAMENG_X(name_, wire, number, http, when) \
  writer.begin_object()                           \
      .key("name")                                \
      .string(#wire)                              \
      .key("number")                              \
      .int64(number)                              \
      .key("http")                                \
      .int64(http)                                \
      .key("when")                                \
      .string(when)                               \
      .end_object();
  KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
  writer.end_array();
}

void describe_reasons(json::Writer& writer, const std::vector<ops::Reason>& reasons) {
  writer.begin_array();
  for (const ops::Reason& reason : reasons) {
    writer.begin_object()
        .key("reason")
        .string(reason.reason)
        .key("status")
        .string(status_name(reason.status))
        .key("retry")
        .string(retry_name(reason.retry))
        .end_object();
  }
  writer.end_array();
}

// Null for an operation that is limited as its caller is.
void describe_rate(json::Writer& writer, const limit::Rate& rate) {
  if (!rate.limits()) {
    writer.null();
    return;
  }
  writer.begin_object().key("per_minute").int64(rate.per_minute).key("burst").int64(rate.burst);
  writer.end_object();
}

std::string_view stability_name(ops::Stability stability) {
  switch (stability) {
    case ops::Stability::unstable:
      return "unstable";
    case ops::Stability::stable:
      return "stable";
    case ops::Stability::deprecated:
      return "deprecated";
  }
  return "unstable";
}

}  // namespace

std::string engine::describe_all(const ops::Registry& registry) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("library").begin_object();
  writer.key("name")
      .string("kameng")
      .key("version")
      .string(library_version)
      .key("api_version")
      .int64(api_version);
  writer.end_object();
  describe_statuses(writer);
  writer.key("config");
  json::describe<Config>(writer);
  writer.key("context");
  json::describe<Context>(writer);
  writer.key("common_reasons");
  describe_reasons(writer, ops::common_reasons());
  writer.key("operations").begin_array();
  for (const auto& operation : registry.all()) {
    writer.begin_object()
        .key("name")
        .string(operation->name())
        .key("summary")
        .string(operation->summary())
        .key("permission")
        .string(permission_name(operation->permission()))
        .key("fresh_proof")
        .boolean(operation->has_fresh_proof())
        .key("for_suppliers")
        .boolean(operation->is_for_suppliers())
        .key("kind")
        .string(operation->writes() ? "write" : "read")
        .key("since")
        .int64(operation->since())
        .key("stability")
        .string(stability_name(operation->stability()))
        .key("answers_secret")
        .boolean(operation->has_secret_answer())
        .key("limit");
    describe_rate(writer, operation->rate());
    writer.key("reasons");
    describe_reasons(writer, operation->reasons());
    writer.key("request");
    operation->describe_request(writer);
    writer.key("answer");
    operation->describe_answer(writer);
    writer.end_object();
  }
  writer.end_array().end_object();
  return text;
}

const std::string& Engine::describe() {
  // Services without a database: only their types are asked.
  static const std::string text = [] {
    payment::Providers providers;
    engine::SystemState system;
    engine::Services services(engine::Config{}, providers, system);
    ops::Registry registry;
    engine::add_operations(registry, services);
    return engine::describe_all(registry);
  }();
  return text;
}

}  // namespace kameng
