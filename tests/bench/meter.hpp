// meter.hpp - what a stretch of the run cost: wall time, the process's CPU, and how long it waited
// for flushes, and what it wrote to SQLite's logs.
#pragma once

#include <cstdint>
#include <functional>

namespace kameng::bench {

struct Spent {
  double wall_s = 0, cpu_s = 0;
  double sync_s = 0;  // inside fdatasync and fsync, summed over the threads
  std::int64_t syncs = 0;
  std::int64_t wal_bytes = 0;  // written to files whose name ends in -wal
  Spent& operator+=(const Spent& other);
};

// Runs it, and measures.
[[nodiscard]] Spent measure(const std::function<void()>& stretch);

// Runs step(i) for i below `count`, spread over `callers` threads that start at the same moment;
// one caller is the calling thread.
[[nodiscard]] Spent measure_callers(int callers, std::size_t count,
                                    const std::function<void(std::size_t)>& step);

}  // namespace kameng::bench
