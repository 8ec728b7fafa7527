// refusals_test.cpp - refusals before a phase: counted, bounded, written once a minute.
#include "command/refusals.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::command {
namespace {

using test::Json;
using test::Shop;

constexpr TimeMs minute_ms = 60'000;

std::int64_t count_of(const audit::Entry& entry) {
  return std::get<std::int64_t>(entry.details.at(3).value);
}

std::vector<Json> refused_entries(test::SideDoor& door) {
  std::vector<Json> found;
  const auto tables = door.tables();
  for (const std::string& row : tables.at("kameng_audit_entry")) {
    const Json body = Json::parse(row.substr(row.find('{')));
    if (body["kind"] == "call.refused") {
      found.push_back(body);
    }
  }
  return found;
}

}  // namespace

TEST_SUITE("command") {
  // Goal: one entry per actor, operation, reason and minute, with a count; the running minute is
  //       not over yet.
  // Method: counts in two minutes, taken at moments around their ends.
  TEST_CASE("refusals are one entry per who, operation, reason and minute") {
    RefusalCounter counter;
    counter.count("nobody", "order.list", "call.unauthenticated", 10 * minute_ms);
    counter.count("nobody", "order.list", "call.unauthenticated", 11 * minute_ms - 1);
    counter.count("192.0.2.1", "order.list", "call.unauthenticated", 10 * minute_ms);
    counter.count("nobody", "order.get", "call.unauthenticated", 10 * minute_ms);
    counter.count("nobody", "order.list", "session.invalid", 10 * minute_ms);
    counter.count("nobody", "order.list", "call.unauthenticated", 11 * minute_ms);
    CHECK_FALSE(counter.has_finished(11 * minute_ms - 1));
    CHECK(counter.take_finished(11 * minute_ms - 1).empty());
    CHECK(counter.has_finished(11 * minute_ms));
    const auto entries = counter.take_finished(11 * minute_ms);
    REQUIRE(entries.size() == 4);
    CHECK(std::count_if(entries.begin(), entries.end(),
                        [](const audit::Entry& entry) { return count_of(entry) == 2; }) == 1);
    CHECK_FALSE(counter.has_finished(11 * minute_ms));
    CHECK(counter.take_all().size() == 1);
    CHECK(counter.take_all().empty());
  }

  // Goal: what could not be written is not lost, and joins what came meanwhile.
  // Method: taken, counted once more, put back, taken again.
  TEST_CASE("entries that are put back are counted on") {
    RefusalCounter counter;
    for (int i = 0; i < 3; ++i) {
      counter.count("nobody", "order.list", "session.invalid", minute_ms);
    }
    const auto taken = counter.take_finished(2 * minute_ms);
    counter.count("nobody", "order.list", "session.invalid", minute_ms);
    counter.put_back(taken);
    const auto again = counter.take_finished(2 * minute_ms);
    REQUIRE(again.size() == 1);
    CHECK(again[0].subject == "nobody");
    CHECK(count_of(again[0]) == 4);
  }

  // Goal: a flood from ever new addresses needs no memory without bound, and none of it is lost.
  // Method: 50,000 addresses in one minute; at most 10,000 entries and one for all others.
  TEST_CASE("the counter is bounded") {
    constexpr int calls = 50'000;
    RefusalCounter counter;
    for (int i = 0; i < calls; ++i) {
      counter.count("address " + std::to_string(i), "order.list", "session.invalid", minute_ms);
    }
    const auto entries = counter.take_all();
    CHECK(entries.size() == 10'001);
    std::int64_t sum = 0;
    for (const audit::Entry& entry : entries) {
      sum += count_of(entry);
    }
    CHECK(sum == calls);
  }

  // Goal: failed sign-ins, strangers and bad documents reach the audit log once a minute with their
  //       counts, by whoever writes next, by due work, or when the engine closes.
  // Method: refusals by address and by actor; the audit table before and after each of the three.
  TEST_CASE("refused calls are audited once a minute") {
    const test::TempFolder temp;
    auto shop = std::make_unique<Shop>(test::ShopOptions{.path = temp.file("shop.db")});
    test::SideDoor door(temp.file("shop.db"));
    const Json from{{"ip", "192.0.2.7"}};
    const std::string li = shop->customer("li.na@example.com");
    for (int i = 0; i < 20; ++i) {
      static_cast<void>(shop->call(
          "account.login", {{"identifier", "li.na@example.com"}, {"password", "guess"}}, from));
    }
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(shop->call("order.place", {{"lines", 1}}, from));
      static_cast<void>(shop->call("ledger.balance", Json::object(), shop->on_behalf(li)));
    }
    CHECK(refused_entries(door).empty());
    shop->must("system.advance_clock", {{"by_ms", minute_ms}});
    CHECK(refused_entries(door).empty());
    // A stranger's call is no write and carries nothing along.
    static_cast<void>(shop->call("category.create", {{"name", "x"}}, from));
    CHECK(refused_entries(door).empty());
    shop->must("category.create", {{"name", "Music"}});

    const auto entries = refused_entries(door);
    REQUIRE(entries.size() == 3);
    const auto details = [&](const std::string& subject, const std::string& operation) {
      for (const Json& entry : entries) {
        if (entry["subject"] == subject && entry["details"]["operation"] == operation) {
          CHECK(entry["actor"] == "system");
          return entry["details"];
        }
      }
      return Json();
    };
    const Json at{{"minute_ms", 1'789'999'980'000}};
    Json expected = at;
    expected.update(
        {{"operation", "account.login"}, {"reason", "account.bad_credentials"}, {"count", 20}});
    CHECK(details("192.0.2.0/24", "account.login") == expected);
    expected.update({{"operation", "order.place"}, {"reason", "field.type"}, {"count", 3}});
    CHECK(details("192.0.2.0/24", "order.place") == expected);
    expected.update({{"operation", "ledger.balance"}, {"reason", "call.forbidden"}, {"count", 3}});
    CHECK(details(li, "ledger.balance") == expected);

    shop->must("system.advance_clock", {{"by_ms", minute_ms}});
    CHECK(shop->must("system.run_due")["jobs"]["call.refused"] == 1);
    CHECK(refused_entries(door).size() == 4);
    static_cast<void>(shop->call("order.list", Json::object(), from));
    shop.reset();
    CHECK(refused_entries(door).size() == 5);
  }
}

}  // namespace kameng::command
