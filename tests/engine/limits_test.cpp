// limits_test.cpp - rate limits at dispatch: every door, every storage, several processes.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kameng/account.hpp>
#include <kameng/category.hpp>

#include "engine/seams.hpp"
#include "limit/rate.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

const Json from{{"ip", "203.0.113.7"}};

Json limits(std::int64_t ip_burst, std::int64_t account_burst) {
  return {{"limits",
           {{"ip", {{"per_minute", 60}, {"burst", ip_burst}}},
            {"account", {{"per_minute", 60}, {"burst", account_burst}}}}}};
}

// How many of so many calls pass; every other one must be refused by the limit.
int passing(Shop& shop, int calls, const Json& context,
            const std::string& operation = "category.list") {
  int passed = 0;
  for (int i = 0; i < calls; ++i) {
    const std::string reason = shop.call(operation, Json::object(), context).reason();
    CHECK((reason == "ok" || reason == "limit.exceeded"));
    passed += reason == "ok" ? 1 : 0;
  }
  return passed;
}

// What several processes share: the time, and how far each is.
struct Together {
  std::atomic<std::int64_t> now_ms{1'790'000'000'000};
  std::atomic<int> step{0}, done{0}, passed{0}, refused{0}, other{0};
};

constexpr int processes = 8, steps = 125;
constexpr std::int64_t step_ms = 480;  // 1000 calls in a minute

