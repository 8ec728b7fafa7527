// walk_test.cpp - the order that docs/ARCHITECTURE.md follows to the disk and back.
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/seams.hpp"
#include "support/shop.hpp"
#include "support/temp_folder.hpp"

using kameng::test::Json;
using kameng::test::Shop;
using kameng::test::sqlite_only;

namespace {

// The names of the statements that ran, a name that comes several times in a row once.
class Recorder {
 public:
  Recorder() {
    kameng::engine::Seams seams;
    seams.trace = [this](std::string_view name, std::string_view /*text*/,
                         std::span<const kameng::sql::Value> /*values*/) {
      if (names_.empty() || names_.back() != name) {
        names_.emplace_back(name);
      }
    };
    kameng::engine::use_seams(std::move(seams));
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() { kameng::engine::use_seams({}); }

  // What ran since the last call.
  [[nodiscard]] std::vector<std::string> take() { return std::exchange(names_, {}); }

 private:
  std::vector<std::string> names_;
};

// The names in the code block after `<!-- statements: OPERATION -->`, without what is said of them.
std::vector<std::string> documented(const std::string& operation) {
  std::ifstream file(KAMENG_SOURCE_DIR "/docs/ARCHITECTURE.md");
  const std::string marker = "<!-- statements: " + operation + " -->";
  std::vector<std::string> names;
  std::string line;
  while (std::getline(file, line) && line != marker) {
  }
  std::getline(file, line);  // the fence
  while (std::getline(file, line) && line != "```") {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (!name.empty()) {
      names.push_back(name);
    }
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += name + "\n";
  }
  return text;
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: the statements that the document lists for one order are those that run, in that order.
  // Method: a file database whose engine tells every statement; a signed-in customer orders two
  // codes with `pay`, the notice arrives, the codes are revealed.
  TEST_CASE("the statements in docs/ARCHITECTURE.md are those of one order" *
            sqlite_only("the document shows the texts of SQLite")) {
    const kameng::test::TempFolder folder;
    Recorder recorder;
    Shop shop({.path = folder.file("shop.db")});
    const std::string sku = shop.stock_sku(5);
    shop.customer("lin@example.com");
    const Json login =
        shop.must_as(Json::object(), "account.login",
                     {{"identifier", "lin@example.com"}, {"password", "correct horse"}});
    const Json me{{"token", login["token"]}, {"ip", "203.0.113.7"}};
    static_cast<void>(recorder.take());

    const Json placed = shop.must_as(
        me, "order.place",
        {{"lines", {{{"sku_id", sku}, {"quantity", 2}}}}, {"pay", {{"provider", "sandbox"}}}});
    CHECK(joined(recorder.take()) == joined(documented("order.place")));

    const Json notice = shop.notice_for(placed["payment"]["out_trade_no"]);
    static_cast<void>(recorder.take());
    CHECK(shop.must_as(Json::object(), "notice.receive", notice)["outcome"] == "delivered");
    CHECK(joined(recorder.take()) == joined(documented("notice.receive")));

    static_cast<void>(shop.must_as(me, "code.reveal", {{"order_id", placed["order_id"]}}));
    CHECK(joined(recorder.take()) == joined(documented("code.reveal")));
  }
}
