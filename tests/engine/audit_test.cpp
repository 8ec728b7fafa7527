// audit_test.cpp - the audit log and the events, as a host and an outsider use them.
#include <doctest/doctest.h>

#include "support/conversation.hpp"
#include "support/shop.hpp"

using namespace kameng::test;

namespace {

const Json outsider = Json::object();

// What a server's log holds from its opening on: that the sandbox was allowed to serve a database
// that stays. One in memory does not stay.
const int opened = on_server() ? 1 : 0;

struct Log {
  Shop shop;
  Json add(int entries) {
    for (int i = 0; i < entries; ++i) {
      shop.must("category.create", {{"name", std::to_string(++made_)}});
    }
    return shop.must("audit.checkpoint");
  }
  // What an outsider makes of a claim: "true", "false", or the reason it is refused with.
  std::string verdict(const Json& claim) {
    const Outcome outcome = shop.call("audit.verify", claim, outsider);
    return outcome.ok ? outcome.answer["ok"].dump() : outcome.reason();
  }

 private:
  int made_ = 0;
};

// Each text of the claim with one character changed.
std::vector<Json> tampered(const Json& claim, const std::string& name) {
  std::vector<Json> all;
  const auto text = claim[name].get<std::string>();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) {
      continue;  // of the dash before a signature: it would be no document any more
    }
    Json other = claim;
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    other[name] = changed;
    all.push_back(std::move(other));
  }
  return all;
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: whoever kept a checkpoint can check that an entry is in the log, with public data alone;
  //       no changed part of the claim is believed.
  // Method: every entry of logs of several sizes, over the edge of a tile; then every character of
  //         note, key and entry, every hash, and the position changed.
  TEST_CASE("an entry is proven, and no changed claim is") {
    Log log;
    const Json checkpoint = [&] {
      log.add(3);
      return log.add(258);
    }();
    CHECK(checkpoint["size"] == 261 + opened);
    Json last;
    for (const int position : {1, 2, 3, 4, 255, 256, 257, 260, 261}) {
      CAPTURE(position);
      const Json proof = log.shop.must("audit.prove", {{"position", position}});
      last = {{"note", checkpoint["note"]},
              {"verifier_key", checkpoint["verifier_key"]},
              {"entry", proof["entry"]},
              {"position", position},
              {"proof", proof["proof"]}};
      CHECK(log.verdict(last) == "true");
    }
    for (const char* part : {"note", "verifier_key", "entry"}) {
      for (const Json& claim : tampered(last, part)) {
        CHECK_MESSAGE(log.verdict(claim) != "true", claim.dump());
      }
    }
    Json moved = last;
    moved["position"] = 260;
    CHECK(log.verdict(moved) == "false");
    Json shorter = last;
    shorter["proof"].erase(0);
    CHECK(log.verdict(shorter) == "false");
    Json longer = last;
    longer["proof"].push_back(last["proof"][0]);
    CHECK(log.verdict(longer) == "false");
    Log another;
    Json foreign = last;
    foreign["verifier_key"] = another.add(1)["verifier_key"];
    CHECK(log.verdict(foreign) == "false");
  }

  // Goal: whoever kept an earlier checkpoint can check that the log has only grown since.
  // Method: pairs of checkpoints over the edge of a tile, in order, reversed, with the proof of
  //         another pair, with another log's note, and with each hash changed.
  TEST_CASE("a log proves that it continues an earlier one") {
    Log log;
    std::vector<Json> checkpoints;
    for (const int more : {1, 2, 252, 1, 1, 40}) {
      checkpoints.push_back(log.add(more));
    }
    Log another;
    const Json foreign = another.add(1);
    const auto proof_of = [&](const Json& from, const Json& to) {
      return log.shop.must("audit.prove",
                           {{"from_size", from["size"]}, {"size", to["size"]}})["proof"];
    };
    for (std::size_t from = 0; from < checkpoints.size(); ++from) {
      for (std::size_t to = from; to < checkpoints.size(); ++to) {
        CAPTURE(from);
        CAPTURE(to);
        Json claim{{"note", checkpoints[to]["note"]},
                   {"verifier_key", checkpoints[to]["verifier_key"]},
                   {"earlier_note", checkpoints[from]["note"]},
                   {"proof", proof_of(checkpoints[from], checkpoints[to])}};
        CHECK(log.verdict(claim) == "true");
        for (std::size_t i = 0; i < claim["proof"].size(); ++i) {
          Json other = claim;
          other["proof"][i] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
          CHECK(log.verdict(other) == "false");
        }
        Json stranger = claim;
        stranger["earlier_note"] = foreign["note"];
        CHECK(log.verdict(stranger) == "false");
        if (from < to) {
          std::swap(claim["note"], claim["earlier_note"]);
          CHECK(log.verdict(claim) == "false");
        }
      }
    }
    Json crossed{{"note", checkpoints[5]["note"]},
                 {"verifier_key", checkpoints[5]["verifier_key"]},
                 {"earlier_note", checkpoints[2]["note"]},
                 {"proof", proof_of(checkpoints[1], checkpoints[5])}};
    CHECK(log.verdict(crossed) == "false");
  }

  // Goal: a checkpoint that says nothing new is the one before; an empty log has one too.
  // Method: checkpoints before the first entry, after it, and again.
  TEST_CASE("a checkpoint is made once for a size") {
    Log log;
    CHECK(log.add(0)["size"] == opened);
    CHECK(log.shop.host("audit.prove", {{"position", opened + 1}}).reason() == "audit.not_in_log");
    const Json one = log.add(1);
    log.shop.must("system.advance_clock", {{"by_ms", 1000}});
    CHECK(log.add(0) == one);
    const Json empty_to_one = log.shop.must("audit.prove", {{"from_size", 0}});
    CHECK(empty_to_one["proof"].empty());
  }

  // Goal: a reader of events misses none and sees none twice, whatever the size of its pages, and
  //       between unpublished entries.
  // Method: entries of both kinds; pages of 1 to 7; then a page after more has happened.
  TEST_CASE("the cursor of events never skips") {
    Log log;
    Shop& shop = log.shop;
    const std::string sku = shop.stock_sku(4);
    for (int i = 0; i < 3; ++i) {
      const Json order =
          shop.must("order.place", {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}});
      CHECK(shop.pay(order["order_id"]) == "delivered");
      // Refusals are entries, but no events.
      static_cast<void>(shop.call("order.list", Json::object(), outsider));
      shop.must("system.advance_clock", {{"by_ms", 60'000}});
      shop.must("system.run_due");
    }
    const Json all = shop.must("event.pull", {{"limit", 1000}});
    CHECK(all["more"] == false);
    CHECK(all["items"].size() < shop.must("system.health")["audit_entries"]);
    for (int limit = 1; limit <= 7; ++limit) {
      CAPTURE(limit);
      Json items = Json::array();
      Json page{{"next", 0}, {"more", true}};
      while (page["more"] == true) {
        page = shop.must("event.pull", {{"after", page["next"]}, {"limit", limit}});
        CHECK(page["items"].size() <= static_cast<std::size_t>(limit));
        for (const Json& item : page["items"]) {
          items.push_back(item);
        }
      }
      CHECK(items == all["items"]);
      CHECK(page["next"] == all["next"]);
    }
    CHECK(shop.must("event.pull", {{"after", all["next"]}})["items"].empty());
    shop.must("category.create", {{"name", "Music"}});
    const Json news = shop.must("event.pull", {{"after", all["next"]}});
    REQUIRE(news["items"].size() == 1);
    CHECK(news["items"][0]["kind"] == "category.created");
  }
}
