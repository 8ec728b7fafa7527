// allocation_test.cpp - memory runs out at every single place in turn.
//
// The library takes its operator new from this program, so the program decides which one fails.
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
// Method: every allocation of a failing open and of a refused call fails in turn.
TEST_CASE("convention 7: memory that runs out is an answer like every other") {
  const TestEngine engine;
  int unexpected = 0;
  const auto check = [&](kameng_status status, kameng_result result, kameng_status otherwise) {
    if (status == KAMENG_OUT_OF_MEMORY) {
      unexpected += result != 0 && kameng_result_status(result) != KAMENG_OUT_OF_MEMORY ? 1 : 0;
    } else {
      unexpected += status != otherwise && status != KAMENG_INTERNAL ? 1 : 0;
    }
    kameng_result_free(result);
  };
  const int while_opening = with_every_allocation_failing([&] {
    kameng_engine none = 0;
    kameng_result result = 0;
    const kameng_status status = kameng_open("[]", 2, nullptr, &none, &result);
    check(status, result, KAMENG_INVALID_ARGUMENT);
  });
  const int while_calling = with_every_allocation_failing([&] {
    kameng_result result = 0;
    const kameng_status status =
        kameng_call(engine.handle, "nothing.happens", nullptr, 0, nullptr, 0, &result);
    check(status, result, KAMENG_UNIMPLEMENTED);
  });
  CHECK(unexpected == 0);
  CHECK(while_opening > 0);
  CHECK(while_calling > 0);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
