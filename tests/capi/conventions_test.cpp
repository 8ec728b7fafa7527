// conventions_test.cpp - one test for each numbered sentence at the top of kameng.h.
// symbols_test.py fails when a sentence has none.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kameng.h>

#include "support.hpp"

namespace kameng_capi_tests {
namespace {

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

// How many bytes `work` writes to standard output and standard error.
template <class Work>
long bytes_printed_by(const Work& work) {
  std::fflush(nullptr);
  std::FILE* const file = std::tmpfile();
  const std::array<int, 2> saved{dup(1), dup(2)};
  dup2(fileno(file), 1);
  dup2(fileno(file), 2);
  work();
  std::fflush(nullptr);
  dup2(saved[0], 1);
  dup2(saved[1], 2);
  close(saved[0]);
  close(saved[1]);
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file);
  std::fclose(file);
  return size;
}

}  // namespace

TEST_SUITE_BEGIN("capi");

// Goal: bindings hand over buffers, not C strings.
// Method: documents that are followed by bytes which would break them.
TEST_CASE("convention 1: a document need not end in NUL") {
  const std::string config = std::string(memory_config) + "{{{";
  kameng_engine engine = 0;
  REQUIRE(kameng_open(config.data(), memory_config.size(), nullptr, &engine, nullptr) == KAMENG_OK);
  CHECK(kameng_call(engine, plain_operation, R"({"as":"host"}]]])", as_host.size(), "{}]]]", 2,
                    nullptr) == KAMENG_OK);
  Answer answer;
  answer.status = kameng_call(engine, plain_operation, as_host.data(), as_host.size(), "{},", 3,
                              &answer.result);
  CHECK(answer.status == KAMENG_INVALID_ARGUMENT);
  kameng_close(engine);
}

// Goal: a host that has nothing to say says NULL.
// Method: NULL with size 0, and with another.
TEST_CASE("convention 2: a NULL document is the empty object only at size 0") {
  const TestEngine engine;
  CHECK(kameng_call(engine.handle, plain_operation, as_host.data(), as_host.size(), nullptr, 0,
                    nullptr) == KAMENG_OK);
  CHECK(kameng_call(engine.handle, plain_operation, as_host.data(), as_host.size(), nullptr, 2,
                    nullptr) == KAMENG_MISUSE);
}

// Goal: nothing of the host's is needed after the function has returned.
// Method: every argument is overwritten before the next call, the host struct too.
TEST_CASE("convention 3: what a host passes in is borrowed until the function returns") {
  std::string config(memory_config);
  std::string context(as_host);
  std::string operation(plain_operation);
  kameng_host host = empty_host();
  kameng_engine engine = 0;
  REQUIRE(kameng_open(config.data(), config.size(), &host, &engine, nullptr) == KAMENG_OK);
  config.assign(config.size(), '#');
  std::memset(&host, 0xee, sizeof host);
  Answer answer;
  call(engine, operation.c_str(), context, "{}", answer);
  const std::string before = answer.json();
  operation.assign(operation.size(), '#');
  context.assign(context.size(), '#');
  CHECK(answer.json() == before);
  call_plain(engine, answer);
  CHECK(answer.status == KAMENG_OK);
  CHECK(kameng_close(engine) == KAMENG_OK);
}

// Goal: a binding reads the result without looking at the status first.
// Method: success and every kind of failure, with a number in the variable beforehand.
TEST_CASE("convention 4: a result is written whether the call succeeds or fails") {
  const TestEngine engine;
  const auto expect_result = [](kameng_result result) {
    CHECK(result != 12345);
    CHECK(kameng_result_size(result) > 0);
    CHECK(kameng_result_free(result) == KAMENG_OK);
  };
  kameng_engine other = 0;
  kameng_result result = 12345;
  kameng_open("nonsense", 8, nullptr, &other, &result);
  expect_result(result);
  for (const char* const operation : {plain_operation, "nothing.happens", ""}) {
    result = 12345;
    kameng_call(engine.handle, operation, as_host.data(), as_host.size(), nullptr, 0, &result);
    expect_result(result);
  }
  result = 12345;
  kameng_call(0, nullptr, nullptr, 9, nullptr, 9, &result);
  expect_result(result);
}

// Goal: one shape of errors, wherever they come from.
// Method: an error of the operation, of the configuration and of this interface.
TEST_CASE("convention 5: a failed call has an error document") {
  const TestEngine engine;
  kameng_engine other = 0;
  const auto expect_error = [](const Answer& answer) {
    CHECK(answer.json().rfind(R"({"error":{)", 0) == 0);
    CHECK(answer.member("status") == kameng_status_name(answer.status));
    CHECK(answer.reason().find('.') != std::string::npos);
    CHECK_FALSE(answer.member("message").empty());
  };
  Answer unknown;
  call(engine.handle, "nothing.happens", as_host, "{}", unknown);
  expect_error(unknown);
  Answer config;
  open(R"({"nothing_like_this":1})", nullptr, other, config);
  expect_error(config);
  Answer misuse;
  call(0, plain_operation, "{}", "{}", misuse);
  expect_error(misuse);
}

// Goal: a host that wants the status alone gets it.
// Method: NULL results of a success and of failures.
TEST_CASE("convention 6: a NULL result pointer is allowed") {
  const TestEngine engine;
  kameng_engine other = 0;
  CHECK(kameng_call(engine.handle, plain_operation, as_host.data(), as_host.size(), nullptr, 0,
                    nullptr) == KAMENG_OK);
  CHECK(kameng_call(engine.handle, "nothing.happens", as_host.data(), as_host.size(), nullptr, 0,
                    nullptr) == KAMENG_UNIMPLEMENTED);
  CHECK(kameng_open("{", 1, nullptr, &other, nullptr) == KAMENG_INVALID_ARGUMENT);
}

