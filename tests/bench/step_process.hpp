// step_process.hpp - a process of its own that does one step of work at a time when it is told to,
// so that two things are measured in turns and each has its memory for itself.
#pragma once

#include <cstdint>
#include <functional>

#include <sys/types.h>

#include "meter.hpp"

namespace kameng::bench {

struct StepOrder {
  enum class Kind : std::uint8_t { import, trade_meanwhile, verify } kind = Kind::import;
  int first = 0, count = 0;  // codes
  int rows = 0;              // in a transaction, of the hand-written import
};

struct StepReport {
  Spent spent;
  std::int64_t commits = 0;
  std::int64_t resident_kib = 0, peak_kib = 0;  // filled by the process itself
  int trades = 0;
  double p50_ms = 0, p99_ms = 0, worst_ms = 0;  // of order.place
};

[[nodiscard]] std::int64_t status_kib(const char* name);  // VmRSS, VmHWM of this process

class StepProcess {
 public:
  using Step = std::function<StepReport(const StepOrder&)>;
  // Forks; `make` runs in the new process. No other thread may run in this one.
  explicit StepProcess(const std::function<Step()>& make);
  StepProcess(const StepProcess&) = delete;
  StepProcess& operator=(const StepProcess&) = delete;
  ~StepProcess();
  // Ends the program when the process has ended.
  StepReport run(const StepOrder& order);

 private:
  pid_t process_ = 0;
  int orders_ = -1, reports_ = -1;
};

}  // namespace kameng::bench
