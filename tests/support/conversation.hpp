// conversation.hpp - plays conversations: steps that say what a host calls and what it must hear,
// as data. tests/data/bindings/README.md says what a step means; the bindings play the same ones.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

// One step as it went: the call with its saved values filled in, and what came of it.
struct Spoken {
  std::string operation;
  Json context;
  Json request;
  Outcome outcome;
};

class Conversation {
 public:
  // `folder`: where the files that steps name lie.
  Conversation(Shop& shop, std::string folder);

  // Sees each step before it is called, and whether it is to succeed; may change its request.
  std::function<void(Spoken&, bool succeeds)> before = {};
  // Hears each step after it went as the step says.
  std::function<void(const Spoken&)> heard = {};

  // Plays the steps; `name` tells them apart in what a failed check prints.
  void play(const Json& steps, const std::string& name);
  // A value of a step with the saved ones filled in.
  [[nodiscard]] Json filled(const Json& value) const;
  [[nodiscard]] std::string filled_text(const std::string& text) const;
  [[nodiscard]] const Json& saved(const std::string& name) const;

 private:
  void play_step(const Json& step);

  Shop* shop_;
  std::string folder_;
  TempFolder temp_{TempFolder::in_memory()};  // saved as `temp`; `storage` is saved too
  std::map<std::string, Json> saved_;
};

// Fails the test unless `wanted` is a part of `found`.
void check_part(const std::string& where, const Json& found, const Json& wanted);

// What an authenticator app shows that was given this secret (base32).
[[nodiscard]] std::string app_code(const std::string& secret, std::int64_t at_ms);

// Whether a case is for the database under test: it names those it is for, or none.
[[nodiscard]] bool is_for_storage(const Json& one);

[[nodiscard]] std::string read_bytes(const std::string& path);
[[nodiscard]] Json read_json(const std::string& path);

}  // namespace kameng::test