Together* share_memory() {
  void* memory =
      ::mmap(nullptr, sizeof(Together), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  return new (memory) Together;
}

// In a child: one call for each step, when its time has come.
void call_in_step(const std::string& config, Together& together) {
  Host host;
  host.now_ms = [&together] { return together.now_ms.load(); };
  const auto engine = Engine::open(config, std::move(host));
  for (int step = 1; step <= steps; ++step) {
    while (together.step.load() < step) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    if (!engine.ok()) {
      together.other += 1;
    } else {
      const auto answer = (*engine)->call_document("category.list", from.dump(), "{}");
      (answer.ok()                                 ? together.passed
       : answer.error().reason == "limit.exceeded" ? together.refused
                                                   : together.other) += 1;
    }
    together.done += 1;
  }
}

void wait_for(const std::atomic<int>& number, int value) {
  while (number.load() < value) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

// The same calls on one bucket.
int expected_to_pass(const limit::Rate& rate) {
  limit::TimeUs busy_us = 0;
  int passed = 0;
  for (int call = 0; call < processes * steps; ++call) {
    const limit::TimeUs now_us = (call / processes) * step_ms * 1000 + 1;
    busy_us = limit::settle(rate, busy_us, now_us);
    if (limit::standing(rate, busy_us, now_us).remaining > 0) {
      busy_us += rate.interval_us();
      passed += 1;
    }
  }
  return passed;
}

TEST_SUITE("engine") {
  // Goal: both doors count together; a refusal says what for and until when, to the millisecond,
  //       and what is left is told with every answer.
  // Method: a burst of four through documents and structs in turn, on a manual clock.
  TEST_CASE("calls from one address are limited at every door") {
    Shop shop({.limited = true, .extra = limits(4, 60)});
    Context context;
    context.ip = from["ip"];
    Allowance allowance;
    CHECK(passing(shop, 2, from) == 2);
    CHECK(shop.engine().call(context, category::List{}, &allowance).ok());
    CHECK(allowance.limit == "ip");
    CHECK(allowance.per_minute == 60);
    CHECK(allowance.burst == 4);
    CHECK(allowance.remaining == 1);
    CHECK(allowance.reset_ms == 3000);
    CHECK(passing(shop, 2, from) == 1);
    const auto refused = shop.engine().call(context, category::List{}, &allowance);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason == "limit.exceeded");
    CHECK(allowance.remaining == 0);
    CHECK(allowance.retry_after_ms == 1000);
    const Json error = shop.call("category.list", Json::object(), from).error;
    CHECK(error["status"] == "RESOURCE_EXHAUSTED");
    CHECK(error["retry"] == "later");
    CHECK(error["details"] == Json{{"limit", "ip"}, {"retry_after_ms", "1000"}});
    shop.must("system.advance_clock", {{"by_ms", 999}});
    CHECK(passing(shop, 1, from) == 0);
    shop.must("system.advance_clock", {{"by_ms", 1}});
    CHECK(passing(shop, 2, from) == 1);
    CHECK(passing(shop, 10, Json::object()) == 10);  // of nobody's address nothing is known
    CHECK(shop.call("category.list", Json::object(), {{"ip", "203.0.113.700"}}).reason() ==
          "context.ip_malformed");
  }

  // Goal: a customer is limited by account, with a token or through the host, from wherever; the
  //       host itself is not, unless it says from where a person acts; a provider's notice is never
  //       limited by its address.
  TEST_CASE("customers are limited by account, the host and notices are not") {
    Shop shop({.limited = true, .extra = limits(50, 3)});
    const std::string li = shop.customer("li@example.com");
    const std::string wang = shop.customer("wang@example.com");
    const Json login =
        shop.must_as(Json::object(), "account.login",
                     {{"identifier", "li@example.com"}, {"password", "correct horse"}});
    const Json token{{"token", login["token"]}};
    CHECK(passing(shop, 2, token) == 2);
    CHECK(passing(shop, 2, shop.on_behalf(li)) == 1);
    CHECK(shop.call("category.list", Json::object(), token).error["details"]["limit"] == "account");
    CHECK(passing(shop, 3, shop.on_behalf(wang)) == 3);
    CHECK(passing(shop, 200, {{"as", "host"}}) == 200);
    CHECK(passing(shop, 60, {{"as", "host"}, {"ip", "203.0.113.9"}}) == 50);
    const Json notice{{"provider", "sandbox"}, {"headers", Json::array()}, {"body", "{}"}};
    int limited = 0;
    for (int i = 0; i < 100; ++i) {
      limited += shop.call("notice.receive", notice, from).reason() == "limit.exceeded" ? 1 : 0;
    }
    CHECK(limited == 0);
    CHECK(passing(shop, 60, from) == 50);
  }

  // Goal: sign-in and registration have a stricter rate by default; the configuration sets any
  //       operation's, and knows no others.
  TEST_CASE("operations have their own rates") {
    const auto tries = [](Shop& shop, const char* operation, const Json& request, int calls) {
      int passed = 0;
      for (int i = 0; i < calls; ++i) {
        passed += shop.call(operation, request, from).reason() != "limit.exceeded" ? 1 : 0;
      }
      return passed;
    };
    const Json guess{{"identifier", "li@example.com"}, {"password", "a bad guess"}};
    {
      Shop shop({.limited = true});
      CHECK(tries(shop, "account.login", guess, 15) == 10);
      CHECK(tries(shop, "account.register", Json::object(), 15) == 5);
      CHECK(tries(shop, "category.list", Json::object(), 15) == 5);
      const Json details = shop.call("account.login", guess, from).error["details"];
      CHECK(details == Json{{"limit", "operation"}, {"retry_after_ms", "3000"}});
    }
    const auto with = [](const char* operation) {
      const Json rate{{"operation", operation}, {"per_minute", 1}, {"burst", 2}};
      return Json{{"limits", {{"operations", Json::array({rate})}}}};
    };
    Shop shop({.limited = true, .extra = with("account.login")});
    CHECK(tries(shop, "account.login", guess, 15) == 2);
    CHECK(tries(shop, "account.register", Json::object(), 15) == 5);
    const auto opened =
        Engine::open(shop_config({.limited = true, .extra = with("account.fly")}).dump());
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().reason == "operation.missing");
    CHECK(opened.error().field == "limits.operations");
  }

  // Goal: a refused call does nothing: no statement in the shop's tables, no transaction; it is
  //       counted in the metrics, and audited once a minute.
  // Method: the seam that hears every statement, while a hundred calls are refused; on a server the
  //         limits' own are among them until this process knows that the bucket is full.
  TEST_CASE("a refused call does no work and is counted") {
    std::atomic<int> statements{0};
    engine::use_seams({.before_statement =
                           [&statements](std::string_view) {
                             statements += 1;
                             return sql::Fault::none;
                           },
                       .trace = {}});
    Shop shop({.limited = true, .extra = limits(2, 60)});
    engine::use_seams({});
    CHECK(passing(shop, 3, from) == 2);
    const int before = statements.load();
    CHECK(passing(shop, 100, from, "order.list") == 0);
    CHECK(statements.load() == before);
    CHECK(shop.must("system.metrics")["counters"]["limited"] == 101);
    shop.must("system.advance_clock", {{"by_ms", 60'000}});
    CHECK(shop.must("system.run_due")["jobs"]["call.refused"] == 2);
    std::int64_t counted = 0;
    const Json events = shop.must("event.pull", {{"limit", 1000}});
    for (const Json& item : events["items"]) {
      counted += item["kind"] == "call.refused" ? 1 : 0;
    }
    CHECK(counted == 0);  // audited, not published
  }

  // Goal: while the limits' file cannot be had, calls with an address are refused and nobody else
  //       is; then all is as ever.
  // Method: a folder stands where the file should be.
  TEST_CASE("calls are refused while the limits cannot be looked up" *
            sqlite_only("on a server the limits are where the shop is")) {
    const TempFolder folder;
    const std::string path = folder.file("shop.db");
    std::filesystem::create_directory(path + "-limits");
    Shop shop({.path = path, .limited = true});
    const Outcome refused = shop.call("category.list", Json::object(), from);
    CHECK(refused.reason() == "limit.unavailable");
    CHECK(refused.error["status"] == "UNAVAILABLE");
    CHECK(shop.host("category.list").ok);
    CHECK(shop.host("system.run_due").ok);
    std::filesystem::remove(path + "-limits");
    CHECK(passing(shop, 25, from) == 20);
    CHECK(shop.must("system.advance_clock", {{"by_ms", 60'000}}).contains("now_ms"));
    CHECK(shop.must("system.run_due")["jobs"]["limit.prune"] == 1);
    shop.check_books();
  }

  // Goal: several processes on one database count together and exactly, whichever database it is.
  // Method: eight processes, each makes 125 calls from one address within a minute; they share
  //         their clock, which goes on when all have called. What one bucket lets through is known.
  TEST_CASE("eight processes on one database let no more through than one") {
    const TempFolder folder(TempFolder::in_memory());
    const ShopOptions options{.path = folder.file("shop.db"), .manual_ms = 0, .limited = true};
    const std::string config = shop_config(options).dump();
    Together& together = *share_memory();
    std::vector<pid_t> children;
    const auto start = [&](auto work) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        work();
        ::_exit(0);
      }
      return child;
    };
    // One makes the shop; a file that is open at a fork cannot be opened after it.
    const pid_t maker = start([&] { static_cast<void>(Engine::open(config)); });
    int status = 0;
    REQUIRE(::waitpid(maker, &status, 0) == maker);
    for (int i = 0; i < processes; ++i) {
      children.push_back(start([&] { call_in_step(config, together); }));
    }
    for (int step = 1; step <= steps; ++step) {
      together.step = step;
      wait_for(together.done, step * processes);
      together.now_ms += step_ms;
    }
    for (const pid_t child : children) {
      CHECK(::waitpid(child, &status, 0) == child);
    }
    const int passed = together.passed.load();
    CHECK(together.other.load() == 0);
    CHECK(passed + together.refused.load() == processes * steps);
    CHECK(passed <= 100 + 20);
    CHECK(passed >= 95);
    CHECK(passed == expected_to_pass({.per_minute = 100, .burst = 20}));
    ::munmap(&together, sizeof together);
  }
}

}  // namespace
