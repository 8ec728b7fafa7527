// fault_test.cpp - every statement of every write fails, and nothing is left of it.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/contract.hpp"
#include "support/conversation.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;
using kameng::sql::Fault;

namespace {

const std::string folder = KAMENG_SOURCE_DIR "/tests/data/ops";

// What the engine under test is made to meet, and what it ran.
struct Trap {
  std::string name;             // the statement that fails; empty: none
  Fault fault = Fault::none;    // how
  int shots = 0;                // how often still
  std::set<std::string> heard;  // the names of all statements

  [[nodiscard]] kameng::engine::Seams seams() {
    return {.before_statement =
                [this](std::string_view statement) {
                  heard.emplace(statement);
                  if (statement != name || shots == 0) {
                    return Fault::none;
                  }
                  --shots;
                  return fault;
                },
            .trace = {}};
  }
  void set(std::string statement, Fault how, int times) {
    name = std::move(statement);
    fault = how;
    shots = times;
  }
  void clear() { set("", Fault::none, 0); }
};

// On servers an operation that reads the log first places its entries, in a transaction of its own
// that stays whatever becomes of the call. Here that is done before; for due work it is a chore.
void place_entries(Shop& shop, const std::string& operation) {
  if (on_server() && operation != "system.run_due") {
    shop.must("event.pull");
  }
}

// A step under a key of the caller's own: what failed for technical reasons may be repeated so.
Json with_key(Json step, std::size_t number) {
  Json& context = step["context"];
  if (!context.contains("idempotency_key")) {
    context["idempotency_key"] = "step " + std::to_string(number);
  }
  return step;
}

// A shop that stands right before one step of a case.
struct Scene {
  TempFolder temp{TempFolder::in_memory()};
  Trap trap;
  std::unique_ptr<Shop> shop;
  std::unique_ptr<Conversation> talk;

  Scene(const Json& file, const Json& one, std::size_t step) {
    ShopOptions options{.path = temp.file("shop.db"), .extra = one.value("config", Json::object())};
    kameng::engine::use_seams(trap.seams());
    shop = std::make_unique<Shop>(options);
    kameng::engine::use_seams({});
    talk = std::make_unique<Conversation>(*shop, folder);
    talk->play(file.value("setup", Json::array()), "setup");
    for (std::size_t i = 0; i < step; ++i) {
      // Refused calls change nothing, but their counts would have to be written by the next write.
      if (!one["steps"][i].contains("error")) {
        talk->play(Json::array({one["steps"][i]}), "before");
      }
    }
    place_entries(*shop, one["steps"][step]["call"]);
  }
};

// A step that succeeds, and the statements that no step of its operation ran before.
struct Place {
  Json file, one;
  std::size_t step = 0;
  std::string operation;
  std::set<std::string> statements;
};

// schema.plan is one because it may open another database; it writes nothing. What a move has
// copied stays when it meets a fault, and the next call goes on there: tests/engine/copy_test.cpp.
bool writes(const std::string& operation) {
  return declared(operation)["kind"] == "write" && operation != "schema.plan" &&
         operation != "storage.copy";
}

// Plays a case in memory and notes the steps that run something new.
void look_through(const Json& file, const Json& one,
                  std::map<std::string, std::set<std::string>>& known, std::vector<Place>& places) {
  Trap trap;
  kameng::engine::use_seams(trap.seams());
  Shop shop({.extra = one.value("config", Json::object())});
  kameng::engine::use_seams({});
  Conversation talk(shop, folder);
  talk.play(file.value("setup", Json::array()), "setup");
  for (std::size_t i = 0; i < one["steps"].size(); ++i) {
    const Json& step = one["steps"][i];
    if (step.contains("error")) {
      continue;
    }
    const auto operation = step["call"].get<std::string>();
    if (!writes(operation)) {
      talk.play(Json::array({step}), "look");
      continue;
    }
    place_entries(shop, operation);
    trap.heard.clear();
    talk.play(Json::array({with_key(step, i)}), "look");
    Place place{file, one, i, operation, {}};
    std::set<std::string>& seen = known[operation];
    std::set_difference(trap.heard.begin(), trap.heard.end(), seen.begin(), seen.end(),
                        std::inserter(place.statements, place.statements.end()));
    if (!place.statements.empty()) {
      seen.insert(trap.heard.begin(), trap.heard.end());
      places.push_back(std::move(place));
    }
  }
}

std::vector<Place> all_places() {
  std::vector<Place> places;
  std::map<std::string, std::set<std::string>> known;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::string& path : files) {
    const Json file = read_json(path);
    const Json cases = file.value("cases", Json::array());
    for (const Json& one : cases) {
      if (is_for_storage(one)) {
        look_through(file, one, known, places);
      }
    }
  }
  return places;
}

struct Expected {
  Fault fault;
  const char* status;
  const char* reason;
};
constexpr int for_ever = 1'000'000;

// What a statement may end with; at its start a transaction finds the file taken.
std::vector<Expected> faults_of(const std::string& statement) {
  if (statement == "begin") {
    return {{Fault::busy, "UNAVAILABLE", "storage.busy"}};
  }
  return {{Fault::full, "UNAVAILABLE", "storage.full"},
          {Fault::io, "UNAVAILABLE", "storage.io"},
          {Fault::out_of_memory, "OUT_OF_MEMORY", "engine.out_of_memory"}};
}

