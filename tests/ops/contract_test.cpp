// contract_test.cpp - every operation does what it declares, and everything it declares has been
// seen. tests/data/ops/README.md says how to add to the cases.
#include "support/contract.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include <doctest/doctest.h>

#include "ops/mutants.hpp"
#include "ops/provoked.hpp"
#include "support/conversation.hpp"

using namespace kameng::test;

namespace {

const std::string folder = KAMENG_SOURCE_DIR "/tests/data/ops";
const Json a_customer{{"as", "host"}, {"account_id", "acc_01j9z3x8m40000000000000000"}};

std::vector<std::string> files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") {
      names.push_back(entry.path().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What has been seen, as pairs of an operation and a name.
struct Seen {
  std::set<std::pair<std::string, std::string>> reasons;  // "ok" for a success
  std::set<std::pair<std::string, std::string>> missing;  // required fields left out
  std::set<std::pair<std::string, std::string>> denied;   // "nobody", "customer"
};

void check_contract(const std::string& operation, const Outcome& outcome) {
  for (const std::string& breach : breaches(operation, outcome)) {
    FAIL_CHECK(operation << ": " << breach);
  }
}

void must_refuse(Shop& shop, const std::string& operation, const Json& context, const Json& request,
                 const Json& wanted) {
  const Outcome outcome = shop.call(operation, request, context);
  REQUIRE_MESSAGE(!outcome.ok, outcome.answer.dump());
  check_part("error", outcome.error, wanted);
  check_contract(operation, outcome);
}

// The same request by callers who may not.
void try_strangers(Shop& shop, const Spoken& step, Seen& seen) {
  const Json& permission = declared(step.operation)["permission"];
  if (permission == "anyone") {
    return;
  }
  CAPTURE(step.operation);
  must_refuse(shop, step.operation, Json::object(), step.request,
              {{"status", "UNAUTHENTICATED"}, {"reason", "call.unauthenticated"}});
  seen.denied.emplace(step.operation, "nobody");
  if (permission != "own_account") {
    must_refuse(shop, step.operation, a_customer, step.request,
                {{"status", "PERMISSION_DENIED"}, {"reason", "call.forbidden"}});
    seen.denied.emplace(step.operation, "customer");
  }
}

void try_mutants(Shop& shop, const Spoken& step, Seen& seen) {
  for (const Mutant& mutant : mutants_of(step.operation, step.request)) {
    CAPTURE(step.operation);
    CAPTURE(mutant.what);
    CAPTURE(mutant.pattern);
    must_refuse(
        shop, step.operation, step.context, mutant.request,
        {{"status", "INVALID_ARGUMENT"}, {"reason", mutant.reason}, {"field", mutant.field}});
    if (mutant.what == "without") {
      seen.missing.emplace(step.operation, mutant.pattern);
    }
  }
}

// Fields that the request leaves out, said to be null.
Json with_nulls(const std::string& operation, Json request) {
  for (const Json& field : declared(operation)["request"]["fields"]) {
    const auto name = field["name"].get<std::string>();
    if (!request.contains(name)) {
      request[name] = nullptr;
    }
  }
  return request;
}

enum class Pass { plain, nulls };

void play_case(const Json& file, const Json& one, const std::string& name, Pass pass, Seen& seen) {
  ShopOptions options;
  options.extra = one.value("config", Json::object());
  Shop shop(options);
  Conversation talk(shop, folder);
  talk.before = [&](Spoken& step, bool succeeds) {
    if (pass == Pass::nulls) {
      step.request = with_nulls(step.operation, step.request);
    } else if (succeeds) {
      try_strangers(shop, step, seen);
      try_mutants(shop, step, seen);
    }
  };
  talk.heard = [&](const Spoken& step) {
    check_contract(step.operation, step.outcome);
    seen.reasons.emplace(step.operation, step.outcome.reason());
  };
  talk.play(file.value("setup", Json::array()), name + " setup");
  talk.play(one["steps"], name);
}

// A case that only databases other than the one under test can play shows there what it shows.
void note_elsewhere(const Json& one, Seen& seen) {
  for (const Json& step : one["steps"]) {
    const auto operation = step["call"].get<std::string>();
    if (step.contains("error")) {
      seen.reasons.emplace(operation, step["error"]["reason"]);
      continue;
    }
    seen.reasons.emplace(operation, "ok");
    seen.denied.insert({{operation, "nobody"}, {operation, "customer"}});
    for (const std::string& field : required_fields(declared(operation)["request"])) {
      seen.missing.emplace(operation, field);
    }
  }
}

void play_all(Pass pass, Seen& seen) {
  for (const std::string& path : files()) {
    const Json file = read_json(path);
    const Json cases = file.value("cases", Json::array());
    for (const Json& one : cases) {
      if (!is_for_storage(one)) {
        note_elsewhere(one, seen);
        continue;
      }
      play_case(
          file, one,
          std::filesystem::path(path).filename().string() + ": " + one["about"].get<std::string>(),
          pass, seen);
    }
  }
}

void check_seen(const std::set<std::pair<std::string, std::string>>& seen,
                const std::string& operation, const std::string& name, const std::string& what) {
  CHECK_MESSAGE(seen.contains({operation, name}),
                operation << " has no case for " << what << " " << name);
}

}  // namespace

TEST_SUITE("ops") {
  // Goal: each operation answers with exactly the fields and refuses with exactly the reasons that
  //       it declares; nothing that is declared goes without a case; wrong fields and callers
  //       without the permission are refused before anything is done.
  // Method: the conversations of tests/data/ops; before each call that succeeds, everything that
  //         its declaration lets one get wrong is tried, and then the call must still succeed.
  TEST_CASE("every operation keeps its contract, and every part of the contract has a case") {
    Seen seen;
    play_all(Pass::plain, seen);
    for (const Provoked& each : provoked()) {
      seen.reasons.emplace(each.operation, each.reason);
    }
    for (const Json& operation : description()["operations"]) {
      const auto name = operation["name"].get<std::string>();
      check_seen(seen.reasons, name, "ok", "a success:");
      for (const Json& reason : operation["reasons"]) {
        check_seen(seen.reasons, name, reason["reason"], "the reason");
      }
      for (const std::string& field : required_fields(operation["request"])) {
        check_seen(seen.missing, name, field, "the missing field");
      }
      if (operation["permission"] != "anyone") {
        check_seen(seen.denied, name, "nobody", "the caller");
      }
      if (operation["permission"] != "anyone" && operation["permission"] != "own_account") {
        check_seen(seen.denied, name, "customer", "the caller");
      }
    }
  }

  // Goal: absent and null mean the same for optional fields.
  // Method: the same conversations with every field that a request leaves out said to be null.
  TEST_CASE("null is absent") {
    Seen seen;
    play_all(Pass::nulls, seen);
    CHECK(seen.reasons.size() > description()["operations"].size());
  }

  // Goal: the reasons that no caller can bring about by words alone.
  // Method: each is provoked by what its function does; see provoked.cpp. Chains of backups, and
  //         shops that move, are SQLite's; a schema's row is changed where a file ends with the
  //         test.
  TEST_CASE("reasons that need more than words") {
    for (const Provoked& each : provoked()) {
      CAPTURE(each.operation);
      CAPTURE(each.reason);
      const bool of_files = each.operation.starts_with("backup.") ||
                            each.operation.starts_with("storage.") ||
                            each.operation.starts_with("schema.");
      if (each.provoke == nullptr || (on_server() && of_files)) {
        continue;
      }
      const Outcome outcome = each.provoke();
      CHECK(outcome.reason() == each.reason);
      check_contract(each.operation, outcome);
    }
  }

  // Goal: a contract that is broken is noticed.
  // Method: outcomes with one thing wrong.
  TEST_CASE("breaches are found") {
    const Json right{{"order_id", "ord_01j9z3x8m40000000000000000"}, {"status", "cancelled"}};
    CHECK(breaches("order.cancel", {true, right, {}}).empty());
    Json less = right;
    less.erase("status");
    CHECK(breaches("order.cancel", {true, less, {}}).size() == 1);
    Json more = right;
    more["total"] = 1;
    CHECK(breaches("order.cancel", {true, more, {}}).size() == 1);
    Json other = right;
    other["status"] = 6;
    CHECK(breaches("order.cancel", {true, other, {}}).size() == 1);
    const auto error = [](const char* status, const char* reason, const char* retry) {
      return Outcome{false, {}, {{"status", status}, {"reason", reason}, {"retry", retry}}};
    };
    CHECK(breaches("order.cancel", error("NOT_FOUND", "order.not_found", "never")).empty());
    CHECK(breaches("order.cancel", error("NOT_FOUND", "order.not_found", "later")).size() == 1);
    CHECK(breaches("order.cancel", error("ABORTED", "order.not_found", "never")).size() == 1);
    CHECK(breaches("order.cancel", error("NOT_FOUND", "order.lost", "never")).size() == 1);
  }
}
