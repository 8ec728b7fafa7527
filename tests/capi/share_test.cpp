#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include <kameng.h>

#include "support.hpp"

namespace kameng_capi_tests {

namespace {

// A host that only counts how often the engine fetched the key: once for each engine that is made.
struct KeyHost {
  KeyHost() {
    slots.user = this;
    slots.load_key = [](void* user, std::uint8_t* key) {
      ++static_cast<KeyHost*>(user)->engines_made;
      std::fill_n(key, 32, std::uint8_t{9});
      return std::int32_t{0};
    };
    slots.destroy = [](void* user) { ++static_cast<KeyHost*>(user)->destroyed; };
  }
  kameng_host slots = empty_host();
  std::atomic<int> engines_made{0};
  std::atomic<int> destroyed{0};
};

// Shared engines outlive their tests, so do their hosts.
KeyHost& lasting_host() {
  return *new KeyHost;
}

std::string shared_config(const std::string& path) {
  return R"({"share":true,"storage":{"driver":"sqlite","path":")" + path + "\"}}";
}

}  // namespace

TEST_SUITE_BEGIN("capi");

// Goal: one engine per process, however many threads open it at once.
// Method: eight threads open one new configuration; the key is fetched once.
TEST_CASE("threads that open one shared configuration get one engine") {
  const TempFolder folder;
  const std::string config = shared_config(folder.path() + "/shop.db");
  KeyHost& host = lasting_host();
  std::array<kameng_engine, 8> engines{};
  std::array<kameng_status, 8> answers{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    threads.emplace_back([&, i] {
      if (kameng_open(config.data(), config.size(), &host.slots, &engines[i], nullptr) ==
          KAMENG_OK) {
        answers[i] = kameng_call(engines[i], plain_operation, as_host.data(), as_host.size(),
                                 nullptr, 0, nullptr);
      } else {
        answers[i] = KAMENG_INTERNAL;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (std::size_t i = 0; i < engines.size(); ++i) {
    CHECK(answers[i] == KAMENG_OK);
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(engines[i] != engines[j]);  // each opening has a handle of its own
    }
    CHECK(kameng_close(engines[i]) == KAMENG_OK);
    CHECK(kameng_close(engines[i]) == KAMENG_MISUSE);
  }
  CHECK(host.engines_made == 1);
  CHECK(host.destroyed == 0);
}

// Goal: a PHP request finds the engine that the request before it left, and fast.
// Method: close the last handle, then open a hundred times; the fastest is what the work costs.
TEST_CASE("a shared engine stays open when nobody uses it") {
  const TempFolder folder;
  const std::string config = shared_config(folder.path() + "/shop.db");
  KeyHost& host = lasting_host();
  { const TestEngine first(config, &host.slots); }
  auto fastest = std::chrono::nanoseconds::max();
  for (int i = 0; i < 100; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const TestEngine again(config, &host.slots);
    fastest = std::min<std::chrono::nanoseconds>(fastest, std::chrono::steady_clock::now() - begin);
  }
  CHECK(host.engines_made == 1);
  CHECK(host.destroyed == 0);
  CHECK(fastest < std::chrono::milliseconds(1));
}

// Goal: sharing is asked for, and only equal openings share.
// Method: another host, other bytes, no "share".
TEST_CASE("openings that differ get engines of their own") {
  const TempFolder folder;
  const std::string config = shared_config(folder.path() + "/shop.db");
  KeyHost& host = lasting_host();
  KeyHost& other_host = lasting_host();
  const TestEngine one(config, &host.slots);
  const TestEngine two(config, &other_host.slots);
  CHECK(host.engines_made == 1);
  CHECK(other_host.engines_made == 1);
  const TestEngine three(config + " ", &host.slots);
  CHECK(host.engines_made == 2);

  KeyHost own;
  {
    const TestEngine four(memory_config, &own.slots);
    const TestEngine five(memory_config, &own.slots);
    CHECK(own.engines_made == 2);
  }
  CHECK(own.destroyed == 2);
}

// Goal: after a deployment has moved the link `current`, the shop of the new release is opened.
// Method: one configuration through a link that points to one folder, then to another.
TEST_CASE("the real path of the storage is part of what is shared") {
  const TempFolder folder;
  const std::filesystem::path base(folder.path());
  std::filesystem::create_directory(base / "first");
  std::filesystem::create_directory(base / "second");
  std::filesystem::create_directory_symlink(base / "first", base / "current");
  const std::string config = shared_config((base / "current" / "shop.db").string());
  KeyHost& host = lasting_host();
  { const TestEngine first(config, &host.slots); }
  { const TestEngine again(config, &host.slots); }
  CHECK(host.engines_made == 1);
  std::filesystem::remove(base / "current");
  std::filesystem::create_directory_symlink(base / "second", base / "current");
  { const TestEngine second(config, &host.slots); }
  CHECK(host.engines_made == 2);
}

// Goal: a shared engine that failed to open is tried again, not remembered as open.
// Method: a folder that is missing, then made.
TEST_CASE("a shared engine that failed to open can be opened later") {
  const TempFolder folder;
  const std::filesystem::path base(folder.path());
  const std::string config = shared_config((base / "later" / "shop.db").string());
  KeyHost& host = lasting_host();
  kameng_engine engine = 0;
  Answer answer;
  open(config, &host.slots, engine, answer);
  CHECK(answer.status != KAMENG_OK);
  CHECK(engine == 0);
  CHECK(host.destroyed == 1);
  std::filesystem::create_directory(base / "later");
  { const TestEngine opened(config, &host.slots); }
  CHECK(host.destroyed == 1);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
