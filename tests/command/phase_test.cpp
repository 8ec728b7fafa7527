// phase_test.cpp - what a phase does with a decision, with a body that fails, and with a conflict.
#include <doctest/doctest.h>

#include "audit/audit_schema.hpp"
#include "audit/log.hpp"
#include "command/command.hpp"
#include "command/command_schema.hpp"
#include "crypto/random.hpp"
#include "json/fields.hpp"
#include "keys/master_key.hpp"
#include "support/memory_database.hpp"

namespace kameng::command {
namespace {

constexpr sql::Script thing_schema{
    "CREATE TABLE {p}thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"};
constexpr sql::Statement insert_thing{"thing.insert", "INSERT INTO {p}thing (name) VALUES (?)"};
constexpr sql::Statement rename_thing{"thing.rename",
                                      "UPDATE {p}thing SET name = ? WHERE name = ?"};
constexpr sql::Statement count_things{"thing.count", "SELECT count(*) FROM {p}thing"};
constexpr sql::Statement count_keys{"key.count", "SELECT count(*) FROM {p}idempotency"};

struct Made {
  std::int64_t number = 0;
  std::string secret;
  template <class Fields>
  static void fields(Fields& f) {
    f.required("number", &Made::number, "");
    f.required("secret", &Made::secret, "").secret();
  }
};

struct Plan {
  std::string name;
  std::vector<audit::Entry> entries;
};
using Verdict = Decision<Plan>;

std::shared_ptr<const keys::KeyRing> make_ring(Random& random) {
  REQUIRE(crypto::start().ok());
  auto masters = std::make_shared<const keys::MasterKeys>(keys::MasterKey::draw(random));
  return keys::KeyRing::make(masters, keys::draw_data_keys(random)).value();
}

struct Bench {
  // A call that does `body` under the key.
  template <class Body>
  Result<Made> run(const std::string& key, Body&& body) {
    Context context = Context::host();
    context.idempotency_key = key;
    const Call call{environment, host, context, clock.now_ms(), Deadline::after_ms(10'000)};
    const AnswerCodec codec{
        [](const void* answer) { return json::to_stored_text(*static_cast<const Made*>(answer)); },
        [](std::string_view text, void* answer) {
          return json::read_stored(text, *static_cast<Made*>(answer));
        }};
    Command command(call, "thing.make", codec, [] { return std::string("{}"); });
    return command.phase<Made>([&](sql::Transaction& tx) { return body(command, tx); });
  }
  Result<Made> settle(const std::string& key, const Verdict& verdict) {
    return run(key, [&](Command& command, sql::Transaction& tx) -> Result<Made> {
      return command.settle<Made>(tx, verdict, [&](const Plan& plan) {
        tx.run(insert_thing, plan.name);
        return Made{7, "secret"};
      });
    });
  }
  // "things/keys/audit entries"
  std::string counts() {
    return memory.read([](sql::Transaction& tx) {
      const auto count = [&](const sql::Statement& statement) {
        auto rows = tx.query(statement);
        return rows.next() ? std::to_string(rows.int64(0)) : "none";
      };
      return count(count_things) + "/" + count(count_keys) + "/" + std::to_string(audit::size(tx));
    });
  }

  crypto::SystemRandom random;
  ManualClock clock{1'790'000'000'000};
  tests::MemoryDatabase memory{thing_schema, audit::audit_schema, command_schema, command_schema_2};
  std::shared_ptr<const keys::KeyRing> ring = make_ring(random);
  RefusalCounter refusals;
  DueHint due;
  Actor host{.kind = ActorKind::host};
  Environment environment{memory.database(), *ring, clock, random, Log(), refusals, due};
};

Plan plan_of(std::string name) {
  return {std::move(name), {{.kind = "thing.made", .subject = "thing"}}};
}

Error refusal() {
  return Error{Status::failed_precondition, "thing.refused", "No."}.at("name").detail("why", "no");
}

}  // namespace

TEST_SUITE("command") {
  // Goal: an acceptance leaves what it applied, its entries and its answer without secrets; a
  //       refusal leaves its answer, and of its plan the entries alone.
  // Method: each kind of decision once, and again under its key; rows are counted.
  TEST_CASE("a decision is settled once") {
    Bench bench;
    const auto made = bench.settle("a", Verdict::accept(plan_of("one")));
    REQUIRE(made.ok());
    CHECK(made->secret == "secret");
    CHECK(bench.counts() == "1/1/1");
    const auto again = bench.settle("a", Verdict::accept(plan_of("two")));
    REQUIRE(again.ok());
    CHECK(again->number == 7);
    CHECK(again->secret.empty());
    CHECK(bench.counts() == "1/1/1");

    const auto refused = bench.settle("b", Verdict::refuse(refusal()));
    REQUIRE_FALSE(refused.ok());
    CHECK(bench.counts() == "1/2/1");
    const auto with_plan = bench.settle("c", Verdict::refuse(refusal(), plan_of("three")));
    REQUIRE_FALSE(with_plan.ok());
    CHECK(bench.counts() == "1/3/2");
    const auto replayed = bench.settle("c", Verdict::accept(plan_of("four")));
    REQUIRE_FALSE(replayed.ok());
    CHECK(replayed.error().reason == "thing.refused");
    CHECK(replayed.error().field == "name");
    CHECK(replayed.error().details == with_plan.error().details);
    CHECK(bench.counts() == "1/3/2");
  }

  // Goal: what was not decided leaves nothing, whatever had been written by then; refused
  //       authentication leaves the plan's entries and no key.
  // Method: a body that returns an error before settle(), one that throws after it, one whose
  //         statement a constraint refuses, and a refusal with UNAUTHENTICATED.
  TEST_CASE("what is not decided is not stored") {
    Bench bench;
    const auto technical = bench.run("a", [](Command&, sql::Transaction&) -> Result<Made> {
      return Error{Status::aborted, "thing.changed", "Again."};
    });
    CHECK(technical.error().reason == "thing.changed");
    const auto thrown = bench.run("a", [](Command& command, sql::Transaction& tx) -> Result<Made> {
      return command.settle<Made>(tx, Verdict::accept(plan_of("one")),
                                  [&](const Plan& plan) -> Made {
                                    tx.run(insert_thing, plan.name);
                                    throw std::runtime_error("apply");
                                  });
    });
    CHECK(thrown.error().reason == "engine.exception");
    CHECK(bench.counts() == "0/0/0");
    REQUIRE(bench.settle("b", Verdict::accept(plan_of("one"))).ok());
    const auto twin = bench.settle("a", Verdict::accept(plan_of("one")));
    CHECK(twin.error().reason == "storage.constraint");
    CHECK(twin.error().status == Status::internal);
    CHECK(bench.counts() == "1/1/1");

    const Error unknown{Status::unauthenticated, "thing.unknown", "Who?"};
    const auto stranger = bench.settle("a", Verdict::refuse(unknown, plan_of("two")));
    CHECK(stranger.error().reason == "thing.unknown");
    CHECK(bench.counts() == "1/1/2");
    CHECK(bench.settle("a", Verdict::accept(plan_of("two"))).ok());
    CHECK(bench.counts() == "2/2/3");
  }

  // Goal: a row that changed under the decision makes the phase run again from its facts; a second
  //       time it is a fault.
  // Method: an update whose count is wrong at the first run, and one that is always wrong.
  TEST_CASE("a conflict runs the phase again, once") {
    Bench bench;
    REQUIRE(bench.settle("a", Verdict::accept(plan_of("one"))).ok());
    int runs = 0;
    const auto rename = [&](const std::string& key, int wrong_runs) {
      runs = 0;
      return bench.run(key, [&](Command& command, sql::Transaction& tx) -> Result<Made> {
        const std::string name = ++runs <= wrong_runs ? "gone" : "one";
        return command.settle<Made>(tx, Verdict::accept(plan_of(name)), [&](const Plan& plan) {
          tx.run_exactly(1, rename_thing, "renamed", plan.name);
          return Made{runs, ""};
        });
      });
    };
    const auto second = rename("b", 1);
    REQUIRE(second.ok());
    CHECK(second->number == 2);
    CHECK(bench.counts() == "1/2/2");
    const auto never = rename("c", 2);
    REQUIRE_FALSE(never.ok());
    CHECK(runs == 2);
    CHECK(never.error().status == Status::internal);
    CHECK(never.error().reason == "storage.constraint");
    CHECK(bench.counts() == "1/2/2");
  }

  // Goal: a phase has no phase inside it.
  // Method: a body that opens one.
  TEST_CASE("a phase inside a phase is misuse") {
    Bench bench;
    const auto nested = bench.run("a", [&](Command&, sql::Transaction&) -> Result<Made> {
      return bench.settle("b", Verdict::accept(plan_of("one")));
    });
    REQUIRE_FALSE(nested.ok());
    CHECK(nested.error().status == Status::misuse);
    CHECK(nested.error().reason == "engine.nested_call");
    CHECK(bench.counts() == "0/0/0");
  }

  // Goal: the work of a caller without a key of its own is not found by others.
  // Method: keys made here and keys brought are told apart by their first bit.
  TEST_CASE("keys that were made here and keys that were brought never meet") {
    Bench bench;
    REQUIRE(bench.settle("a", Verdict::accept(plan_of("one"))).ok());
    Context context = Context::host();
    const Call call{bench.environment, bench.host, context, bench.clock.now_ms(),
                    Deadline::after_ms(10'000)};
    const AnswerCodec codec{[](const void*) { return std::string("{}"); },
                            [](std::string_view, void*) { return Result<void>(); }};
    Command command(call, "thing.make", codec, [] { return std::string("{}"); });
    const auto made = command.phase<Made>([&](sql::Transaction& tx) -> Result<Made> {
      return command.settle<Made>(tx, Verdict::accept({}), [](const Plan&) { return Made{}; });
    });
    REQUIRE(made.ok());
    constexpr sql::Statement by_bit{
        "key.by_bit",
        "SELECT count(*) FROM {p}idempotency WHERE (id >= x'80') = (digest IS NOT NULL)"};
    const auto right = bench.memory.read([&](sql::Transaction& tx) {
      auto rows = tx.query(by_bit);
      return rows.next() ? rows.int64(0) : -1;
    });
    CHECK(right == 2);
  }
}

}  // namespace kameng::command
