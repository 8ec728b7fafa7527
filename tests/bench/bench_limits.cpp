// bench_limits.cpp - what a rate limit costs a call: in memory and in a file, for one caller and
// for several, and for a call that is refused.
//
//     bench_limits [--smoke] [--dir FOLDER]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <kameng/limit.hpp>

#include "base/random.hpp"
#include "folder.hpp"
#include "limit/limiter.hpp"
#include "meter.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

using Json = nlohmann::json;

constexpr std::size_t addresses = 10'000;
constexpr TimeMs start_ms = 1'790'000'000'000;

std::shared_ptr<const keys::KeyRing> make_ring() {
  SeededRandom random(1);
  auto masters = std::make_shared<keys::MasterKeys>(keys::MasterKey::draw(random));
  auto ring = keys::KeyRing::make(std::move(masters), keys::draw_data_keys(random));
  if (!ring.ok()) {
    fail("limits", ring.error().reason);
  }
  return *ring;
}

IpAddress address_of(std::size_t number) {
  return IpAddress::of({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10,
                        static_cast<std::uint8_t>(number >> 16),
                        static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
}

// Microseconds for each call by many addresses, all of which pass; and for each that is refused.
Json costs(const std::string& path, int callers, std::size_t calls) {
  const auto ring = make_ring();
  limit::Options options{.place = {.path = path}, .config = {}, .operations = {}};
  options.config.ip.per_minute = limit::rate_max;
  options.config.ip.burst = limit::rate_max;
  limit::Limiter wide(options, *ring);
  options.config.ip.per_minute = 1;
  options.config.ip.burst = 1;
  limit::Limiter narrow(options, *ring);
  const auto take = [](limit::Limiter& limiter, std::size_t number, std::string_view reason) {
    const limit::Attempt attempt{"order.place", start_ms, Deadline::after_ms(60'000)};
    const Result<void> taken = limiter.take(address_of(number), attempt, nullptr);
    const std::string_view heard = taken.ok() ? "" : std::string_view(taken.error().reason);
    if (heard != reason) {
      fail("limits", heard);
    }
  };
  const Spent passed =
      measure_callers(callers, calls, [&](std::size_t call) { take(wide, call % addresses, ""); });
  take(narrow, addresses, "");
  const Spent refused = measure_callers(
      callers, calls, [&](std::size_t) { take(narrow, addresses, "limit.exceeded"); });
  const auto each_us = [&](const Spent& spent) {
    return spent.wall_s * 1e6 / static_cast<double>(calls);
  };
  std::printf("%-8s %d callers: %6.2f us a call, %6.2f us a refusal\n",
              path == ":memory:" ? "memory" : "file", callers, each_us(passed), each_us(refused));
  return {{"path", path == ":memory:" ? "memory" : "file"},
          {"callers", callers},
          {"passed_us", each_us(passed)},
          {"refused_us", each_us(refused)}};
}

}  // namespace
}  // namespace kameng::bench

int main(int count, char** arguments) {
  using namespace kameng::bench;
  std::size_t calls = 200'000;
  std::string where = std::filesystem::temp_directory_path().string();
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--smoke") {
      calls = 2'000;
    } else if (name == "--dir" && i + 1 < count) {
      where = arguments[++i];
    } else {
      fail(name, "not an option, or its value is missing");
    }
  }
  const Folder folder(std::filesystem::absolute(where).string());
  Json figures = Json::array();
  for (const int callers : {1, 4}) {
    figures.push_back(costs(":memory:", callers, calls));
    figures.push_back(
        costs(folder.path() + "/" + std::to_string(callers) + "-limits", callers, calls));
  }
  std::printf("%s\n", Json{{"bench", "limits"}, {"figures", figures}}.dump().c_str());
  return 0;
}
