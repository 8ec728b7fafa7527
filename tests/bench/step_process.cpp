// step_process.cpp - see step_process.hpp. Orders and reports go through pipes as they lie in
// memory.
#include "step_process.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <type_traits>

#include <sys/wait.h>
#include <unistd.h>

#include "shop.hpp"

namespace kameng::bench {
namespace {

static_assert(std::is_trivially_copyable_v<StepOrder> && std::is_trivially_copyable_v<StepReport>);

// Both are far below what a pipe takes at once.
template <class T>
bool send(int pipe, const T& value) {
  return ::write(pipe, &value, sizeof value) == static_cast<ssize_t>(sizeof value);
}
template <class T>
bool receive(int pipe, T& value) {
  return ::read(pipe, &value, sizeof value) == static_cast<ssize_t>(sizeof value);
}

void serve(int orders, int reports, const std::function<StepProcess::Step()>& make) {
  const StepProcess::Step step = make();
  StepOrder order;
  while (receive(orders, order)) {
    StepReport report = step(order);
    report.resident_kib = status_kib("VmRSS");
    report.peak_kib = status_kib("VmHWM");
    if (!send(reports, report)) {
      return;
    }
  }
}

}  // namespace

std::int64_t status_kib(const char* name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) {
      return std::atoll(line.c_str() + line.find(':') + 1);
    }
  }
  return 0;
}

StepProcess::StepProcess(const std::function<Step()>& make) {
  std::array<int, 2> orders{}, reports{};
  if (::pipe(orders.data()) != 0 || ::pipe(reports.data()) != 0) {
    fail("pipe", "cannot be made");
  }
  process_ = ::fork();
  if (process_ == 0) {
    ::close(orders[1]);
    ::close(reports[0]);
    serve(orders[0], reports[1], make);
    std::_Exit(0);
  }
  ::close(orders[0]);
  ::close(reports[1]);
  orders_ = orders[1];
  reports_ = reports[0];
}

StepProcess::~StepProcess() {
  ::close(orders_);
  ::close(reports_);
  ::waitpid(process_, nullptr, 0);
}

StepReport StepProcess::run(const StepOrder& order) {
  StepReport report;
  if (!send(orders_, order) || !receive(reports_, report)) {
    fail("a process of the benchmark", "has ended");
  }
  return report;
}

}  // namespace kameng::bench
