// power_loss_test.cpp - the power fails in the middle of a busy run: what was acknowledged is on
// the disk.
//
// A kill leaves the system's cache alone, so it says nothing about flushing. Here the engine works
// on a file system that forgets or tears what was not flushed (fault_vfs.hpp).
#include <memory>
#include <optional>
#include <random>

#include <doctest/doctest.h>

#include "book.hpp"
#include "busy.hpp"
#include "engine/seams.hpp"
#include "support/fault_vfs.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

constexpr std::int64_t first_ms = 1'790'000'000'000;
constexpr std::int64_t round_ms = 61'000;  // longer than the lease of an import that was cut off
constexpr int rounds_a_file = 20;
const std::string vfs_name = "kameng-power";

// A shop on a file of its own, whose power fails.
class Victim {
 public:
  explicit Victim(std::uint64_t seed) : random_(seed) {}

  // From here on commits are acknowledged without being flushed.
  void stop_flushing() { durable_ = false; }

  // Loses the power while the file is made, up to the end of that; then sets up the shop.
  std::vector<std::string> begin() {
    vfs_.power_loss_after(draw(first_opening_changes), random_());
    Result<std::unique_ptr<Engine>> engine = open();
    lose_power(engine);
    engine = open();
    if (!engine.ok()) {
      return {"after the first power loss: " + engine.error().reason};
    }
    Shop shop(std::move(engine).value());
    std::vector<std::string> problems = book_.check(shop);
    plan_.sku = shop.stock_sku(300, 10'000'000, "first");
    book_.stocked(plan_.sku, 300);
    for (int n = 0; n < 6; ++n) {
      plan_.customers.push_back(shop.customer("c" + std::to_string(n) + "@example.com"));
    }
    return problems;
  }

  // Loses the power at a random change to the files or in a random flush, while opening or at work,
  // and in every other round once more right after the shop has been looked at. What is wrong
  // afterwards.
  std::vector<std::string> round(int number) {
    plan_.seed = random_();
    plan_.name = "r" + std::to_string(number);
    if (number % 4 == 0) {
      vfs_.power_loss_after(draw(30), random_());
    } else if (number % 4 == 1) {
      vfs_.power_loss_in_flush(draw(60), random_());
    } else {
      vfs_.power_loss_after(draw(number % 4 == 2 ? 2'000 : 12'000), random_());
    }
    Result<std::unique_ptr<Engine>> engine = open();
    if (engine.ok()) {
      Shop shop(std::move(engine).value());
      std::atomic<bool> stop{false};
      keep_busy(
          shop, plan_,
          [&](const Json& event) {
            // When the power is gone nobody says anything any more, and nobody hears it.
            if (vfs_.is_off()) {
              stop = true;
            } else {
              book_.record(event);
            }
          },
          stop);
    }
    lose_power(engine);
    now_ms_ += round_ms;
    engine = open();
    if (!engine.ok()) {
      return {"after a power loss: " + engine.error().reason};
    }
    std::optional<Shop> shop(std::in_place, std::move(engine).value());
    std::vector<std::string> problems = book_.check(*shop);
    if (number % 2 == 0) {
      vfs_.power_loss(random_());
      shop.reset();
      vfs_.power_on();
    }
    return problems;
  }

  [[nodiscard]] const Book& book() const { return book_; }

 private:
  static constexpr int first_opening_changes = 260;

  std::int64_t draw(std::int64_t upto) {
    return 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(upto));
  }

  Result<std::unique_ptr<Engine>> open() {
    engine::use_seams({.vfs = vfs_name, .durable = durable_});
    Result<std::unique_ptr<Engine>> engine = Engine::open(busy_config(path_, now_ms_).dump());
    engine::use_seams({});
    return engine;
  }

  void lose_power(Result<std::unique_ptr<Engine>>& engine) {
    if (!vfs_.is_off()) {
      vfs_.power_loss(random_());
    }
    engine = Error{};
    vfs_.power_on();
  }

  FaultVfs& vfs_ = FaultVfs::install(vfs_name);
  bool durable_ = true;
  const TempFolder folder_;
  const std::string path_ = folder_.file("shop.db");
  std::mt19937_64 random_;
  std::int64_t now_ms_ = first_ms;
  BusyPlan plan_;
  Book book_;
};

void lose_power_times(int rounds) {
  const std::uint64_t seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::int64_t acknowledged = 0, repeated = 0;
  std::unique_ptr<Victim> victim;
  for (int round = 1; round <= rounds; ++round) {
    CAPTURE(round);
    if (!victim || round % rounds_a_file == 1) {
      victim = std::make_unique<Victim>(seed + static_cast<std::uint64_t>(round));
      REQUIRE(Json(victim->begin()).dump() == "[]");
    }
    const std::int64_t told_before = victim->book().acknowledged();
    const std::int64_t repeated_before = victim->book().repeated();
    const std::vector<std::string> problems = victim->round(round);
    REQUIRE(Json(problems).dump() == "[]");
    acknowledged += victim->book().acknowledged() - told_before;
    repeated += victim->book().repeated() - repeated_before;
  }
  MESSAGE(rounds, " power losses, ", acknowledged, " answers before them, ", repeated,
          " calls cut off and repeated");
  CHECK(acknowledged > rounds);  // or the power went before any work
  CHECK(repeated > rounds);      // or between two calls
}

}  // namespace

TEST_SUITE_BEGIN("engine.power_loss");

// Goal: whatever was acknowledged before a power loss is there after it, once, and what was under
// way can be repeated. Method: a busy shop on a file system that keeps what was flushed and a
// random, torn part of the rest: of the database, the WAL, the journal and the folder's names.
TEST_CASE("ten power losses of a busy shop") {
  lose_power_times(10);
}

// Goal: a power loss while the file, the key and the schema are made leaves nothing that the next
// opening cannot use. Method: fifty new files, each at a random change of its first opening.
TEST_CASE("fifty power losses while the file is made") {
  const std::uint64_t seed = std::random_device{}();
  MESSAGE("seed ", seed);
  for (std::uint64_t n = 0; n < 50; ++n) {
    CAPTURE(n);
    CHECK(Json(Victim(seed + n).begin()).dump() == "[]");
  }
}

// Goal: the first test sees a commit that is acknowledged before it is flushed.
// Method: the same with flushing switched off finds a loss within a few rounds.
TEST_CASE("without flushing, a power loss is noticed") {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 10 && noticed == 0; ++seed) {
    Victim victim(seed);
    REQUIRE(Json(victim.begin()).dump() == "[]");
    victim.stop_flushing();
    const std::vector<std::string> problems = victim.round(2);
    if (!problems.empty()) {
      MESSAGE(problems.size(), " problems, the first: ", problems.front());
      ++noticed;
    }
  }
  CHECK(noticed == 1);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("engine.power_loss_long");

// Goal and method: as above, four hundred times.
TEST_CASE("four hundred power losses of a busy shop") {
  lose_power_times(400);
}

TEST_SUITE_END();

}  // namespace kameng::test
