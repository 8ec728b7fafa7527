// plans_test.cpp - how the database runs the engine's statements, and the conversations of the
// bindings.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/contract.hpp"
#include "support/conversation.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

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

// Whether a line of a plan says that a table is read from one end to the other, under its own name
// or as what the statement calls it. Lists of values and inner queries are no tables.
bool scans_table(const std::string& line, const std::string& statement) {
  std::istringstream words(line);
  std::string verb;
  std::string name;
  words >> verb >> name;
  if (verb != "SCAN" || name.starts_with("kameng_")) {
    return verb == "SCAN";
  }
  std::string text = statement;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ',' || c == '(' || c == ')'; }, ' ');
  std::istringstream tokens(text);
  std::string table;
  for (std::string token; tokens >> token;) {
    if (token == name && table.starts_with("kameng_")) {
      return true;
    }
    if (token != "AS") {
      table = token;
    }
  }
  return false;
}

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

  // Goal: no statement of the trade reads a whole table that grows.
  // Method: every statement that any conversation makes the engine run, all operations together,
  //         is explained on a database with the same schema; those that may scan are listed.
  TEST_CASE("no statement scans a growing table" * sqlite_only("it reads the plans of SQLite")) {
    std::map<std::string, std::string> statements;
    kameng::engine::use_seams(
        {.before_statement = {},
         .trace = [&](std::string_view name, std::string_view text,
                      std::span<const kameng::sql::Value>) { statements.emplace(name, text); }});
    std::set<std::string> operations;
    play_everything(operations);
    kameng::engine::use_seams({});
    for (const Json& operation : description()["operations"]) {
      CHECK_MESSAGE(operations.contains(operation["name"].get<std::string>()), operation["name"]);
    }
    CHECK(statements.size() > 100);

    const TempFolder temp;
    const Shop schema({.path = temp.file("shop.db")});
    SideDoor door(temp.file("shop.db"));
    std::set<std::string> scanned;
    for (const auto& statement : statements) {
      const std::string& name = statement.first;
      const std::string& text = statement.second;
      if (name == "begin" || name == "commit") {
        continue;
      }
      for (const std::string& line : door.plan(text)) {
        if (scans_table(line, text)) {
          scanned.insert(name);
          CHECK_MESSAGE(may_scan.contains(name), name << ": " << line << ": " << text);
        }
      }
    }
    for (const auto& allowed : may_scan) {
      CHECK_MESSAGE(scanned.contains(allowed.first),
                    allowed.first << " may scan and does not: " << allowed.second);
    }
  }
}
