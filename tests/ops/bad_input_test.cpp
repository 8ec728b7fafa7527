// bad_input_test.cpp - documents that are wrong in themselves, and words that lead nowhere.
#include <doctest/doctest.h>

#include "base/bytes.hpp"
#include "json/error_document.hpp"
#include "support/clean_database.hpp"
#include "support/contract.hpp"
#include "support/conversation.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;

namespace {

const std::string folder = KAMENG_SOURCE_DIR "/tests/data/ops";

// The text of a document: as it is, or from pieces of text, of repeated text and of bytes.
std::string text_of(const Conversation& talk, const Json& words) {
  if (words.is_string()) {
    return talk.filled_text(words);
  }
  if (words.is_object()) {
    const auto bytes = kameng::from_hex(words["hex"].get<std::string>());
    return std::string(kameng::as_text(bytes.value()));
  }
  std::string text;
  for (const Json& piece : words) {
    const bool repeated = piece.is_array();
    const std::string once = text_of(talk, repeated ? piece[1] : piece);
    for (int i = repeated ? piece[0].get<int>() : 1; i > 0; --i) {
      text += once;
    }
  }
  return text;
}

Outcome call_text(Shop& shop, const std::string& operation, const std::string& context,
                  const std::string& request) {
  const auto answer = shop.engine().call_document(operation, context, request);
  if (answer.ok()) {
    return {true, Json::parse(*answer), {}};
  }
  return {false, {}, Json::parse(kameng::json::error_document(answer.error(), ""))["error"]};
}

}  // namespace

TEST_SUITE("ops") {
  // Goal: bad input gets the declared status, reason and field, and changes nothing.
  // Method: every entry of refused.json on one shop in a file; all tables are compared after each.
  //         What is refused by a decision leaves its key, and nothing else.
  TEST_CASE("bad input is refused with its reason and field, and changes nothing") {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    SideDoor door(temp.file("shop.db"));
    Conversation talk(shop, folder);
    const Json file = read_json(folder + "/refused.json");
    talk.play(file["setup"], "setup");
    SideDoor::Tables before = door.tables();
    REQUIRE(before.at("kameng_order").size() == 1);
    for (const Json& each : file["refused"]) {
      const auto about = each["about"].get<std::string>();
      CAPTURE(about);
      const Outcome outcome =
          call_text(shop, each["call"], text_of(talk, each.value("context", Json("{}"))),
                    text_of(talk, each["request"]));
      REQUIRE_MESSAGE(!outcome.ok, outcome.answer.dump());
      check_part("error", outcome.error, each["error"]);
      CHECK(outcome.error.contains("field") == each["error"].contains("field"));
      SideDoor::Tables now = door.tables();
      if (on_server()) {
        // A balance is opened with nothing, so that there is a row to lock.
        std::erase_if(now["kameng_ledger_balance"],
                      [](const std::string& row) { return row.ends_with("|0"); });
      }
      if (each.value("decided", false)) {
        const std::size_t keys = before.at("kameng_idempotency").size();
        CHECK(now.at("kameng_idempotency").size() == keys + 1);
        before["kameng_idempotency"] = now["kameng_idempotency"];
      }
      CHECK(differences(before, now) == "");
    }
    shop.check_books();
  }

  // Goal: what is no mistake is not refused: empty text, PHP's empty arrays, headers as an object,
  //       a byte more than nothing to say.
  // Method: calls that must succeed.
  TEST_CASE("unusual input that is right is accepted") {
    Shop shop;
    for (const char* nothing : {"", "{}", "[]", " {} "}) {
      CAPTURE(nothing);
      CHECK(call_text(shop, "goods.list", nothing, nothing).ok);
      CHECK(call_text(shop, "system.health", R"({"as":"host","ip":null})", nothing).ok);
    }
    const Outcome noticed =
        call_text(shop, "notice.receive", "{}",
                  R"({"provider":"sandbox","headers":{"X-Sandbox-Signature":"00"},"body":"{}"})");
    REQUIRE(noticed.ok);
    CHECK(noticed.answer["outcome"] == "unverified");
    CHECK(call_text(shop, "notice.receive", "[]", R"({"provider":"sandbox","headers":[]})").ok);
    const Json made = shop.must("category.create", {{"name", "游戏点卡 \U0001F3AE"}});
    CHECK(shop.must("category.list")["items"][0]["name"] == "游戏点卡 \U0001F3AE");
    CHECK(made["category_id"].is_string());
  }
}
