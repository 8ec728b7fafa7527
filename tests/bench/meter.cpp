// meter.cpp - clocks, and the flush functions of the C library stood in for, so that they count.
#include "meter.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<std::int64_t> sync_ns{0}, sync_count{0}, wal_bytes{0};

// Whether a descriptor is a log: asked once, as SQLite keeps its files open.
enum class Kind : std::uint8_t { unknown, log, other };
std::array<std::atomic<Kind>, 1024> kinds{};

bool is_log(int file) {
  if (file < 0 || static_cast<std::size_t>(file) >= kinds.size()) {
    return false;
  }
  std::atomic<Kind>& kind = kinds[static_cast<std::size_t>(file)];
  if (kind == Kind::unknown) {
    std::array<char, 512> name{};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
    const std::string_view target(name.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    kind = target.ends_with("-wal") ? Kind::log : Kind::other;
  }
  return kind == Kind::log;
}

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
__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, size_t size,
                                                        off_t at) {
  const long written = ::syscall(SYS_pwrite64, file, bytes, size, at);
  if (written > 0 && is_log(file)) {
    wal_bytes.fetch_add(written, std::memory_order_relaxed);
  }
  return written;
}
__attribute__((visibility("default"))) int close(int file) {
  if (file >= 0 && static_cast<std::size_t>(file) < kinds.size()) {
    kinds[static_cast<std::size_t>(file)] = Kind::unknown;
  }
  return static_cast<int>(::syscall(SYS_close, file));
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
  wal_bytes += other.wal_bytes;
  return *this;
}

Spent measure(const std::function<void()>& stretch) {
  const double cpu = cpu_now_s();
  const std::int64_t sync = sync_ns.load();
  const std::int64_t count = sync_count.load();
  const std::int64_t written = wal_bytes.load();
  const std::int64_t begin = now_ns();
  stretch();
  const std::int64_t end = now_ns();
  return {static_cast<double>(end - begin) * 1e-9, cpu_now_s() - cpu,
          static_cast<double>(sync_ns.load() - sync) * 1e-9, sync_count.load() - count,
          wal_bytes.load() - written};
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
