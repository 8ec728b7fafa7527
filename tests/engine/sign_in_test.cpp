// sign_in_test.cpp - passwords that come from elsewhere, and the work that a guess costs.
#include <chrono>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "account/account_sql.hpp"
#include "base/clock.hpp"
#include "engine/state.hpp"
#include "support/conversation.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/staff.hpp"
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

  // Goal: whoever signs in with a password while it is replaced gets no session by the old one, and
  // does not put the old one back by making it anew.
  // Method: a transaction writes another hash and stays open until a sign-in with the old password,
  // whose hash is stale, has been checked and stands before its own phase; the pause lets one that
  // does not wait go on. Nothing depends on its length: a sign-in that is later is refused as well.
  TEST_CASE("a password that is replaced meanwhile opens nothing") {
    constexpr sql::Statement replace_all{"test.replace_all",
                                         "UPDATE {p}account SET password_hash = 'another'"};
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    shop.must("account.import",
              {{"email", "li.na@example.com"},
               {"password_hash", "$2y$10$MlKX8wkPk6XHZW8/5Mlg9ex7OICDQDpuo1asoin73a6QXr4C1SVF."}});
    auto& state = shop.engine().state();
    account::Passwords& passwords = state.services->accounts.passwords();
    std::string heard;
    std::thread customer;
    const auto sign_in = [&] {
      heard =
          shop.call("account.login",
                    {{"identifier", "li.na@example.com"}, {"password", "correct horse 9"}}, nobody)
              .reason();
    };
    const Result<void> replaced = state.database->write_alone(
        Deadline::after_ms(60'000), [&](sql::Transaction& tx) -> Result<void> {
          const std::int64_t replaced_rows = tx.run_count(replace_all);  // at once
          if (replaced_rows != 1) {
            return Error{Status::internal, "test.rows", "There is one account."};
          }
          if (!customer.joinable()) {
            const std::int64_t before = passwords.hashes_made();
            customer = std::thread(sign_in);
            while (passwords.hashes_made() < before + 2) {  // checked and made anew
              std::this_thread::yield();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
          }
          return {};
        });
    customer.join();
    REQUIRE(replaced.ok());
    CHECK(heard == "account.changed");
    SideDoor door(temp.file("a.db"));
    CHECK(door.number("SELECT count(*) FROM kameng_session") == 0);
    CHECK(door.number("SELECT count(*) FROM kameng_account WHERE password_hash = 'another'") == 1);
  }

  // Goal: a session that begins while its account is frozen, erased or gets another password does
  // not outlive that.
  // Method: a transaction stands where a sign-in does, the account read and the session written,
  // until the other call has had time to come to a wait; one that does not wait misses the session.
  TEST_CASE("no session slips past what ends all sessions") {
    constexpr sql::Statement copy_session{
        "test.copy_session",
        "INSERT INTO {p}session (id, account_id, nonce, token_hash, created_at_ms, expires_at_ms,"
        " last_seen_ms) SELECT ?, account_id, nonce, ?, created_at_ms, expires_at_ms, last_seen_ms"
        " FROM {p}session"};
    for (const char* operation : {"account.freeze", "privacy.erase", "password.change"}) {
      CAPTURE(operation);
      const TempFolder temp;
      Shop shop({.path = temp.file("a.db")});
      shop.customer("li.na@example.com");
      const Json opened =
          shop.must_as(nobody, "account.login",
                       {{"identifier", "li.na@example.com"}, {"password", "correct horse"}});
      const std::string account = opened["account_id"];
      Json request = Json::object();
      Json context{{"as", "host"}};
      if (std::string(operation) == "account.freeze") {
        request = {{"account_id", account}, {"reason", "test"}};
      } else {
        context["account_id"] = account;
      }
      if (std::string(operation) == "password.change") {
        request = {{"new_password", "another horse"}};
      }
      std::string heard;
      std::thread other;
      auto& state = shop.engine().state();
      const Result<void> signed_in = state.database->write_alone(
          Deadline::after_ms(60'000), [&](sql::Transaction& tx) -> Result<void> {
            {
              sql::Rows rows =
                  tx.query(account::find_login_state, AccountId::parse(account).value());
              if (!rows.next()) {
                return Error{Status::internal, "test.rows", "There is one account."};
              }
            }
            const Bytes id(16, 7);
            const Bytes token_hash(32, 7);
            if (tx.run_count(copy_session, id, token_hash) != 1) {
              return Error{Status::internal, "test.rows", "There is one session."};
            }
            if (!other.joinable()) {
              other = std::thread([&] { heard = shop.call(operation, request, context).reason(); });
              std::this_thread::sleep_for(std::chrono::milliseconds(300));
            }
            return {};
          });
      other.join();
      REQUIRE(signed_in.ok());
      CHECK(heard == "ok");
      SideDoor door(temp.file("a.db"));
      CHECK(door.number("SELECT count(*) FROM kameng_session WHERE revoked = 0") == 0);
    }
  }

  // Goal: a person sees what staff did with their account, and not from which session.
  TEST_CASE("who froze an account is not told by session") {
    Shop shop;
    const Json staff = signed_in(shop, "risk@example.com", "risk", true);
    const std::string account = shop.customer("li.na@example.com");
    shop.must_as(staff, "account.freeze", {{"account_id", account}, {"reason", "x"}});
    const Json events = shop.must_as(shop.on_behalf(account), "account.events")["items"];
    REQUIRE(events.size() == 1);
    CHECK(events[0]["kind"] == "account.frozen");
    CHECK_FALSE(events[0].contains("session_id"));
  }
}
