#include "engine/event.hpp"

#include "json/parse.hpp"

namespace kameng::engine {

Result<event::Item> read_event(const audit::Event& event) {
  KAMENG_TRY(const json::Value body, json::parse(event.body));
  event::Item item;
  item.position = event.position;
  const auto text = [&](std::string_view name) {
    const json::Value* value = body.find(name);
    const std::string* found = value != nullptr ? value->string() : nullptr;
    return found != nullptr ? *found : std::string();
  };
  item.kind = text("kind");
  item.subject = text("subject");
  item.actor = text("actor");
  if (const json::Value* at = body.find("at_ms"); at != nullptr && at->integer() != nullptr) {
    item.at_ms = *at->integer();
  }
  if (const json::Value* details = body.find("details");
      details != nullptr && details->object() != nullptr) {
    for (const auto& [key, value] : *details->object()) {
      item.details[key] = value.integer() != nullptr  ? std::to_string(*value.integer())
                          : value.string() != nullptr ? *value.string()
                                                      : std::string();
    }
  }
  return item;
}

}  // namespace kameng::engine
