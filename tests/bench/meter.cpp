// meter.cpp - clocks, and the flush functions of the C library stood in for, so that they count.
#include "meter.hpp"

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<std::int64_t> sync_ns{0}, sync_count{0};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int counted_sync(long number, int file) {
  const std::int64_t begin = now_ns();
  const long code = ::syscall(number, file);
  sync_ns.fetch_add(now_ns() - begin, std::memory_order_relaxed);
  sync_count.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(code);
}

}  // namespace

// SQLite's calls come here, because the program's own symbols go before the C library's.
extern "C" {
__attribute__((visibility("default"))) int fdatasync(int file) {
  return counted_sync(SYS_fdatasync, file);
}
__attribute__((visibility("default"))) int fsync(int file) {
  return counted_sync(SYS_fsync, file);
}
}

namespace kameng::bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_now_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Spent& Spent::operator+=(const Spent& other) {
  wall_s += other.wall_s;
  cpu_s += other.cpu_s;
  sync_s += other.sync_s;
  syncs += other.syncs;
  return *this;
}

Spent measure(const std::function<void()>& stretch) {
  const double cpu = cpu_now_s();
  const std::int64_t sync = sync_ns.load();
  const std::int64_t count = sync_count.load();
  const std::int64_t begin = now_ns();
  stretch();
  const std::int64_t end = now_ns();
  return {static_cast<double>(end - begin) * 1e-9, cpu_now_s() - cpu,
          static_cast<double>(sync_ns.load() - sync) * 1e-9, sync_count.load() - count};
}

Spent measure_callers(int callers, std::size_t count,
                      const std::function<void(std::size_t)>& step) {
  if (callers == 1) {
    return measure([&] {
      for (std::size_t i = 0; i < count; ++i) {
        step(i);
      }
    });
  }
  std::latch start(callers + 1);
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      start.arrive_and_wait();
      for (auto i = static_cast<std::size_t>(caller); i < count;
           i += static_cast<std::size_t>(callers)) {
        step(i);
      }
    });
  }
  return measure([&] {
    start.arrive_and_wait();
    for (std::thread& thread : threads) {
      thread.join();
    }
  });
}

}  // namespace kameng::bench
