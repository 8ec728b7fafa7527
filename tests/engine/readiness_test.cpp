// readiness_test.cpp - what an operator is told before going live.
#include "engine/readiness.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using kameng::test::Json;
using kameng::test::Shop;

namespace {

constexpr TimeMs now_ms = 1'790'000'000'000;
constexpr std::int64_t minute_ms = 60'000;

engine::OperatorConfig stated() {
  return {.icp_number = "浙ICP备12345678号",
          .public_security_number = "33010602000001",
          .privacy_version = "2026-11",
          .terms_version = "3"};
}

// A shop that may go live.
engine::ReadinessFacts live() {
  return {.now_ms = now_ms,
          .sandbox = false,
          .live_provider = true,
          .in_memory = false,
          .manual_clock = false,
          .memory_locked = true,
          .server = false,
          .backup_every_ms = 60 * minute_ms,
          .newest_backup_ms = now_ms - 30 * minute_ms,
          .last_run_due_ms = now_ms - minute_ms,
          .checkpoint_ms = now_ms - 60 * minute_ms,
          .database_now_ms = now_ms - 200};
}

std::map<std::string, std::string> states(const system::ReadinessView& view) {
  std::map<std::string, std::string> states;
  for (const system::ReadinessCheck& check : view.checks) {
    states[check.name] = check.state;
    CHECK_MESSAGE((check.state == "ok") == check.fix.empty(), check.name);
    CHECK_FALSE(check.detail.empty());
  }
  return states;
}

struct Change {
  const char* check;
  const char* state;
  bool ready;
  void (*change)(engine::ReadinessFacts&);
};

}  // namespace

TEST_SUITE("engine") {
  // Goal: each thing that lacks is told by its own check, with what to do, and nothing else is.
  // Method: a shop that may go live, with one fact changed at a time.
  TEST_CASE("readiness names what lacks") {
    const auto fine = engine::judge(stated(), live());
    CHECK(fine.ready);
    for (const auto& one : states(fine)) {
      CHECK_MESSAGE(one.second == "ok", one.first);
    }
    const Change changes[] = {
        {"payment.sandbox_off", "missing", false, [](auto& facts) { facts.sandbox = true; }},
        {"payment.live", "missing", false, [](auto& facts) { facts.live_provider = false; }},
        {"storage.durable", "missing", false, [](auto& facts) { facts.in_memory = true; }},
        {"backup.age", "missing", false, [](auto& facts) { facts.backup_every_ms = 0; }},
        {"backup.age", "missing", false, [](auto& facts) { facts.newest_backup_ms.reset(); }},
        {"backup.age", "missing", false,
         [](auto& facts) { facts.newest_backup_ms = now_ms - 121 * minute_ms; }},
        {"backup.age", "unknown", true, [](auto& facts) { facts.server = true; }},
        {"worker.alive", "missing", false, [](auto& facts) { facts.last_run_due_ms.reset(); }},
        {"worker.alive", "missing", false,
         [](auto& facts) { facts.last_run_due_ms = now_ms - 3 * minute_ms; }},
        {"clock.skew", "missing", false, [](auto& facts) { facts.manual_clock = true; }},
        {"clock.skew", "missing", false,
         [](auto& facts) { facts.database_now_ms = now_ms + 5'001; }},
        {"vault.memory_locked", "warning", true, [](auto& facts) { facts.memory_locked = false; }},
        {"audit.checkpoint", "warning", true, [](auto& facts) { facts.checkpoint_ms.reset(); }},
    };
    for (const Change& one : changes) {
      CAPTURE(one.check);
      engine::ReadinessFacts facts = live();
      one.change(facts);
      const auto view = engine::judge(stated(), facts);
      CHECK(view.ready == one.ready);
      for (const auto& seen : states(view)) {
        CHECK_MESSAGE(seen.second == (seen.first == one.check ? one.state : "ok"), seen.first);
      }
    }
    const auto nobody = engine::judge({}, live());
    CHECK_FALSE(nobody.ready);
    auto unknown = states(nobody);
    CHECK(unknown["operator.icp"] == "missing");
    CHECK(unknown["operator.public_security"] == "missing");
    CHECK(unknown["operator.privacy_policy"] == "missing");
    CHECK(unknown["operator.terms"] == "missing");
  }

  // Goal: the operation looks at the real shop: its texts, its clock, its worker, its backups.
  // Method: a shop on the system's clock, before and after run_due, which also makes the backup.
  TEST_CASE("readiness looks at the shop" *
            test::sqlite_only("a server is backed up with its own tools")) {
    const test::TempFolder temp;
    Shop shop({.path = temp.file("a.db"),
               .manual_ms = 0,
               .extra = {{"operator", {{"icp_number", "浙ICP备12345678号"}}},
                         {"backup", {{"folder", temp.file("backups")}}}}});
    const auto look = [&] {
      std::map<std::string, std::string> found;
      const Json view = shop.must("system.readiness");
      for (const Json& check : view["checks"]) {
        found[check["name"]] = check["state"];
      }
      return found;
    };
    auto before = look();
    CHECK(before["operator.icp"] == "ok");
    CHECK(before["operator.terms"] == "missing");
    CHECK(before["payment.sandbox_off"] == "missing");
    CHECK(before["storage.durable"] == "ok");
    CHECK(before["clock.skew"] == "ok");
    CHECK(before["backup.age"] == "missing");
    CHECK(before["worker.alive"] == "missing");
    CHECK(before["audit.checkpoint"] == "warning");
    shop.must("system.run_due");
    shop.must("audit.checkpoint");
    auto after = look();
    CHECK(after["backup.age"] == "ok");
    CHECK(after["worker.alive"] == "ok");
    CHECK(after["audit.checkpoint"] == "ok");
  }
}
