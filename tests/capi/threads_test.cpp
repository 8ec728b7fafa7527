#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <kameng.h>

#include "capi/handle_table.hpp"
#include "support.hpp"

namespace kameng_capi_tests {

namespace {

// A clock that, once shut, holds the first thread that looks at it until it is let go.
class Gate {
 public:
  [[nodiscard]] kameng_host host() {
    kameng_host host = empty_host();
    host.user = this;
    host.now_ms = [](void* user) {
      static_cast<Gate*>(user)->pass();
      return std::int64_t{1'790'000'000'000};
    };
    return host;
  }
  void shut() { is_shut_ = true; }
  void wait_until_somebody_waits() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waits_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    is_shut_ = false;
    changed_.notify_all();
  }

 private:
  void pass() {
    if (!is_shut_) {
      return;
    }
    std::unique_lock lock(mutex_);
    if (waits_) {
      return;
    }
    waits_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !is_shut_; });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> is_shut_{false};
  bool waits_ = false;
};

struct Item {
  int value = 0;
};
using ItemTable = kameng::capi::HandleTable<Item, kameng::capi::HandleKind::result>;

}  // namespace

TEST_SUITE_BEGIN("capi_threads");

// Goal: nobody's call loses its engine under its feet.
// Method: a call is held inside the clock slot; closing must not return before it is let go, and
// calls that begin meanwhile are refused.
TEST_CASE("closing waits for the call that is running") {
  Gate gate;
  const kameng_host host = gate.host();
  kameng_engine engine = 0;
  REQUIRE(kameng_open(memory_config.data(), memory_config.size(), &host, &engine, nullptr) ==
          KAMENG_OK);
  gate.shut();
  std::atomic<kameng_status> called{-1};
  std::thread caller([&] {
    called =
        kameng_call(engine, plain_operation, as_host.data(), as_host.size(), nullptr, 0, nullptr);
  });
  gate.wait_until_somebody_waits();
  std::atomic<bool> closed{false};
  std::thread closer([&] {
    kameng_close(engine);
    closed = true;
  });
  // The closer has begun once new calls are refused. The gate holds the first caller alone.
  while (kameng_call(engine, plain_operation, as_host.data(), as_host.size(), nullptr, 0,
                     nullptr) != KAMENG_MISUSE) {
    std::this_thread::yield();
  }
  CHECK_FALSE(closed);
  CHECK(called == -1);
  gate.let_go();
  caller.join();
  closer.join();
  CHECK(closed);
  CHECK(called == KAMENG_OK);
}

// Goal: an engine serves many threads, and closing it in the middle of them is orderly.
// Method: four threads call until they are refused; each answer is a success or MISUSE.
TEST_CASE("threads that call while the engine closes get answers or MISUSE") {
  for (int round = 0; round < 5; ++round) {
    kameng_engine engine = 0;
    REQUIRE(kameng_open(memory_config.data(), memory_config.size(), nullptr, &engine, nullptr) ==
            KAMENG_OK);
    std::atomic<int> answered{0};
    std::atomic<int> odd{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        kameng_status status = KAMENG_OK;
        while (status == KAMENG_OK) {
          kameng_result result = 0;
          status = kameng_call(engine, plain_operation, as_host.data(), as_host.size(), nullptr, 0,
                               &result);
          answered += status == KAMENG_OK ? 1 : 0;
          odd += kameng_result_status(result) == status ? 0 : 1;
          odd += kameng_result_free(result) == KAMENG_OK ? 0 : 1;
        }
        odd += status == KAMENG_MISUSE ? 0 : 1;
      });
    }
    while (answered < 20 && odd == 0) {
      std::this_thread::yield();
    }
    CHECK(kameng_close(engine) == KAMENG_OK);
    for (std::thread& thread : threads) {
      thread.join();
    }
    CHECK(odd == 0);
  }
}

// Goal: two threads never hold one handle.
// Method: threads take and end handles of one table as fast as they can; each writes into its slot
// and must find its own value again.
TEST_CASE("the handle table gives every handle to one thread") {
  static ItemTable table;
  std::atomic<int> odd{0};
  std::vector<std::thread> threads;
  for (int i = 1; i <= 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5000; ++round) {
        const kameng::capi::Handle first = table.take();
        const kameng::capi::Handle second = table.take();
        table.find(first)->value = i;
        table.find(second)->value = -i;
        odd += table.find(first)->value == i && table.find(second)->value == -i ? 0 : 1;
        for (const kameng::capi::Handle handle : {first, second}) {
          odd += table.begin_end(handle) != nullptr && table.begin_end(handle) == nullptr ? 0 : 1;
          table.finish(handle);
          odd += table.find(handle) == nullptr ? 0 : 1;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(odd == 0);
}

// Goal: the table grows past its first chunks and gives no handle twice.
// Method: take 1,000 at once.
TEST_CASE("the handle table grows") {
  static ItemTable table;
  std::set<kameng::capi::Handle> handles;
  for (int i = 0; i < 1000; ++i) {
    const kameng::capi::Handle handle = table.take();
    REQUIRE(handle != 0);
    CHECK(static_cast<std::int64_t>(handle) > 0);
    handles.insert(handle);
    table.find(handle)->value = i;
  }
  CHECK(handles.size() == 1000);
  for (const kameng::capi::Handle handle : handles) {
    REQUIRE(table.begin_end(handle) != nullptr);
    table.finish(handle);
  }
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
