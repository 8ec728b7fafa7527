// limiter_test.cpp - who counts against what.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "limit/fixture.hpp"

namespace kameng::limit {
namespace {

AccountId account(std::uint8_t last) {
  AccountId id;
  id.bytes.back() = last;
  return id;
}

TEST_SUITE("limit") {
  // Goal: which texts are one address, and which are none.
  // Method: pairs; IPv6 by its first 64 bits, IPv4 written as IPv6 as IPv4.
  TEST_CASE("an IPv6 network of 64 bits is one address, and IPv4 in IPv6 is IPv4") {
    struct Pair {
      const char *one, *other;
      bool same;
    };
    const Pair pairs[] = {
        {"203.0.113.7", "203.0.113.7", true},
        {"203.0.113.7", "203.0.113.8", false},
        {"203.0.113.7", "::ffff:203.0.113.7", true},
        {"203.0.113.7", "::ffff:cb00:7107", true},
        {"::ffff:203.0.113.7", "::ffff:203.0.113.8", false},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"2001:db8:1:2::1", "2001:DB8:0001:0002::9", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"::1", "::2", true},
        {"::1", "0.0.0.1", false},
        {"::cb00:7107", "203.0.113.7", false},
    };
    for (const Pair& pair : pairs) {
      CAPTURE(std::string(pair.one));
      CAPTURE(std::string(pair.other));
      Options options = in_memory();
      options.config.ip.burst = 1;
      Gate gate(std::move(options));
      REQUIRE(gate.from(pair.one) == "ok");
      CHECK((gate.from(pair.other) == "limit.exceeded") == pair.same);
    }
    for (const char* none : {"", "localhost", "1.2.3", "1.2.3.256", "203.0.113.7:80", "[::1]",
                             "fe80::1%eth0", " 1.2.3.4", "1.2.3.4 ", "::ffff:1.2.3.400"}) {
      CAPTURE(std::string(none));
      CHECK_FALSE(IpAddress::parse(none).has_value());
    }
  }

