// once_test.cpp - what may be used once is used once, however many try at the same time.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "account/totp.hpp"
#include "support/conversation.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

constexpr int threads_count = 8;
const Json nobody = Json::object();
const char* const email = "li.na@example.com";

// How many threads heard each reason when all made the same call at once.
std::map<std::string, int> all_at_once(Shop& shop, const std::string& operation,
                                       const Json& request, const Json& context) {
  std::vector<std::string> heard(threads_count);
  std::atomic<int> waiting{threads_count};
  std::vector<std::thread> threads;
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting.load() > 0) {
        std::this_thread::yield();
      }
      heard[static_cast<std::size_t>(i)] = shop.call(operation, request, context).reason();
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::map<std::string, int> counts;
  for (const std::string& reason : heard) {
    ++counts[reason];
  }
  return counts;
}

std::string code_in_outbox(Shop& shop) {
  const Json pulled = shop.must("outbox.pull");
  REQUIRE(pulled["calls"].size() == 1);
  return pulled["calls"][0]["message"]["params"]["code"];
}

Json login_by(const Json& more) {
  Json request{{"identifier", email}};
  request.update(more);
  return request;
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: a code that was sent opens one session; of wrong ones exactly five are tried.
  // Method: eight threads with the right code, then eight with a wrong one.
  TEST_CASE("a code that was sent is used once") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    shop.customer(email);
    const Json begun =
        shop.must_as(nobody, "verification.begin", {{"email", email}, {"purpose", "login"}});
    const std::string code = code_in_outbox(shop);
    const Json right = login_by({{"verification_id", begun["verification_id"]}, {"code", code}});
    auto heard = all_at_once(shop, "account.login", right, nobody);
    CHECK(heard["ok"] == 1);
    CHECK(heard["verification.used_up"] == threads_count - 1);

    shop.must("system.advance_clock", {{"by_ms", 60'000}});
    const Json again =
        shop.must_as(nobody, "verification.begin", {{"email", email}, {"purpose", "login"}});
    const Json wrong =
        login_by({{"verification_id", again["verification_id"]}, {"code", "000000"}});
    heard = all_at_once(shop, "account.login", wrong, nobody);
    CHECK(heard["verification.wrong"] == 5);
    CHECK(heard["verification.used_up"] == threads_count - 5);
    CHECK(SideDoor(temp.file("a.db")).number("SELECT max(tries) FROM kameng_verification") == 5);
  }

  // Goal: what an app shows, and a recovery code, open one session each; five wrong ones lock.
  // Method: eight threads with each.
  TEST_CASE("a second factor's code is used once") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    shop.customer(email);
    const Json password{{"password", "correct horse"}};
    const Json me{{"token", shop.must_as(nobody, "account.login", login_by(password))["token"]}};
    const std::string uri = shop.must_as(me, "factor.enroll")["uri"];
    CHECK(uri.starts_with("otpauth://totp/kameng:li.na%40example.com?secret="));
    const std::string secret = uri.substr(uri.find('=') + 1, 32);
    constexpr std::int64_t start_ms = 1'790'000'000'000;
    const Json codes = shop.must_as(me, "factor.confirm", {{"code", app_code(secret, start_ms)}});
    Json by_app = login_by(password);
    by_app["factor_code"] = app_code(secret, start_ms + account::totp_step_ms);
    auto heard = all_at_once(shop, "account.login", by_app, nobody);
    CHECK(heard["ok"] == 1);
    CHECK(heard["factor.code_wrong"] == 5);
    CHECK(heard["factor.locked"] == threads_count - 6);

    shop.must("system.advance_clock", {{"by_ms", 900'000}});
    Json by_recovery = login_by(password);
    by_recovery["factor_code"] = codes["recovery_codes"][7];
    heard = all_at_once(shop, "account.login", by_recovery, nobody);
    CHECK(heard["ok"] == 1);
    CHECK(heard["factor.code_wrong"] == 5);
    CHECK(heard["factor.locked"] == threads_count - 6);
    CHECK(shop.must_as(me, "factor.get")["recovery_left"] == 9);
  }

  // Goal: of wrong passwords given as a proof exactly five are tried, and none after them.
  // Method: eight threads with a wrong one, then eight with the right one.
  TEST_CASE("a password that proves is guessed five times") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    shop.customer(email);
    const Json me{{"token", shop.must_as(nobody, "account.login",
                                         login_by({{"password", "correct horse"}}))["token"]}};
    auto heard = all_at_once(shop, "session.prove", {{"password", "wrong horse"}}, me);
    CHECK(heard["account.bad_credentials"] == 5);
    CHECK(heard["proof.locked"] == threads_count - 5);
    heard = all_at_once(shop, "session.prove", {{"password", "correct horse"}}, me);
    CHECK(heard["proof.locked"] == threads_count);
    shop.must("system.advance_clock", {{"by_ms", 900'000}});
    heard = all_at_once(shop, "session.prove", {{"password", "correct horse"}}, me);
    CHECK(heard["ok"] == threads_count);
  }

  // Goal: however many ask for a code for one contact at once, one is sent.
  TEST_CASE("a contact gets one code a minute") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    shop.customer(email);
    const Json request{{"email", email}, {"purpose", "login"}};
    const std::map<std::string, int> heard =
        all_at_once(shop, "verification.begin", request, nobody);
    CHECK(heard == std::map<std::string, int>{{"ok", 1}, {"verification.too_soon", 7}});
    CHECK(shop.must("outbox.pull")["calls"].size() == 1);
  }

  // Goal: an account has twenty keys at most, also when several are made at once.
  TEST_CASE("the last keys are made once") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    const Json me = shop.on_behalf(shop.customer(email));
    for (int i = 0; i < 18; ++i) {
      shop.must_as(me, "api_key.create", {{"name", "robot"}});
    }
    CHECK(all_at_once(shop, "api_key.create", {{"name", "robot"}}, me) ==
          std::map<std::string, int>{{"api_key.too_many", 6}, {"ok", 2}});
    CHECK(shop.must_as(me, "api_key.list")["items"].size() == 20);
  }

  // Goal: a user of the host's has one account, however often it is asked for at once.
  TEST_CASE("a user of the host's gets one account") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    CHECK(all_at_once(shop, "account.link_host", {{"host_user_id", "7"}}, {{"as", "host"}}) ==
          std::map<std::string, int>{{"ok", 8}});
    CHECK(shop.must("account.list")["items"].size() == 1);
    shop.check_books();
  }

  // Goal: each deed that counts for a tier is counted once, however many do due work at once.
  // Method: two engines on one shop, each with four threads that do due work, while money comes in.
  TEST_CASE("what opens a tier is counted once") {
    const TempFolder temp;
    const Json tiers{
        {"accounts", {{"tiers", {{{"name", "normal"}}, {{"name", "vip"}, {"topup", 200}}}}}}};
    Shop shop({.path = temp.file("a.db"), .extra = tiers});
    Shop other({.path = temp.file("a.db"), .extra = tiers});
    SideDoor door(temp.file("a.db"));
    const std::string account = shop.customer(email);
    constexpr int credits = 200;
    std::atomic<bool> over = false;
    std::vector<std::thread> workers;
    for (int i = 0; i < threads_count; ++i) {
      workers.emplace_back([&, i] {
        Shop& at = i % 2 == 0 ? shop : other;
        while (!over) {
          static_cast<void>(at.call("system.run_due", nobody, {{"as", "host"}}));
        }
      });
    }
    for (int i = 0; i < credits; ++i) {
      shop.must("wallet.credit", {{"account_id", account},
                                  {"amount", {{"amount", 1}, {"currency", "CNY"}}},
                                  {"source", "bank"},
                                  {"reason", "x"}});
    }
    over = true;
    for (std::thread& worker : workers) {
      worker.join();
    }
    shop.must("system.run_due");
    CHECK(door.number("SELECT sum(topup) FROM kameng_deed") == credits);
    CHECK(shop.must_as(shop.on_behalf(account), "account.get")["tier"] == "vip");
    CHECK(shop.must_as(shop.on_behalf(account), "tier.history")["items"].size() == 1);
    shop.check_books();
  }
}
