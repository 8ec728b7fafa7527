// roles.cpp - the other processes. None of doctest's assertions here: they belong to the parent.
#include "roles.hpp"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include <sys/prctl.h>

#include "busy.hpp"
#include "rush.hpp"
#include "threads.hpp"

namespace kameng::test {

namespace {

std::string hear() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

void say(std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

// Null when it cannot be opened; then the parent has been told why.
std::unique_ptr<Shop> open_shop(const Json& config) {
  Result<std::unique_ptr<Engine>> engine = Engine::open(config.dump());
  if (!engine.ok()) {
    say(engine.error().reason + ": " + engine.error().message);
    return nullptr;
  }
  return std::make_unique<Shop>(std::move(engine).value());
}

int be_an_opener() {
  const Json plan = Json::parse(hear());
  say("ready");
  hear();
  const auto shop = open_shop(plan["config"]);
  if (!shop) {
    return 1;
  }
  const Outcome outcome =
      shop->call("account.register", {{"email", plan["email"]}, {"password", "correct horse"}},
                 Json::object());
  say(outcome.reason());
  return outcome.ok ? 0 : 1;
}

int be_buyers() {
  const Json plan = Json::parse(hear());
  const auto shop = open_shop(plan["config"]);
  if (!shop) {
    return 1;
  }
  auto purchases = plan["purchases"].get<std::vector<Purchase>>();
  const int count = static_cast<int>(purchases.size());
  const Rush rush{count, 0, plan["threads"], plan["pay_later"], plan["from_wallet"]};
  const std::string sku = plan["sku"];
  const auto at = [&](int index) -> Purchase& {
    return purchases[static_cast<std::size_t>(index)];
  };
  say("ready");
  hear();
  share_out(rush.threads, count, [&](int index) {
    order(*shop, rush, sku, at(index));
    if (!rush.pay_later) {
      pay(*shop, rush, at(index));
    }
  });
  say("ordered");
  hear();
  if (rush.pay_later) {
    share_out(rush.threads, count, [&](int index) { pay(*shop, rush, at(index)); });
  }
  say(Json(purchases).dump());
  return 0;
}

int be_busy() {
  const Json plan = Json::parse(hear());
  const auto shop = open_shop(plan["config"]);
  if (!shop) {
    return 1;
  }
  say("ready");
  std::atomic<bool> stop{false};
  keep_busy(
      *shop, plan.get<BusyPlan>(), [](const Json& event) { say(event.dump()); }, stop);
  return 1;  // only a fault ends it before it is killed
}

}  // namespace

int play(std::string_view role) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (role == "opener") {
    return be_an_opener();
  }
  if (role == "buyers") {
    return be_buyers();
  }
  return role == "busy" ? be_busy() : 2;
}

}  // namespace kameng::test
