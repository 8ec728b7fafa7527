// sign_in_test.cpp - passwords that come from elsewhere, and the work that a guess costs.
#include <string>

#include <doctest/doctest.h>

#include "engine/state.hpp"
#include "support/conversation.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

const Json nobody = Json::object();

}  // namespace

TEST_SUITE("engine") {
  // Goal: whose password PHP, Apache or Python hashed signs in with it, and has it in today's form
  //       afterwards, in either scheme.
  // Method: each hash of tests/data/passwords is imported, signed in with twice and looked at.
  TEST_CASE("passwords of other systems sign in and are made anew") {
    const Json data = read_json(KAMENG_SOURCE_DIR "/tests/data/passwords/foreign.json");
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      CAPTURE(scheme);
      const TempFolder temp;
      Shop shop({.path = temp.file("a.db"),
                 .extra = {{"accounts", {{"password_scheme", scheme}, {"bcrypt_cost", 10}}}}});
      SideDoor door(temp.file("a.db"));
      int number = 0;
      for (const Json& one : data["cases"]) {
        const std::string made_by = one["made_by"];
        CAPTURE(made_by);
        const std::string email = "p" + std::to_string(++number) + "@example.com";
        shop.must("account.import", {{"email", email}, {"password_hash", one["hash"]}});
        for (int times = 0; times < 2; ++times) {
          shop.must_as(nobody, "account.login",
                       {{"identifier", email}, {"password", one["password"]}});
          const std::string form =
              std::string(scheme) == "bcrypt" ? "$kp$%$2b$10$%" : "$kp$%$argon2id$%";
          CHECK(door.number("SELECT count(*) FROM kameng_account WHERE password_hash LIKE '" +
                            form + "'") == number);
        }
        CHECK(
            shop.call("account.login", {{"identifier", email}, {"password", "wrong horse"}}, nobody)
                .reason() == "account.bad_credentials");
      }
      CHECK(number == 12);
    }
  }

  // Goal: an unknown account, one without a password and a wrong password cost one hash each.
  // Method: the engine's own count around each guess, in either scheme.
  TEST_CASE("each guess computes one hash") {
    for (const char* scheme : {"argon2id", "bcrypt"}) {
      CAPTURE(scheme);
      Shop shop({.extra = {{"accounts", {{"password_scheme", scheme}, {"bcrypt_cost", 10}}}}});
      shop.customer("known@example.com");
      shop.must("account.register", {{"email", "none@example.com"}});
      account::Passwords& passwords = shop.engine().state().services->accounts.passwords();
      for (const char* who :
           {"known@example.com", "none@example.com", "unknown@example.com", "?", "13800138000"}) {
        CAPTURE(who);
        const std::int64_t before = passwords.hashes_made();
        const std::string identifier = std::string(who) + (std::string(who).size() < 3 ? "??" : "");
        CHECK(shop.call("account.login", {{"identifier", identifier}, {"password", "wrong horse"}},
                        nobody)
                  .reason() == "account.bad_credentials");
        CHECK(passwords.hashes_made() == before + 1);
      }
    }
  }
}