  // Goal: addresses, accounts and operations count apart, each exactly; a call that one of them
  //       refuses costs the others nothing; what is left is told of the tightest.
  // Method: bursts of different sizes, one call more than each.
  TEST_CASE("addresses, accounts and operations each have their own rate") {
    Options options = in_memory();
    options.config.ip.burst = 3;
    options.config.account.burst = 4;
    options.operations["account.login"] = {.per_minute = 6, .burst = 2};
    Gate gate(std::move(options));
    const AccountId li = account(1);
    const AccountId wang = account(2);

    CHECK(gate.from("203.0.113.7", 0, "account.login") == "ok");
    CHECK(gate.allowance.limit == "operation");
    CHECK(gate.allowance.per_minute == 6);
    CHECK(gate.allowance.burst == 2);
    CHECK(gate.allowance.remaining == 1);
    CHECK(gate.allowance.reset_ms == 10'000);
    CHECK(gate.from("203.0.113.7", 0, "account.login") == "ok");
    CHECK(gate.from("203.0.113.7", 0, "account.login") == "limit.exceeded");
    CHECK(gate.detail("limit") == "operation");
    CHECK(gate.detail("retry_after_ms") == "10000");
    CHECK(gate.error.status == Status::resource_exhausted);
    CHECK(gate.error.retry == Retry::later);
    CHECK(gate.allowance.retry_after_ms == 10'000);

    // Two of three were spent, the refused one was not.
    CHECK(gate.from("203.0.113.7") == "ok");
    CHECK(gate.from("203.0.113.7") == "limit.exceeded");
    CHECK(gate.detail("limit") == "ip");
    CHECK(gate.detail("retry_after_ms") == "600");
    CHECK(gate.from("203.0.113.8") == "ok");
    CHECK(gate.from("203.0.113.7", 599) == "limit.exceeded");
    CHECK(gate.from("203.0.113.7", 600) == "ok");

    for (int i = 0; i < 4; ++i) {
      CHECK(gate.by(li) == "ok");
    }
    CHECK(gate.by(li) == "limit.exceeded");
    CHECK(gate.detail("limit") == "account");
    CHECK(gate.detail("retry_after_ms") == "200");
    CHECK(gate.by(wang) == "ok");
    CHECK(gate.by(li, 200) == "ok");
    CHECK(gate.limiter.refused() == 4);
  }

  // Goal: callers at the same moment are counted once each, on every storage.
  // Method: eight threads from one address, then eight by one account; nobody may find an error.
  TEST_CASE("many threads pass no more often than one") {
    Gate gate(in_memory());
    std::atomic<int> by_ip{0}, by_account{0}, refused{0}, other{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        const auto count = [&](const Result<void>& taken, std::atomic<int>& passed) {
          (taken.ok() ? passed : taken.error().reason == "limit.exceeded" ? refused : other) += 1;
        };
        const IpAddress address = IpAddress::parse("203.0.113.7").value();
        for (int call = 0; call < 25; ++call) {
          const Attempt attempt{"order.get", start_ms, Deadline::after_ms(30'000)};
          count(gate.limiter.take(address, attempt, nullptr), by_ip);
          count(gate.limiter.take(account(1), attempt, nullptr), by_account);
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    CHECK(by_ip == 20);
    CHECK(by_account == 60);
    CHECK(refused == 2 * 200 - 80);
    CHECK(other == 0);
  }

  // Goal: 0 is no limit; nothing is kept then.
  TEST_CASE("a rate of nothing limits nothing") {
    Options options = in_memory();
    options.config.ip.per_minute = 0;
    options.config.account.per_minute = 0;
    options.operations["account.login"] = {.per_minute = 6, .burst = 1};
    options.operations["order.get"] = {.per_minute = 0};
    Gate gate(std::move(options));
    CHECK(gate.passing(1000, "203.0.113.7") == 1000);
    CHECK(gate.allowance.limit.empty());
    CHECK(gate.from("203.0.113.7", 0, "account.login") == "ok");
    CHECK(gate.from("203.0.113.7", 0, "account.login") == "limit.exceeded");
  }

  // Goal: when there are too many buckets, callers who have one keep it, all others share one; when
  //       the time of the old ones has passed, new callers have their own again.
  // Method: room for 64; callers who fill it, two newcomers, and the clock.
  TEST_CASE("newcomers share one bucket when there are too many") {
    Options options = in_memory();
    options.config.ip.per_minute = 60;
    options.config.ip.burst = 2;
    options.buckets_max = 64;
    Gate gate(std::move(options));
    const auto ip = [](int i) { return "10.0.0." + std::to_string(i); };
    for (int i = 0; i < 64; ++i) {
      REQUIRE(gate.from(ip(i)) == "ok");
    }
    CHECK(gate.from(ip(100)) == "ok");
    CHECK(gate.from(ip(101)) == "ok");
    CHECK(gate.from(ip(102)) == "limit.exceeded");  // of the shared bucket's two
    CHECK(gate.from(ip(5)) == "ok");                // its own second
    CHECK(gate.from(ip(5)) == "limit.exceeded");
    CHECK(gate.from(ip(103), 1000) == "ok");  // all have passed but 5's and the shared one
    CHECK(gate.from(ip(103), 1000) == "ok");
    CHECK(gate.from(ip(104), 1000) == "ok");
    CHECK(gate.from(ip(104), 1000) == "ok");
    CHECK(gate.from(ip(104), 1000) == "limit.exceeded");
  }

  // Goal: buckets whose time has passed are removed, and nobody is let through by that.
  // Method: prune between the calls of a sequence whose outcome is known.
  TEST_CASE("old buckets are removed and make no difference") {
    Options options = in_memory();
    options.config.ip.per_minute = 60;
    options.config.ip.burst = 2;
    options.config.account.per_minute = 0;
    options.config.key.per_minute = 0;
    Gate gate(std::move(options));
    const auto prune = [&](std::int64_t after_ms) {
      return gate.limiter.prune(start_ms + after_ms, Deadline::after_ms(10'000)).value();
    };
    CHECK(prune(0) == 0);
    CHECK(gate.passing(3, "203.0.113.7") == 2);
    CHECK(gate.passing(1, "203.0.113.8") == 1);
    CHECK(prune(999) == 0);
    CHECK(prune(1000) == 1);  // the one that was busy for a second
    CHECK(gate.from("203.0.113.7", 999) == "limit.exceeded");
    CHECK(gate.from("203.0.113.7", 1000) == "ok");
    CHECK(prune(2999) == 0);
    CHECK(prune(3000) == 1);
    // A clock that was put back by an hour: what is left behind is over as soon as a full bucket.
    CHECK(gate.passing(3, "203.0.113.9", 3'600'000) == 2);
    CHECK(prune(0) == 0);
    CHECK(prune(1999) == 0);
    CHECK(prune(2000) == 1);
  }
}

}  // namespace
}  // namespace kameng::limit
