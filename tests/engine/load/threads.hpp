// threads.hpp - jobs done by several threads that start together.
#pragma once

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace kameng::test {

// Runs body(0) ... body(jobs - 1), each once; a thread takes the next job when it is done with one.
template <class Body>
void share_out(int threads, int jobs, const Body& body) {
  std::atomic<int> next{0};
  std::latch start(threads);
  std::vector<std::thread> workers;
  for (int n = 0; n < threads; ++n) {
    workers.emplace_back([&] {
      start.arrive_and_wait();
      for (int job = next++; job < jobs; job = next++) {
        body(job);
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
}

}  // namespace kameng::test
