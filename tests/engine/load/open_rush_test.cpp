// open_rush_test.cpp - processes that open one new file at the same moment.
#include <filesystem>
#include <memory>

#include <doctest/doctest.h>

#include "child.hpp"
#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

constexpr int processes = 8;
constexpr int rounds = 10;

std::string email(int number) {
  return "p" + std::to_string(number) + "@example.com";
}

Child::Time in_time() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(1);
}

}  // namespace

TEST_SUITE_BEGIN("engine.open_rush");

// Goal: whoever comes first makes the schema, the master key and the key ring, and everybody works
// with the same ones. Method: eight processes open one file that is not there yet, each seals a
// customer's address under the ring it has, and a ninth reads them all.
TEST_CASE("eight processes open one new file") {
  const TempFolder folder;
  for (int round = 1; round <= rounds; ++round) {
    CAPTURE(round);
    const std::string path = folder.file(std::to_string(round) + ".db");
    std::vector<std::unique_ptr<Child>> children;
    for (int n = 0; n < processes; ++n) {
      children.push_back(std::make_unique<Child>("opener"));
      REQUIRE(children.back()->tell(
          Json{{"config", shop_config({.path = path})}, {"email", email(n)}}.dump()));
    }
    for (const auto& child : children) {
      REQUIRE(child->line_until(in_time()) == "ready");
    }
    for (const auto& child : children) {
      REQUIRE(child->tell("go"));
    }
    for (const auto& child : children) {
      CHECK(child->line_until(in_time()) == "ok");
      CHECK(child->wait() == 0);
    }
    Shop shop({.path = path});
    // Each opening is in the audit log, and so is each registration; this opening too.
    CHECK(shop.must("audit.checkpoint")["size"] == 2 * processes + 1);
    for (int n = 0; n < processes; ++n) {
      const Json login = shop.must_as(Json::object(), "account.login",
                                      {{"identifier", email(n)}, {"password", "correct horse"}});
      CHECK(shop.must_as({{"token", login["token"]}}, "account.get")["email"] == email(n));
    }
    shop.check_books();
    // The drafts of a key file that others were quicker to make are gone.
    for (const auto& entry : std::filesystem::directory_iterator(folder.file("."))) {
      CHECK(entry.path().extension() != ".new");
    }
  }
}

TEST_SUITE_END();

}  // namespace kameng::test
