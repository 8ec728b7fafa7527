// service_test.cpp - the handlers of account.* with real passwords at the lowest cost, through
// commands and their keys.
#include <array>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "account/account_service.hpp"
#include "account/fixture.hpp"
#include "account/profile_service.hpp"
#include "audit/audit_schema.hpp"
#include "audit/log.hpp"
#include "command/command_schema.hpp"
#include "command/environment.hpp"
#include "ops/registry.hpp"

namespace kameng::account {
namespace {

constexpr sql::Statement freeze_all{"test.freeze_all", "UPDATE {p}account SET status = 'frozen'"};
constexpr sql::Statement all_answers{"test.answers", "SELECT answer FROM {p}idempotency"};

Config cheap(std::int64_t passes = 1) {
  Config config;
  config.argon2_memory_kib = 8;
  config.argon2_passes = passes;
  config.verify_contact = "optional";
  return config;
}

// One engine's worth of environment, made by hand.
class Desk {
 public:
  template <class Request>
  Result<typename Request::Answer> write(
      Result<typename Request::Answer> (AccountService::*handler)(command::Command&,
                                                                  const Request&),
      const Request& request) {
    const ops::WriteOperation<Request, AccountService> operation(*service, handler);
    const command::Call call{environment, actor, context, people.now_ms,
                             tests::MemoryDatabase::soon()};
    typename Request::Answer answer{};
    KAMENG_CHECK(operation.run_struct(call, &request, &answer));
    return answer;
  }

  Result<View> get() {
    const Tiers tiers({});
    ProfileService profiles(cheap(), tiers);
    const ops::ReadOperation<Get, ProfileService> operation(profiles, &ProfileService::get);
    const command::Call call{environment, actor, context, people.now_ms,
                             tests::MemoryDatabase::soon()};
    const Get request;
    View answer;
    KAMENG_CHECK(operation.run_struct(call, &request, &answer));
    return answer;
  }

  Result<Registered> register_tom() {
    Register request;
    request.email = "Tom@Example.com";
    request.phone = "138 0013 8000";
    request.password = "correct horse";
    request.display_name = "Tom";
    return write(&AccountService::register_account, request);
  }

  Result<LoggedIn> login(const std::string& identifier, const std::string& password) {
    Login request;
    request.identifier = identifier;
    request.password = password;
    return write(&AccountService::login, request);
  }

  std::int64_t entries() {
    static constexpr sql::Statement count{"entries.count", "SELECT count(*) FROM {p}audit_entry"};
    return people.memory.read([](sql::Transaction& tx) {
      sql::Rows rows = tx.query(count);
      return rows.next() ? rows.int64(0) : -1;
    });
  }

