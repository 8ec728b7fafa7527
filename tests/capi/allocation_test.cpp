// allocation_test.cpp - memory runs out at every single place in turn.
//
// The library takes its operator new from this program, so the program decides which one fails.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include <doctest/doctest.h>

#include <kameng.h>

#include "support.hpp"

namespace {

// The allocations of this thread that still succeed; below 0 all do.
thread_local long allocations_left = -1;
thread_local bool has_failed = false;

void* allocate(std::size_t size) noexcept {
  if (allocations_left == 0) {
    has_failed = true;
    return nullptr;
  }
  if (allocations_left > 0) {
    --allocations_left;
  }
  return std::malloc(size != 0 ? size : 1);
}

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace kameng_capi_tests {
namespace {

// Runs `work` with the first, the second, ... allocation failing until it needs no more than it is
// given. Returns how many times memory ran out.
template <class Work>
int with_every_allocation_failing(const Work& work) {
  int runs = 0;
  while (true) {
    allocations_left = runs;
    has_failed = false;
    work();
    allocations_left = -1;
    if (!has_failed) {
      return runs;
    }
    ++runs;
  }
}

}  // namespace

TEST_SUITE_BEGIN("capi_memory");

// Goal: no place where memory runs out ends the host's process or leaves it a broken answer.
// Method: every allocation of an open, a call and a refused call fails in turn.
TEST_CASE("convention 7: memory that runs out is an answer like every other") {
  const TestEngine engine;
  // The last answer that is neither the usual one nor one of the two that want of memory may have:
  // INTERNAL is for a place inside the engine that catches the exception and knows no better.
  std::string odd;
  const auto check = [&](kameng_status status, kameng_result result, kameng_status otherwise) {
    allocations_left = -1;
    const bool is_usual = status == otherwise;
    const bool is_want = status == KAMENG_OUT_OF_MEMORY || status == KAMENG_INTERNAL;
    const bool is_told = result == 0 || kameng_result_status(result) == status;
    if (!(is_usual || is_want) || !is_told) {
      odd = std::string(kameng_status_name(status)) + " " + kameng_result_json(result);
    }
    kameng_result_free(result);
  };
  const int while_opening = with_every_allocation_failing([&] {
    kameng_engine opened = 0;
    kameng_result result = 0;
    const kameng_status status =
        kameng_open(memory_config.data(), memory_config.size(), nullptr, &opened, &result);
    check(status, result, KAMENG_OK);
    kameng_close(opened);
  });
  CHECK(while_opening > 0);

  // In memory readers go the writers' way; in a file they have connections of their own.
  const TempFolder folder;
  kameng_host host = empty_host();
  host.load_key = [](void*, std::uint8_t* key) {
    std::fill_n(key, 32, std::uint8_t{9});
    return std::int32_t{0};
  };
  const TestEngine in_file(
      R"({"storage":{"driver":"sqlite","path":")" + folder.path() + "/shop.db\"}}", &host);
  for (const kameng_engine handle : {engine.handle, in_file.handle}) {
    const auto while_calling = [&](const char* operation, kameng_status otherwise) {
      return with_every_allocation_failing([&] {
        kameng_result result = 0;
        const kameng_status status =
            kameng_call(handle, operation, as_host.data(), as_host.size(), nullptr, 0, &result);
        check(status, result, otherwise);
      });
    };
    CHECK(while_calling(plain_operation, KAMENG_OK) > 0);
    CHECK(while_calling("nothing.happens", KAMENG_UNIMPLEMENTED) > 0);
  }
  CHECK(odd == "");
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
