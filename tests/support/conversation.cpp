// conversation.cpp - the player of conversations.
#include "support/conversation.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "account/totp.hpp"
#include "base/bytes.hpp"

namespace kameng::test {
namespace {

// "skus.0.sku_id" in an answer; "" is the whole.
// "url?state": the parameter `state` of the URL at "url".
Json at(const Json& answer, const std::string& place) {
  if (const std::size_t mark = place.find('?'); mark != std::string::npos) {
    const std::string url = at(answer, place.substr(0, mark)).get<std::string>();
    const std::string name = place.substr(mark + 1) + "=";
    std::size_t begin = std::min(url.find("?" + name), url.find("&" + name));
    REQUIRE_MESSAGE(begin != std::string::npos, place << " is not in the URL");
    begin += name.size() + 1;
    return url.substr(begin, url.find_first_of("&#", begin) - begin);
  }
  std::string pointer = place.empty() ? "" : "/" + place;
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  const Json::json_pointer path(pointer);
  REQUIRE_MESSAGE(answer.contains(path), place << " is not in " << answer.dump());
  return answer.at(path);
}

}  // namespace

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Json read_json(const std::string& path) {
  return Json::parse(read_bytes(path));
}

bool is_for_storage(const Json& one) {
  const Json named = one.value("storage", Json::array({storage_under_test()}));
  return std::find(named.begin(), named.end(), storage_under_test()) != named.end();
}

void check_part(const std::string& where, const Json& found, const Json& wanted) {
  if (wanted.is_object() && wanted.contains("$one_of")) {
    const Json& choices = wanted["$one_of"];
    const bool chosen = std::find(choices.begin(), choices.end(), found) != choices.end();
    CHECK_MESSAGE(chosen, where << ": " << found.dump());
  } else if (wanted.is_object() && found.is_object()) {
    for (const auto& item : wanted.items()) {
      const std::string& name = item.key();
      const Json& part = item.value();
      CHECK_MESSAGE(found.contains(name), where << ": no " << name << " in " << found.dump());
      if (found.contains(name)) {
        check_part(where + " " + name, found[name], part);
      }
    }
  } else if (wanted.is_array() && found.is_array()) {
    CHECK_MESSAGE(found.size() == wanted.size(), where << ": " << found.dump());
    for (std::size_t i = 0; i < std::min(found.size(), wanted.size()); ++i) {
      check_part(where + "[" + std::to_string(i) + "]", found[i], wanted[i]);
    }
  } else {
    CHECK_MESSAGE(found == wanted,
                  where << ": " << found.dump() << " instead of " << wanted.dump());
  }
}

Conversation::Conversation(Shop& shop, std::string folder)
    : shop_(&shop),
      folder_(std::move(folder)),
      saved_{{"temp", temp_.file("")}, {"storage", storage_under_test()}} {}

const Json& Conversation::saved(const std::string& name) const {
  const auto found = saved_.find(name);
  REQUIRE_MESSAGE(found != saved_.end(), "nothing was saved as " << name);
  return found->second;
}

std::string Conversation::filled_text(const std::string& text) const {
  std::string filled;
  std::size_t from = 0;
  for (std::size_t start = text.find("${"); start != std::string::npos;
       start = text.find("${", from)) {
    const std::size_t end = text.find('}', start);
    REQUIRE_MESSAGE(end != std::string::npos, text);
    const Json& value = saved(text.substr(start + 2, end - start - 2));
    filled += text.substr(from, start - from);
    filled += value.is_string() ? value.get<std::string>() : value.dump();
    from = end + 1;
  }
  return filled + text.substr(from);
}

namespace {

Bytes from_base32(const std::string& text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  Bytes bytes;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    held = (held << 5U | static_cast<unsigned>(alphabet.find(c))) & 0xFFFU;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
  }
  return bytes;
}

}  // namespace

std::string app_code(const std::string& secret, std::int64_t at_ms) {
  return account::totp_code(from_base32(secret), at_ms / account::totp_step_ms);
}

Json Conversation::filled(const Json& value) const {
  if (value.is_object() && value.contains("$file")) {
    return read_bytes(folder_ + "/" + value["$file"].get<std::string>());
  }
  if (value.is_object() && value.contains("$file_base64")) {
    return to_base64(
        as_bytes(read_bytes(folder_ + "/" + value["$file_base64"].get<std::string>())));
  }
  if (value.is_object() && value.contains("$totp")) {
    return app_code(filled(value["$totp"]), value["at_ms"]);
  }
  if (value.is_object() || value.is_array()) {
    Json whole = value;
    for (Json& part : whole) {
      part = filled(part);
    }
    return whole;
  }
  if (!value.is_string()) {
    return value;
  }
  const auto text = value.get<std::string>();
  const bool one_name = text.starts_with("${") && text.find('}') == text.size() - 1;
  return one_name ? saved(text.substr(2, text.size() - 3)) : Json(filled_text(text));
}

void Conversation::play_step(const Json& step) {
  Spoken spoken{step["call"],
                filled(step.value("context", Json::object())),
                filled(step.value("request", Json::object())),
                {}};
  if (before) {
    before(spoken, !step.contains("error"));
  }
  spoken.outcome = shop_->call(spoken.operation, spoken.request, spoken.context);
  const Outcome& outcome = spoken.outcome;
  if (step.contains("error")) {
    REQUIRE_MESSAGE(!outcome.ok, "no error but " << outcome.answer.dump());
    check_part("error", outcome.error, filled(step["error"]));
  } else {
    REQUIRE_MESSAGE(outcome.ok, outcome.error.dump());
    check_part("answer", outcome.answer, filled(step.value("expect", Json::object())));
    const Json save = step.value("save", Json::object());
    for (const auto& [name, place] : save.items()) {
      saved_[name] = at(outcome.answer, place);
    }
  }
  if (heard) {
    heard(spoken);
  }
}

void Conversation::play(const Json& steps, const std::string& name) {
  int number = 0;
  for (const Json& step : steps) {
    const std::string where =
        name + " step " + std::to_string(++number) + " " + step["call"].get<std::string>();
    CAPTURE(where);
    play_step(step);
  }
}

}  // namespace kameng::test
