// crash_test.cpp - kill -9 in the middle of a busy run: what another process was told is true.
#include <chrono>
#include <memory>
#include <random>

#include <doctest/doctest.h>

#include "book.hpp"
#include "busy.hpp"
#include "child.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t first_ms = 1'790'000'000'000;
constexpr std::int64_t round_ms = 61'000;  // longer than the lease of an import that was cut off
constexpr int rounds_a_file = 20;

// A shop on a file of its own, run by other processes and looked at by this one in between.
class Victim {
 public:
  explicit Victim(std::uint64_t seed) : random_(seed) {
    Shop shop = open();
    plan_.sku = shop.stock_sku(300, 10'000'000, "first");
    book_.stocked(plan_.sku, 300);
    for (int n = 0; n < 6; ++n) {
      plan_.customers.push_back(shop.customer("c" + std::to_string(n) + "@example.com"));
    }
  }

  // Kills one process, or two that run at once, at a random moment; now and then while they open
  // the file. What is wrong afterwards.
  std::vector<std::string> round(int number) {
    const int processes = number % 4 == 0 ? 2 : 1;
    std::vector<std::unique_ptr<Child>> children;
    for (int n = 0; n < processes; ++n) {
      plan_.seed = random_();
      plan_.name = "r" + std::to_string(number) + "p" + std::to_string(n);
      Json plan = plan_;
      plan["config"] = busy_config(path_, now_ms_);
      children.push_back(std::make_unique<Child>("busy"));
      children.back()->tell(plan.dump());
    }
    const bool while_opening = number % 5 == 0;
    for (const auto& child : children) {
      if (!while_opening) {
        const std::string line = child->line_until(soon(milliseconds(60'000)));
        CHECK(line == "ready");
      }
      record(child->lines_until(soon(milliseconds(random_() % (while_opening ? 60 : 400)))));
      record(child->kill());
    }
    now_ms_ += round_ms;
    Shop shop = open();
    return book_.check(shop);
  }

  [[nodiscard]] const Book& book() const { return book_; }

 private:
  static Child::Time soon(milliseconds in) { return std::chrono::steady_clock::now() + in; }

  Shop open() {
    Result<std::unique_ptr<Engine>> engine = Engine::open(busy_config(path_, now_ms_).dump());
    REQUIRE_MESSAGE(engine.ok(), engine.error().reason);
    return Shop(std::move(engine).value());
  }

  void record(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      if (line != "ready") {
        book_.record(Json::parse(line));
      }
    }
  }

  const TempFolder folder_;
  const std::string path_ = folder_.file("shop.db");
  std::mt19937_64 random_;
  std::int64_t now_ms_ = first_ms;
  BusyPlan plan_;
  Book book_;
};

void kill_times(int rounds) {
  const std::uint64_t seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::int64_t acknowledged = 0, repeated = 0;
  std::unique_ptr<Victim> victim;
  for (int round = 1; round <= rounds; ++round) {
    if (!victim || round % rounds_a_file == 1) {
      victim = std::make_unique<Victim>(seed + static_cast<std::uint64_t>(round));
    }
    CAPTURE(round);
    const std::int64_t told_before = victim->book().acknowledged();
    const std::int64_t repeated_before = victim->book().repeated();
    const std::vector<std::string> problems = victim->round(round);
    CHECK(Json(problems).dump() == "[]");
    CHECK(Json(victim->book().failures()).dump() == "{}");
    acknowledged += victim->book().acknowledged() - told_before;
    repeated += victim->book().repeated() - repeated_before;
  }
  MESSAGE(rounds, " kills, ", acknowledged, " answers before them, ", repeated,
          " calls cut off and repeated");
  CHECK(acknowledged > rounds);  // or the kills came before any work
  CHECK(repeated > rounds);      // or they came between two calls
}

}  // namespace

TEST_SUITE_BEGIN("engine.crash");

// Goal: whatever was acknowledged before a kill -9 is there after it, once, and what was under way
// can be repeated. Method: another process runs a busy shop and tells every answer; it is killed at
// random moments, and the file is held to what was told.
TEST_CASE("ten kills of a busy shop") {
  kill_times(10);
}

// Goal: a process that dies while it makes the file, the key or the schema leaves nothing that the
// next one cannot use. Method: thirty new files, each killed at a random moment of its first
// opening; then they are opened and used.
TEST_CASE("thirty kills while the file is made") {
  const TempFolder folder;
  const std::uint64_t seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::mt19937_64 random(seed);
  int cut_off = 0;
  for (int file = 1; file <= 30; ++file) {
    CAPTURE(file);
    const std::string path = folder.file(std::to_string(file) + ".db");
    const Json config = busy_config(path, first_ms);
    {
      Child child("opener");
      REQUIRE(child.tell(Json{{"config", config}, {"email", "first@example.com"}}.dump()));
      const auto now = [] { return std::chrono::steady_clock::now(); };
      REQUIRE(child.line_until(now() + milliseconds(60'000)) == "ready");
      REQUIRE(child.tell("go"));
      const std::chrono::microseconds moment(random() % (file % 2 == 0 ? 30'000 : 5'000));
      cut_off += child.line_until(now() + std::chrono::ceil<milliseconds>(moment)).empty();
    }
    Result<std::unique_ptr<Engine>> engine = Engine::open(config.dump());
    REQUIRE_MESSAGE(engine.ok(), engine.error().reason);
    Shop shop(std::move(engine).value());
    shop.stock_sku(3);
    CHECK(shop.customer("second@example.com").size() == 30);
    shop.check_books();
  }
  CHECK(cut_off > 0);  // or the kills came too late
}

// Goal: the book finds what is missing or too much, or it would prove nothing.
// Method: it is told of an order, a code, money and stock that are not there.
TEST_CASE("the book notices what the shop does not have") {
  Shop shop;
  const std::string sku = shop.stock_sku(3);
  const std::string account = shop.customer("a@example.com");
  Book book;
  book.stocked(sku, 3);
  CHECK(Json(book.check(shop)).dump() == "[]");
  const Json mine = shop.on_behalf(account);
  const Json request{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
  const Json placed = shop.must_as(mine, "order.place", request);
  CHECK(book.check(shop).size() == 1);  // a code is held for an order nobody told of
  const auto tell = [&](const char* id, const char* operation, const Json& asked, const Json& about,
                        const Json& answer) {
    Json event{{"id", id}, {"operation", operation}, {"context", mine}, {"request", asked}};
    event.update(about);
    book.record(event);
    book.record({{"id", id}, {"answer", answer}});
  };
  tell("1", "order.place", request, Json::object(), placed);
  CHECK(Json(book.check(shop)).dump() == "[]");
  tell("2", "notice.receive", Json::object(), {{"order", placed["order_id"]}},
       {{"outcome", "delivered"}});
  CHECK(book.check(shop).size() >= 3);  // its status, its codes, the stock
  tell("3", "wallet.credit", {{"amount", {{"amount", 5}}}}, {{"account", account}}, Json::object());
  const std::vector<std::string> problems = book.check(shop);
  CHECK(problems.back().find("the wallet of") == 0);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("engine.crash_long");

// Goal and method: as above, two hundred times.
TEST_CASE("two hundred kills of a busy shop") {
  kill_times(200);
}

TEST_SUITE_END();

}  // namespace kameng::test
