// fixture.hpp - a limiter with keys of its own, and calls at times of the test's choosing. What
// would be in memory is on a server when the tests run on one.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "limit/limit_sql.hpp"
#include "limit/limiter.hpp"
#include "support/memory_database.hpp"

namespace kameng::limit {

inline constexpr TimeMs start_ms = 1'790'000'000'000;

inline std::shared_ptr<const keys::KeyRing> ring() {
  SeededRandom random(7);
  auto masters = std::make_shared<keys::MasterKeys>(keys::MasterKey::draw(random));
  return keys::KeyRing::make(std::move(masters), keys::draw_data_keys(random)).value();
}

// A limiter, and what it says: "ok" or the reason.
struct Gate {
  std::shared_ptr<const keys::KeyRing> keys = ring();
  std::unique_ptr<tests::MemoryDatabase> server;
  Limiter limiter;
  Allowance allowance = {};
  Error error = {};

  explicit Gate(Options options)
      : server(on_server_too(options)), limiter(placed(std::move(options)), *keys) {}

  std::string from(const std::string& ip, std::int64_t after_ms = 0,
                   std::string_view operation = "order.get") {
    return told(limiter.take(IpAddress::parse(ip).value(), at(operation, after_ms), &allowance));
  }
  std::string by(const AccountId& account, std::int64_t after_ms = 0,
                 std::string_view operation = "order.get") {
    return told(limiter.take(account, at(operation, after_ms), &allowance));
  }
  // How many of so many calls at once pass.
  int passing(int calls, const std::string& ip, std::int64_t after_ms = 0) {
    int passed = 0;
    for (int i = 0; i < calls; ++i) {
      passed += from(ip, after_ms) == "ok" ? 1 : 0;
    }
    return passed;
  }
  [[nodiscard]] std::string detail(const std::string& name) const {
    for (const auto& [key, value] : error.details) {
      if (key == name) {
        return value;
      }
    }
    return "absent";
  }

 private:
  [[nodiscard]] static std::unique_ptr<tests::MemoryDatabase> on_server_too(
      const Options& options) {
    if (!test::on_server() || options.place.path != ":memory:") {
      return nullptr;
    }
    return std::make_unique<tests::MemoryDatabase>(
        std::initializer_list<sql::Script>{server_schema});
  }
  [[nodiscard]] Options placed(Options options) const {
    if (server) {
      options.place.path.clear();
      options.place.shop = &server->database();
    }
    return options;
  }
  [[nodiscard]] static Attempt at(std::string_view operation, std::int64_t after_ms) {
    return {operation, start_ms + after_ms, Deadline::after_ms(10'000)};
  }
  std::string told(Result<void> taken) {
    if (taken.ok()) {
      return "ok";
    }
    error = std::move(taken).error();
    return error.reason;
  }
};

inline Options in_memory() {
  return {.place = {.path = ":memory:"}, .config = {}, .operations = {}};
}

inline Options in_file(const std::string& path) {
  return {.place = {.path = path}, .config = {}, .operations = {}};
}

}  // namespace kameng::limit
