// disk_fault.hpp - one short life of a shop, in which one call to the file system fails.
//
// The life: open a new file, make goods, import codes, trade, checkpoint, close. Its clock and its
// random numbers are always the same, so the n-th write of one life is, but for the slices of its
// imports, that of every other.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/fault_vfs.hpp"

namespace kameng::test {

struct DiskFault {
  FaultVfs::Trouble trouble;
  std::int64_t nth = 0;     // 0: nothing fails
  bool power_goes = false;  // at the end, instead of closing
  bool durable = true;      // false: commits are not flushed, to see that it would be noticed
};

struct DiskLife {
  std::array<std::int64_t, FaultVfs::call_kinds> calls{};  // to the file system, until closed
  std::int64_t met = 0;                                    // calls that failed
  std::int64_t acknowledged = 0;
  std::map<std::string, int> answers;   // reasons that callers were given while it failed
  std::int64_t checkpointed_bytes = 0;  // by which run_due made the database file larger
  std::vector<std::string> problems;
};

// Lives it on the file system `vfs`, which nobody else uses meanwhile. When a call fails or puts
// something off: the same call again, with its key, must succeed on the same engine as soon as the
// cause is gone, then one more trade; then the file is opened again and the book (book.hpp) held
// against it. From any thread.
[[nodiscard]] DiskLife live_through(const std::string& vfs, const DiskFault& fault);

}  // namespace kameng::test
