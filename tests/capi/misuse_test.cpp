#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <kameng.h>

#include "support.hpp"

namespace kameng_capi_tests {

TEST_SUITE_BEGIN("capi");

// Goal: a closed engine is known to be closed, also when its slot is in use again.
// Method: close, call, open another, call with the old handle.
TEST_CASE("a dead engine handle is MISUSE") {
  kameng_engine dead = 0;
  Answer answer;
  open(memory_config, nullptr, dead, answer);
  REQUIRE(answer.status == KAMENG_OK);
  REQUIRE(kameng_close(dead) == KAMENG_OK);
  CHECK(kameng_close(dead) == KAMENG_MISUSE);
  call_plain(dead, answer);
  CHECK(answer.status == KAMENG_MISUSE);
  CHECK(answer.reason() == "handle.dead");

  const TestEngine next;
  CHECK(next.handle != dead);
  call_plain(dead, answer);
  CHECK(answer.reason() == "handle.dead");
  CHECK(kameng_close(dead) == KAMENG_MISUSE);
  call_plain(next.handle, answer);
  CHECK(answer.status == KAMENG_OK);
}

// Goal: freeing twice harms nothing, also when the slot is in use again.
// Method: free, free again, read, and do the same after another result took the slot.
TEST_CASE("a freed result is MISUSE and reads as empty") {
  const TestEngine engine;
  kameng_result dead = 0;
  kameng_call(engine.handle, plain_operation, nullptr, 0, nullptr, 0, &dead);
  REQUIRE(dead != 0);
  REQUIRE(kameng_result_free(dead) == KAMENG_OK);
  CHECK(kameng_result_free(dead) == KAMENG_MISUSE);
  CHECK(kameng_result_status(dead) == KAMENG_MISUSE);
  CHECK(std::string_view(kameng_result_json(dead)).empty());
  CHECK(kameng_result_size(dead) == 0);

  Answer next;
  call_plain(engine.handle, next);
  CHECK(kameng_result_free(dead) == KAMENG_MISUSE);
  CHECK(kameng_result_status(next.result) == KAMENG_OK);
  CHECK_FALSE(next.json().empty());
}

// Goal: 0 is none everywhere.
// Method: hand it to every function that takes a handle.
TEST_CASE("the handle 0 is nothing to close or free, and MISUSE to use") {
  CHECK(kameng_close(0) == KAMENG_OK);
  CHECK(kameng_result_free(0) == KAMENG_OK);
  CHECK(kameng_result_status(0) == KAMENG_MISUSE);
  CHECK(std::string_view(kameng_result_json(0)).empty());
  CHECK(kameng_result_size(0) == 0);
  Answer answer;
  call_plain(0, answer);
  CHECK(answer.status == KAMENG_MISUSE);
  CHECK(answer.reason() == "handle.dead");
}

// Goal: an engine and a result are not taken for each other.
// Method: swap them.
TEST_CASE("a handle of the other kind is MISUSE") {
  const TestEngine engine;
  Answer answer;
  CHECK(kameng_result_free(engine.handle) == KAMENG_MISUSE);
  CHECK(kameng_result_status(engine.handle) == KAMENG_MISUSE);
  CHECK(kameng_close(engine.opened.result) == KAMENG_MISUSE);
  call_plain(engine.opened.result, answer);
  CHECK(answer.status == KAMENG_MISUSE);
  CHECK(answer.reason() == "handle.wrong_kind");
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
}

// Goal: no number makes the library read memory that is not its own.
// Method: every single-bit neighbour of two live handles, and some round numbers.
TEST_CASE("made-up handles are MISUSE") {
  const TestEngine engine;
  Answer answer;
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t flip = std::uint64_t{1} << bit;
    call_plain(engine.handle ^ flip, answer);
    CHECK(answer.status == KAMENG_MISUSE);
    CHECK(kameng_close(engine.handle ^ flip) == KAMENG_MISUSE);
    CHECK(kameng_result_free(engine.opened.result ^ flip) == KAMENG_MISUSE);
  }
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{0xffff}, UINT64_MAX,
                                     UINT64_MAX >> 1, std::uint64_t{1} << 56}) {
    CHECK(kameng_close(number) == KAMENG_MISUSE);
    CHECK(kameng_result_free(number) == KAMENG_MISUSE);
  }
}

// Goal: NULL where something is needed is an error with a reason, not a crash.
// Method: each pointer of each function in turn.
TEST_CASE("NULL arguments are MISUSE") {
  const TestEngine engine;
  kameng_engine none = 7;
  Answer answer;
  const auto expect_null_argument = [&](kameng_status status) {
    CHECK(status == KAMENG_MISUSE);
    CHECK(answer.reason() == "call.null_argument");
    CHECK(kameng_result_free(answer.result) == KAMENG_OK);
    answer.result = 0;
  };
  expect_null_argument(kameng_open(nullptr, 5, nullptr, &none, &answer.result));
  CHECK(none == 0);
  expect_null_argument(
      kameng_open(memory_config.data(), memory_config.size(), nullptr, nullptr, &answer.result));
  expect_null_argument(kameng_call(engine.handle, nullptr, nullptr, 0, nullptr, 0, &answer.result));
  expect_null_argument(
      kameng_call(engine.handle, plain_operation, nullptr, 1, nullptr, 0, &answer.result));
  expect_null_argument(
      kameng_call(engine.handle, plain_operation, nullptr, 0, nullptr, 1, &answer.result));
}

// Goal: a size that went below zero in the caller's arithmetic is not believed.
// Method: the sizes that (size_t)-1 and its like make.
TEST_CASE("sizes that memory cannot have are MISUSE") {
  const TestEngine engine;
  for (const std::size_t size : {SIZE_MAX, SIZE_MAX / 2 + 1}) {
    Answer answer;
    answer.status =
        kameng_call(engine.handle, plain_operation, "{}", size, "{}", 2, &answer.result);
    CHECK(answer.status == KAMENG_MISUSE);
    CHECK(answer.reason() == "call.size_invalid");
  }
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