Spoken call_of(const Scene& scene, const Place& place) {
  const Json step = with_key(place.one["steps"][place.step], place.step);
  return {place.operation,
          scene.talk->filled(step["context"]),
          scene.talk->filled(step.value("request", Json::object())),
          {}};
}

// How many rows there are after the step went well on a shop of its own.
std::map<std::string, std::size_t> rows_after(const Place& place) {
  Scene scene(place.file, place.one, place.step);
  const Spoken call = call_of(scene, place);
  const Outcome outcome = scene.shop->call(place.operation, call.request, call.context);
  REQUIRE_MESSAGE(outcome.ok, outcome.error.dump());
  return row_counts(SideDoor(scene.temp.file("shop.db")).tables());
}

// The call meets a fault that stays.
void fail(Scene& scene, const Spoken& call, const std::string& statement,
          const Expected& expected) {
  CAPTURE(statement);
  CAPTURE(expected.reason);
  Json context = call.context;
  if (expected.fault == Fault::busy) {
    // It waits that long; a backup copies a database first.
    context["timeout_ms"] = call.operation.starts_with("backup.") ? 1000 : 20;
  }
  scene.trap.set(statement, expected.fault, for_ever);
  const Outcome outcome = scene.shop->call(call.operation, call.request, context);
  const bool hit = scene.trap.shots < for_ever;
  scene.trap.clear();
  CHECK(hit);
  REQUIRE_MESSAGE(!outcome.ok, outcome.answer.dump());
  CHECK(outcome.error["status"] == expected.status);
  CHECK(outcome.error["reason"] == expected.reason);
  CHECK(outcome.error["retry"] == "same");
  CHECK(breaches(call.operation, outcome).empty());
}

void fail_each(const Place& place) {
  Scene scene(place.file, place.one, place.step);
  SideDoor door(scene.temp.file("shop.db"));
  const Spoken call = call_of(scene, place);
  const SideDoor::Tables before = door.tables();
  for (const std::string& statement : place.statements) {
    for (const Expected& expected : faults_of(statement)) {
      fail(scene, call, statement, expected);
      CHECK(differences(before, door.tables()) == "");
    }
  }
  scene.trap.set("commit", Fault::io, 1);
  const Outcome outcome = scene.shop->call(place.operation, call.request, call.context);
  scene.trap.clear();
  REQUIRE_MESSAGE(outcome.ok, outcome.error.dump());
  const Json expected = place.one["steps"][place.step].value("expect", Json::object());
  check_part("answer", outcome.answer, scene.talk->filled(expected));
  CHECK(row_counts(door.tables()) == rows_after(place));
  scene.shop->check_books();
}

// Due work is many transactions, each whole in itself, so what is done stays done and the next call
// does the rest. So is an import that takes more than a few milliseconds, as on a server it may.
bool has_parts(const std::string& operation) {
  return operation == "system.run_due" || (on_server() && operation == "code.import");
}

void fail_each_in_parts(const Place& place) {
  constexpr std::int64_t lease_ms = 60'000;  // of an import that was under way
  const auto rows = rows_after(place);
  for (const std::string& statement : place.statements) {
    for (const Expected& expected : faults_of(statement)) {
      Scene scene(place.file, place.one, place.step);
      const Spoken call = call_of(scene, place);
      fail(scene, call, statement, expected);
      if (on_server()) {
        scene.shop->must("event.pull");  // failed due work may have left entries without a place
      }
      scene.shop->check_books();
      if (place.operation == "code.import") {
        scene.shop->must("system.advance_clock", {{"by_ms", lease_ms}});
      }
      scene.trap.set("commit", Fault::io, 1);
      const Outcome outcome = scene.shop->call(place.operation, call.request, call.context);
      scene.trap.clear();
      REQUIRE_MESSAGE(outcome.ok, outcome.error.dump());
      CHECK(row_counts(SideDoor(scene.temp.file("shop.db")).tables()) == rows);
      scene.shop->check_books();
    }
  }
}

}  // namespace

TEST_SUITE("ops") {
  // Goal: a write of which any statement fails changes nothing, says so with its declared reason,
  //       and succeeds when it is repeated under the same key; when the fate of its commit is
  //       unknown it happens exactly once.
  // Method: for each write, every statement that the cases of tests/data/ops let it run, ended by
  //         each fault that fits; all tables are compared after each. Then the same call meets an
  //         I/O error at its first commit, and must leave as many rows as on a sound disk.
  TEST_CASE("each statement of each write fails once, and nothing is left of it") {
    std::map<std::string, std::size_t> tried;
    for (const Place& place : all_places()) {
      const std::string where = place.operation + " in " + place.one["about"].get<std::string>() +
                                " step " + std::to_string(place.step + 1);
      CAPTURE(where);
      tried[place.operation] += place.statements.size();
      if (has_parts(place.operation)) {
        fail_each_in_parts(place);
      } else {
        fail_each(place);
      }
    }
    for (const Json& operation : description()["operations"]) {
      const auto name = operation["name"].get<std::string>();
      // The clock is not in the database, and backups are of SQLite's files.
      const bool stores =
          name != "system.advance_clock" && !(on_server() && name.starts_with("backup."));
      if (writes(name) && stores) {
        CHECK_MESSAGE(tried[name] >= 2, name << " met " << tried[name] << " faults");
      }
    }
  }
}
