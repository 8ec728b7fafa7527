// plans_test.cpp - how the database runs the engine's statements, and the conversations of the
// bindings.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/contract.hpp"
#include "support/conversation.hpp"
#include "support/plan.hpp"
#include "support/shop.hpp"

using namespace kameng::test;

namespace {

const std::string data = KAMENG_SOURCE_DIR "/tests/data";

// Statements that may read a whole table, each with the reason.
const std::map<std::string, std::string> may_scan{
    {"migration.list", "one row for each release"},
    {"key.any", "one row for each key of the ring"},
    {"key.all", "one row for each key of the ring"},
    {"audit.checkpoint_latest", "one row, from the end"},
    {"ledger.totals_select", "one row for each account of the platform"},
    // Moving to another database is reading everything, once.
    {"copy.count", "a move"},
    {"copy.count_leases", "a move"},
    {"copy.first", "a move; ends at its limit"},
    {"copy.list_keys", "one row for each key of the ring"},
    // system.verify looks at everything.
    {"batch.all", "self-check"},
    {"code.all", "self-check"},
    {"stock.all", "self-check"},
    {"verify.audit_tiles", "self-check"},
    {"verify.captured", "self-check"},
    {"verify.delivered_codes", "self-check"},
    {"verify.ended_holds", "self-check"},
    {"verify.job_dead", "self-check"},
    {"verify.ledger_balances", "self-check"},
    {"verify.ledger_entries", "self-check"},
    {"verify.ledger_journals", "self-check"},
    {"verify.ledger_missing_balances", "self-check"},
    {"verify.ledger_negative_balances", "self-check"},
    {"verify.ledger_totals", "self-check"},
    {"verify.order_balances", "self-check"},
    {"verify.order_money", "self-check"},
    {"verify.order_money_adds_up", "self-check"},
    {"verify.order_refunds_within_payments", "self-check"},
    {"verify.order_totals", "self-check"},
    {"verify.outbox_dead", "self-check"},
    {"verify.refund_transit", "self-check"},
    {"verify.unsold_codes", "self-check"},
};

// Every statement that was sent, by name: a lock or a list makes several texts of one.
class Heard {
 public:
  void listen() {
    kameng::engine::use_seams(
        {.before_statement = {},
         .trace = [this](std::string_view name, std::string_view text,
                         std::span<const kameng::sql::Value> values) { note(name, text, values); }});
  }
  struct One {
    std::string name;
    SentStatement sent;
    std::vector<std::string> kept;  // what the values borrow
  };
  [[nodiscard]] const std::map<std::string, One>& all() const { return all_; }

 private:
  // Transactions and schemas have no plan.
  [[nodiscard]] static bool is_plannable(std::string_view text) {
    return std::any_of(begins.begin(), begins.end(),
                       [&](std::string_view begin) { return text.starts_with(begin); });
  }
  void note(std::string_view name, std::string_view text,
            std::span<const kameng::sql::Value> values) {
    if (!is_plannable(text)) {
      return;
    }
    const std::lock_guard lock(mutex_);
    const auto [at, is_new] = all_.try_emplace(std::string(name) + "\n" + std::string(text));
    if (!is_new) {
      return;
    }
    One& one = at->second;
    one.name = name;
    one.sent = {std::string(text), {values.begin(), values.end()}};
    one.kept.reserve(values.size());
    for (kameng::sql::Value& value : one.sent.values) {
      if (const auto* words = std::get_if<std::string_view>(&value)) {
        value = std::string_view(one.kept.emplace_back(*words));
      } else if (const auto* bytes = std::get_if<kameng::ByteView>(&value)) {
        const std::string& copy = one.kept.emplace_back(bytes->begin(), bytes->end());
        value = kameng::ByteView(reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size());
      }
    }
  }

  static constexpr std::array<std::string_view, 5> begins{"SELECT ", "INSERT ", "UPDATE ",
                                                          "DELETE ", "WITH "};
  std::mutex mutex_;
  std::map<std::string, One> all_;
};

std::vector<std::string> json_files(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Plays every conversation there is; calls `opened` for each shop before it closes.
void play_everything(std::set<std::string>& operations) {
  const auto play = [&](const Json& config, const std::string& folder, const Json& setup,
                        const Json& steps) {
    Shop shop({.extra = config});
    Conversation talk(shop, folder);
    talk.heard = [&](const Spoken& step) { operations.insert(step.operation); };
    talk.play(setup, "setup");
    talk.play(steps, "steps");
    shop.must("system.run_due");
    shop.check_books();
  };
  const Json none = Json::array();
  for (const std::string& path : json_files(data + "/bindings")) {
    play(Json::object(), data + "/bindings", none, read_json(path)["steps"]);
  }
  for (const std::string& path : json_files(data + "/ops")) {
    const Json file = read_json(path);
    const Json cases = file.value("cases", none);
    for (const Json& one : cases) {
      if (is_for_storage(one)) {
        play(one.value("config", Json::object()), data + "/ops", file.value("setup", none),
             one["steps"]);
      }
    }
  }
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: the conversations that the bindings replay hold for the engine itself.
  // Method: each on an engine of its own.
  TEST_CASE("the conversations of the bindings") {
    const std::vector<std::string> paths = json_files(data + "/bindings");
    CHECK(paths.size() >= 4);
    for (const std::string& path : paths) {
      Shop shop;
      Conversation talk(shop, data + "/bindings");
      talk.play(read_json(path)["steps"], std::filesystem::path(path).filename().string());
    }
  }

  // Goal: no statement of the trade reads a whole table that grows, and none sorts what an index
  //       could give in order; on every database.
  // Method: every statement that any conversation makes the engine run, all operations together,
  //         is explained on tables that the database takes for large; those that may are listed.
  TEST_CASE("no statement scans a growing table") {
    Heard heard;
    heard.listen();
    std::set<std::string> operations;
    play_everything(operations);
    kameng::engine::use_seams({});
    for (const Json& operation : description()["operations"]) {
      CHECK_MESSAGE(operations.contains(operation["name"].get<std::string>()), operation["name"]);
    }
    CHECK(heard.all().size() > 100);

    Planner planner;
    std::set<std::string> names, scanned, sorted;
    for (const auto& entry : heard.all()) {
      const Heard::One& one = entry.second;
      names.insert(one.name);
      for (const PlanStep& step : planner.explain(one.sent)) {
        if (step.scans) {
          scanned.insert(one.name);
          CHECK_MESSAGE(may_scan.contains(one.name), one.name << ": " << step.line << ": " << one.sent.text);
        }
        if (step.sorts) {
          sorted.insert(one.name);
          MESSAGE("SORT " << one.name << ": " << step.line << ": " << one.sent.text);
        }
      }
    }
    for (const auto& allowed : may_scan) {
      CHECK_MESSAGE(scanned.contains(allowed.first),
                    allowed.first << " may scan and does not: " << allowed.second);
    }
    std::string all;
    for (const auto& n : names) all += n + " ";
    MESSAGE("HEARD " << all);
  }
}
