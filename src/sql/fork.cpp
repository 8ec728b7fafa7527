// fork.cpp - counting forks.
#include "sql/fork.hpp"

#include <atomic>

#include <pthread.h>

namespace kameng::sql {
namespace {

std::atomic<int> generation{0};

extern "C" {
static void count_fork() {
  generation.fetch_add(1, std::memory_order_relaxed);
}
}

}  // namespace

int fork_generation() noexcept {
  // Without memory for the handler nothing is counted; the process that runs out of it so early has
  // other worries.
  [[maybe_unused]] static const int registered = pthread_atfork(nullptr, nullptr, count_fork);
  return generation.load(std::memory_order_relaxed);
}

}  // namespace kameng::sql
