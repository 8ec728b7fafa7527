#include "engine/config.hpp"

#include "audit/note.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"

namespace kameng::engine {

Result<Config> read_config(std::string_view text) {
  KAMENG_TRY(const json::Value value, json::parse(text.empty() ? "{}" : text));
  KAMENG_TRY(Config config, json::read<Config>(value));
  if (!audit::is_note_name(config.origin)) {
    return Error{Status::invalid_argument, "config.origin",
                 "origin may not hold white space or a plus sign: it names a key."}
        .at("origin");
  }
  return config;
}

}  // namespace kameng::engine