// Goal: the text stays while the caller reads it, whatever else happens.
// Method: read it after other calls and after its engine has gone.
TEST_CASE("convention 8: a result's text lives until it is freed") {
  Answer answer;
  std::string before;
  {
    const TestEngine engine;
    call_plain(engine.handle, answer);
    before = answer.json();
    const char* const pointer = kameng_result_json(answer.result);
    for (int i = 0; i < 200; ++i) {
      Answer other;
      call_plain(engine.handle, other);
    }
    CHECK(kameng_result_json(answer.result) == pointer);
  }
  CHECK_FALSE(before.empty());
  CHECK(answer.json() == before);
}

// Goal: handles are numbers that may be wrong. misuse_test.cpp has the many ways.
// Method: the result of a closed engine's call in place of an engine.
TEST_CASE("convention 9: a wrong handle is MISUSE") {
  CHECK(kameng_close(0) == KAMENG_OK);
  CHECK(kameng_close(42) == KAMENG_MISUSE);
  CHECK(kameng_result_free(42) == KAMENG_MISUSE);
}

// Goal: an engine needs no lock around it. threads_test.cpp presses harder.
// Method: four threads call one engine.
TEST_CASE("convention 10: an engine serves many threads at once") {
  const TestEngine engine;
  std::array<kameng_status, 4> answers{};
  std::vector<std::thread> threads;
  for (kameng_status& status : answers) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25 && status == KAMENG_OK; ++i) {
        status = kameng_call(engine.handle, plain_operation, as_host.data(), as_host.size(),
                             nullptr, 0, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const kameng_status status : answers) {
    CHECK(status == KAMENG_OK);
  }
}

// Goal: the library is a guest in its host's process.
// Method: count threads and printed bytes around an engine's whole life.
TEST_CASE("convention 11: the library starts no threads and prints nothing") {
  std::size_t threads = 0;
  const std::size_t threads_before = threads_of_this_process();
  const long printed = bytes_printed_by([&] {
    kameng_engine engine = 0;
    kameng_open(memory_config.data(), memory_config.size(), nullptr, &engine, nullptr);
    kameng_call(engine, plain_operation, as_host.data(), as_host.size(), nullptr, 0, nullptr);
    kameng_call(engine, "nothing.happens", nullptr, 0, "nonsense", 8, nullptr);
    threads = threads_of_this_process();
    kameng_close(engine);
    kameng_close(engine);
  });
  CHECK(threads == threads_before);
  CHECK(printed == 0);
}

// Goal: a forked child does not share its parent's locks. fork_test.cpp has the cases.
// Method: one call in a child.
TEST_CASE("convention 12: after fork the parent's engine is MISUSE in the child") {
  const TestEngine engine;
  const pid_t child = fork();
  if (child == 0) {
    _exit(kameng_call(engine.handle, plain_operation, nullptr, 0, nullptr, 0, nullptr));
  }
  int how = 0;
  REQUIRE(waitpid(child, &how, 0) == child);
  CHECK(WIFEXITED(how));
  CHECK(WEXITSTATUS(how) == KAMENG_MISUSE);
}

// Goal: a slot never re-enters. host_test.cpp and sql_driver_test.cpp try every slot.
// Method: the clock closes its own engine.
TEST_CASE("convention 13: a slot that calls the engine gets MISUSE") {
  struct Meddler {
    kameng_engine engine;
    kameng_status answer;
    kameng_status registered;
  } meddler{0, KAMENG_OK, KAMENG_OK};
  kameng_host host = empty_host();
  host.user = &meddler;
  host.now_ms = [](void* user) {
    auto* const self = static_cast<Meddler*>(user);
    if (self->engine != 0) {
      self->answer = kameng_close(self->engine);
      self->registered = kameng_register_sql_driver("site", nullptr, nullptr);
    }
    return std::int64_t{1'790'000'000'000};
  };
  const TestEngine engine(memory_config, &host);
  meddler.engine = engine.handle;
  Answer answer;
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
  CHECK(meddler.answer == KAMENG_MISUSE);
  CHECK(meddler.registered == KAMENG_MISUSE);
}

// Goal: a program that was compiled last year fits the library of today. The functions are watched
// by symbols_test.py and abi_test.sh.
// Method: the places of the slots on this kind of machine, written down.
TEST_CASE("convention 14: the slots of structs stay where they are") {
  constexpr std::size_t pointer = sizeof(void*);
  CHECK(offsetof(kameng_host, struct_size) == 0);
  CHECK(offsetof(kameng_host, user) == 8);
  CHECK(offsetof(kameng_host, now_ms) == 8 + pointer);
  CHECK(offsetof(kameng_host, random) == 8 + 2 * pointer);
  CHECK(offsetof(kameng_host, log) == 8 + 3 * pointer);
  CHECK(offsetof(kameng_host, load_key) == 8 + 4 * pointer);
  CHECK(offsetof(kameng_host, destroy) == 8 + 5 * pointer);
  CHECK(offsetof(kameng_sql_driver, user) == 16);
  CHECK(offsetof(kameng_sql_driver, acquire) == 16 + pointer);
  CHECK(offsetof(kameng_sql_driver, constraint) == 16 + 17 * pointer);
  CHECK(offsetof(kameng_sql_driver, destroy) == 16 + 18 * pointer);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
