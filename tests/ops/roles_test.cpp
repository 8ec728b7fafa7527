// roles_test.cpp - every operation by every kind of caller, and with every kind of token.
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "support/contract.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/staff.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;

namespace {

// Known to no operation: whoever is let in hears of it, nothing is done.
const Json unknown_field{{"no_such_field", 1}};
constexpr std::int64_t start_ms = 1'790'000'000'000;

// What an operation says to a caller: a refusal of the caller, or "in".
std::string said(Shop& shop, const std::string& operation, const Json& context) {
  static const std::set<std::string> refusals{"call.unauthenticated", "call.forbidden",
                                              "factor.required",      "proof.required",
                                              "session.invalid",      "account.frozen"};
  const Outcome outcome = shop.call(operation, unknown_field, context);
  REQUIRE_FALSE(outcome.ok);
  const std::string reason = outcome.reason();
  CHECK_MESSAGE((refusals.contains(reason) || reason == "field.unknown"), operation << reason);
  return refusals.contains(reason) ? reason : "in";
}

// What the table and the declaration say of a signed-in caller.
std::string expected(const Json& operation, std::set<std::string> permissions,
                     const std::set<std::string>& as_supplier, bool by_factor, bool fresh) {
  const std::string permission = operation["permission"];
  if (operation["for_suppliers"] == true) {
    permissions.insert(as_supplier.begin(), as_supplier.end());
  }
  const bool everybodys = permission == "anyone" || permission == "own_account";
  if (!everybodys && !permissions.contains(permission)) {
    return "call.forbidden";
  }
  if (!everybodys && !by_factor) {
    return "factor.required";
  }
  return operation["fresh_proof"] == true && !fresh ? "proof.required" : "in";
}

std::set<std::string> permissions_of(const Json& table, const std::string& role) {
  return table.value(role, std::set<std::string>());
}

}  // namespace

TEST_SUITE("ops") {
  // Goal: every operation lets in exactly whom its permission and the table of roles say: by role,
  //       with a second factor and without, with a fresh proof and without.
  // Method: every operation with a field that none knows, by nobody, the host, the host on
  //         somebody's behalf, a customer and each role, in four states; the table is data.
  TEST_CASE("every operation by every caller") {
    const Json table = read_json(KAMENG_SOURCE_DIR "/tests/data/roles.json");
    Shop shop;
    std::vector<std::string> roles{""};
    for (const auto& [role, permissions] : table["roles"].items()) {
      roles.push_back(role);
    }
    REQUIRE(roles.size() == 10);
    std::map<std::pair<std::string, bool>, Json> callers;
    for (const std::string& role : roles) {
      for (const bool by_factor : {false, true}) {
        const std::string email = "a" + role + (by_factor ? "1" : "0") + "@example.com";
        callers[{role, by_factor}] = signed_in(shop, email, role, by_factor);
      }
    }
    const Json on_behalf = shop.on_behalf(shop.customer("b@example.com"));
    int compared = 0;
    for (const bool fresh : {true, false}) {
      if (!fresh) {
        shop.must("system.advance_clock", {{"by_ms", 600'001}});
      }
      for (const Json& operation : description()["operations"]) {
        const std::string name = operation["name"];
        CAPTURE(name);
        CAPTURE(fresh);
        const std::string permission = operation["permission"];
        CHECK(said(shop, name, Json::object()) ==
              (permission == "anyone" ? "in" : "call.unauthenticated"));
        CHECK(said(shop, name, {{"as", "host"}}) == "in");
        CHECK(said(shop, name, on_behalf) ==
              (permission == "anyone" || permission == "own_account" ? "in" : "call.forbidden"));
        for (const auto& one : callers) {
          const auto& caller = one.first;
          const Json& context = one.second;
          CAPTURE(caller.first);
          CAPTURE(caller.second);
          CHECK(said(shop, name, context) ==
                expected(operation, permissions_of(table["roles"], caller.first),
                         permissions_of(table["for_suppliers"], caller.first), caller.second,
                         fresh));
          ++compared;
        }
      }
    }
    CHECK(compared == static_cast<int>(description()["operations"].size()) * 2 * 20);
  }

  // Goal: no operation, not even one for everybody, listens to a token that is none any more.
  // Method: every operation with a token that was never given, one cut short, one that is expired,
  //         revoked, of a frozen and of a closed account; a token together with the host's word.
  TEST_CASE("every operation with every token that does not count") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    SideDoor door(temp.file("a.db"));
    const auto token = [&](const std::string& email) {
      return signed_in(shop, email, "", false)["token"].get<std::string>();
    };
    const std::string good = token("good@example.com");
    std::map<std::string, std::string> bad{{"never given", "kst_" + std::string(43, 'A')},
                                           {"cut short", good.substr(0, good.size() - 1)},
                                           {"another case", good}};
    std::string& other = bad["another case"];
    other[5] = other[5] == 'a' ? 'b' : 'a';
    bad["revoked"] = token("revoked@example.com");
    shop.must_as({{"token", bad["revoked"]}}, "account.logout");
    // Each is made a moment after the one before, so that its row is found by its time.
    std::int64_t at_ms = start_ms;
    const auto next = [&](const std::string& email, const std::string& change) {
      shop.must("system.advance_clock", {{"by_ms", 1}});
      const std::string made = token(email);
      door.run(change + " WHERE created_at_ms = " + std::to_string(++at_ms));
      return made;
    };
    bad["closed"] = next("closed@example.com", "UPDATE kameng_account SET closed_at_ms = 1");
    const std::string frozen =
        next("frozen@example.com", "UPDATE kameng_account SET status = 'frozen'");
    bad["expired"] = next("expired@example.com", "UPDATE kameng_session SET expires_at_ms = 1");
    for (const Json& operation : description()["operations"]) {
      const std::string name = operation["name"];
      CAPTURE(name);
      for (const auto& one : bad) {
        const std::string& what = one.first;
        const std::string& text = one.second;
        CAPTURE(what);
        CHECK(said(shop, name, {{"token", text}}) == "session.invalid");
      }
      CHECK(said(shop, name, {{"token", frozen}}) == "account.frozen");
      CHECK(shop.call(name, unknown_field, {{"token", good}, {"as", "host"}}).reason() ==
            "context.conflict");
    }
    CHECK(shop.must_as({{"token", good}}, "account.get")["status"] == "active");
  }
}