  People people{account_schema,
                account_schema_5,
                centre_schema,
                verification_schema,
                factor_schema,
                command::command_schema,
                command::command_schema_2,
                audit::audit_schema};
  ManualClock clock{people.now_ms};
  command::RefusalCounter refusals;
  command::DueHint due;
  command::Environment environment{
      people.memory.database(), *people.ring, clock, people.random, Log{}, refusals, due};
  command::Actor actor;
  Context context;
  std::unique_ptr<AccountService> service = std::make_unique<AccountService>(cheap());
};

}  // namespace

TEST_SUITE("account") {
  // Goal: who registers can sign in with either contact, and reads back what was given.
  // Method: register, two logins, get with the session's account.
  TEST_CASE("a registered person signs in and sees their account") {
    Desk desk;
    const auto registered = desk.register_tom();
    REQUIRE(registered.ok());
    const auto by_email = desk.login("tom@example.com", "correct horse");
    const auto by_phone = desk.login("+8613800138000", "correct horse");
    REQUIRE(by_email.ok());
    REQUIRE(by_phone.ok());
    CHECK(by_email->account_id == registered->account_id);
    CHECK(by_email->expires_at_ms == desk.people.now_ms + session_ms);
    CHECK(by_email->token != by_phone->token);
    const auto session = desk.people.who(by_phone->token);
    REQUIRE(session.has_value());
    CHECK(session->session_id == by_phone->session_id);
    CHECK(desk.entries() == 3);

    desk.actor.kind = command::ActorKind::customer;
    desk.actor.account_id = session->account_id;
    const auto view = desk.get();
    REQUIRE(view.ok());
    CHECK(view->email == "Tom@example.com");
    CHECK(view->phone == "+8613800138000");
    CHECK(view->display_name == "Tom");
    CHECK(view->status == "active");
    CHECK(view->created_at_ms == desk.people.now_ms);
    desk.actor.account_id = desk.people.next_id<AccountId>();
    const auto stranger = desk.get();
    REQUIRE_FALSE(stranger.ok());
    CHECK(stranger.error().reason == "account.not_found");
  }

  // Goal: a contact is taken once, and the refusal is the answer of its key.
  // Method: register the same person twice.
  TEST_CASE("the second registration of a contact is refused") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    const auto again = desk.register_tom();
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().reason == "account.contact_taken");
    CHECK(desk.entries() == 1);
  }

  // Goal: an unknown contact, a wrong password and nonsense have one answer, and none writes an
  // entry by itself. Method: each kind of failure; the answers are compared.
  TEST_CASE("failed sign-ins have one answer and write nothing") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    desk.context.ip = "192.0.2.7";
    const std::array<std::array<const char*, 2>, 5> attempts{{
        {"tom@example.com", "wrong horse"},
        {"tim@example.com", "correct horse"},
        {"13900139000", "correct horse"},
        {"no contact", "correct horse"},
        {"tom@example.com",
         "corr\xC3\xA8"
         "ct horse"},
    }};
    for (const auto& [identifier, password] : attempts) {
      const auto outcome = desk.login(identifier, password);
      REQUIRE_FALSE(outcome.ok());
      CHECK(outcome.error().status == Status::unauthenticated);
      CHECK(outcome.error().reason == "account.bad_credentials");
      CHECK(outcome.error().message == desk.login("x@example.com", "y").error().message);
    }
    CHECK(desk.entries() == 1);               // the registration's
    CHECK(desk.refusals.take_all().empty());  // dispatch counts, for every operation
  }

  // Goal: a failed sign-in is not stored: the right password works under the same key.
  // Method: one idempotency key, first the wrong and then the right password, in that order.
  TEST_CASE("a failed sign-in does not use up its key") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    desk.context.idempotency_key = "login-1";
    REQUIRE_FALSE(desk.login("tom@example.com", "wrong horse").ok());
    CHECK(desk.login("tom@example.com", "correct horse").ok());
  }

  // Goal: the same key gives the same session and the same token, which no table holds.
  // Method: login twice under one key; the stored answers are searched for the token.
  TEST_CASE("a repeated sign-in gives the same token, and the token is not stored") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    desk.context.idempotency_key = "login-1";
    const auto first = desk.login("tom@example.com", "correct horse");
    const auto second = desk.login("tom@example.com", "correct horse");
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(first->session_id == second->session_id);
    CHECK(first->token == second->token);
    CHECK(desk.entries() == 2);
    const std::string answers = desk.people.memory.read([](sql::Transaction& tx) {
      std::string text;
      for (sql::Rows rows = tx.query(all_answers); rows.next();) {
        text += rows.text(0);
      }
      return text;
    });
    CHECK(answers.find(first->session_id.text()) != std::string::npos);
    CHECK(answers.find(first->token.substr(4)) == std::string::npos);
  }

  // Goal: only who knows the password hears that the account is frozen.
  // Method: freeze, then sign in with the wrong and the right password.
  TEST_CASE("a frozen account is told after the right password only") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    desk.people.memory.write([](sql::Transaction& tx) { return tx.run_count(freeze_all); });
    CHECK(desk.login("tom@example.com", "wrong").error().reason == "account.bad_credentials");
    const auto right = desk.login("tom@example.com", "correct horse");
    REQUIRE_FALSE(right.ok());
    CHECK(right.error().reason == "account.frozen");
    CHECK(right.error().status == Status::permission_denied);
  }

  // Goal: raising the cost reaches everybody at their next sign-in, and passwords keep working.
  // Method: register at 1 pass, sign in twice with a service at 2 passes, look at the stored hash.
  TEST_CASE("a hash of another cost is replaced at the next sign-in") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    const auto stored = [&] {
      Person person;
      person.email = "tom@example.com";
      return desk.people.memory.read([&](sql::Transaction& tx) {
        return find_credentials(tx, blind(*desk.people.ring, person))->password_hash;
      });
    };
    CHECK(stored().find(",t=1,") != std::string::npos);
    desk.service = std::make_unique<AccountService>(cheap(2));
    REQUIRE(desk.login("tom@example.com", "correct horse").ok());
    CHECK(stored().find(",t=2,") != std::string::npos);
    CHECK(desk.login("tom@example.com", "correct horse").ok());
  }

  // Goal: signing out ends the session of the token the caller came with.
  // Method: login, logout as that session's customer, ask for the token again.
  TEST_CASE("a token is worth nothing after signing out") {
    Desk desk;
    REQUIRE(desk.register_tom().ok());
    const auto login = desk.login("tom@example.com", "correct horse");
    REQUIRE(login.ok());
    desk.actor.kind = command::ActorKind::customer;
    desk.actor.account_id = login->account_id;
    REQUIRE_FALSE(desk.write(&AccountService::logout, Logout{}).ok());  // came without a token
    desk.actor.session_id = login->session_id;
    REQUIRE(desk.write(&AccountService::logout, Logout{}).ok());
    CHECK_FALSE(desk.people.who(login->token).has_value());
  }
}

}  // namespace kameng::account
