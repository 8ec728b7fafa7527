// server_watch.cpp - see server_watch.hpp.
#include "server_watch.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "shop.hpp"

namespace kameng::bench {
namespace {

// The fields of /proc/PID/stat after the name, which may hold anything; [0] is the state.
std::vector<std::string> stat_of(long process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  std::vector<std::string> fields;
  std::istringstream rest(line.substr(std::min(line.rfind(')') + 1, line.size())));
  for (std::string field; rest >> field;) {
    fields.push_back(field);
  }
  return fields;
}

double child_cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

double process_cpu_s(long process, bool reaped) {
  const std::vector<std::string> fields = stat_of(process);
  double ticks = 0;
  for (std::size_t i = 11; i < (reaped ? 15U : 13U) && i < fields.size(); ++i) {
    ticks += std::stod(fields[i]);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

long parent_of(long process) {
  const std::vector<std::string> fields = stat_of(process);
  return fields.size() > 1 ? std::stol(fields[1]) : 0;
}

double processes_below_cpu_s(long parent) {
  double sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    long process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc() && end == name.data() + name.size() && parent_of(process) == parent) {
      sum += process_cpu_s(process, false);
    }
  }
  return sum;
}

ServerSpent ServerWatch::measure(bool children, const std::function<void()>& stretch) {
  const Counters before = counters();
  const double server_cpu = cpu_s();
  const double child_cpu = child_cpu_s();
  std::atomic<bool> ends{false};
  std::int64_t seen = 0, waited = 0;
  std::thread sampler([&] {
    while (!ends) {
      waited += waiting_now();
      ++seen;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  ServerSpent result;
  result.spent = kameng::bench::measure(stretch);
  ends = true;
  sampler.join();
  const Counters after = counters();
  result.spent.cpu_s =
      cpu_s() - server_cpu + (children ? child_cpu_s() - child_cpu : result.spent.cpu_s);
  result.waiting = static_cast<double>(waited) / static_cast<double>(seen);
  result.syncs = after.syncs - before.syncs;
  result.locks = before.locks < 0 ? -1 : after.locks - before.locks;
  result.sync_s = before.sync_s < 0 ? -1 : after.sync_s - before.sync_s;
  return result;
}

std::unique_ptr<ServerWatch> watch_server(const std::string& driver, const std::string& dsn) {
#ifdef KAMENG_WITH_POSTGRES
  if (driver == "postgres") {
    return watch_postgres(dsn);
  }
#endif
#ifdef KAMENG_WITH_MARIADB
  if (driver == "mariadb") {
    return watch_mariadb(dsn);
  }
#endif
  fail(driver, "not a driver of this build: " + dsn);
}

}  // namespace kameng::bench
