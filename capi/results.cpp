#include "capi/results.hpp"

#include "base/secret.hpp"
#include "json/error_document.hpp"
#include "json/parse.hpp"

namespace kameng::capi {

namespace {

constexpr const char* no_memory_document =
    R"({"error":{"status":"OUT_OF_MEMORY","reason":"engine.out_of_memory",)"
    R"("message":"Memory could not be had.","retry":"same","details":{}}})";
constexpr const char* fault_document =
    R"({"error":{"status":"INTERNAL","reason":"engine.exception",)"
    R"("message":"The engine failed in a way it did not foresee.","retry":"never","details":{}}})";

// What the caller wants to find its call again by. Looked up in errors only, so that calls which
// succeed do not read their context twice.
std::string trace_of(std::string_view context) {
  const Result<json::Value> parsed = json::parse(context);
  const json::Value* const trace = parsed.ok() ? parsed.value().find("trace") : nullptr;
  const std::string* const text = trace != nullptr ? trace->string() : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace

ResultTable& results() noexcept {
  // In static memory and never destroyed: a host's exit handlers may still free results.
  static constinit ResultTable table;
  return table;
}

PendingResult::PendingResult(kameng_result* out) noexcept : out_(out) {
  if (out_ != nullptr) {
    *out_ = results().take();
    stored_ = results().find(*out_);
  }
}

kameng_status PendingResult::settle(Result<std::string> outcome, std::string_view context) {
  const bool done = outcome.ok();
  const kameng_status status =
      done ? KAMENG_OK : static_cast<kameng_status>(outcome.error().status);
  if (stored_ == nullptr) {
    if (done) {
      wipe(outcome.value());
    }
    return status;
  }
  std::string text =
      done ? std::move(outcome).value() : json::error_document(outcome.error(), trace_of(context));
  stored_->status = status;
  stored_->text = std::move(text);
  return status;
}

kameng_status PendingResult::out_of_memory() noexcept {
  return store_fixed(KAMENG_OUT_OF_MEMORY, no_memory_document);
}

kameng_status PendingResult::fault() noexcept {
  return store_fixed(KAMENG_INTERNAL, fault_document);
}

kameng_status PendingResult::store_fixed(kameng_status status, const char* document) noexcept {
  if (stored_ != nullptr) {
    stored_->status = status;
    stored_->fixed = document;
  }
  return status;
}

}  // namespace kameng::capi
