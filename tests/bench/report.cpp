// report.cpp - see report.hpp. Ratios are medians of ratios within a round, so that what else the
// machine does meanwhile falls on both sides.
#include "report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string_view>
#include <thread>

#include <sys/statfs.h>

namespace kameng::bench {
namespace {

using Json = nlohmann::ordered_json;

std::string first_line_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 128> line{};
  if (pipe == nullptr || std::fgets(line.data(), static_cast<int>(line.size()), pipe) == nullptr) {
    line = {"unknown"};
  }
  if (pipe != nullptr) {
    ::pclose(pipe);
  }
  const std::string text(line.data());
  return text.substr(0, text.find('\n'));
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      return line.substr(std::min(line.find(": ") + 2, line.size()));
    }
  }
  return "unknown";
}

std::string file_system(const std::string& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) {
    return "unknown";
  }
  constexpr long tmpfs = 0x01021994, ext = 0xEF53, xfs = 0x58465342;
  const auto kind = static_cast<long>(status.f_type);
  return kind == tmpfs ? "tmpfs: flushes cost nothing here"
         : kind == ext ? "ext4"
         : kind == xfs ? "xfs"
                       : "other";
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double median_of(std::size_t rounds, const std::function<double(std::size_t)>& of_round) {
  std::vector<double> values;
  for (std::size_t i = 0; i < rounds; ++i) {
    values.push_back(of_round(i));
  }
  return median(std::move(values));
}

double rounded(double value, double digits) {
  return static_cast<double>(static_cast<long long>(value * digits + 0.5)) / digits;
}

// The baseline's time over the door's, wall or CPU: the median of the rounds.
double ratio(const std::vector<Spent>& baseline, const std::vector<Spent>& door,
             double Spent::*time) {
  return rounded(
      median_of(door.size(), [&](std::size_t i) { return baseline[i].*time / door[i].*time; }),
      1000);
}

std::vector<Spent> spent_of(const std::vector<Replayed>& replayed) {
  std::vector<Spent> spent;
  for (const Replayed& one : replayed) {
    spent.push_back(one.spent);
  }
  return spent;
}

// A door's figures. `documents_us` is what its documents cost.
Json door_figures(const Setting& setting, const Measured& measured, const std::vector<Spent>& door,
                  const Parts& parts, double documents_us) {
  const std::size_t rounds = door.size();
  const double trades = setting.trades;
  const auto us = [&](double seconds) { return seconds * 1e6 / trades; };
  const double wall = median_of(rounds, [&](std::size_t i) { return us(door[i].wall_s); });
  const double sync = median_of(rounds, [&](std::size_t i) { return us(door[i].sync_s); });
  const double sql = median_of(rounds, [&](std::size_t i) {
    const Spent& spent = measured.replay[i].spent;
    return us(spent.wall_s - spent.sync_s);
  });
  const double json = parts.json_us + documents_us;
  const auto share = [&](double part) { return rounded(part / wall, 100); };
  return {{"us_per_trade", rounded(wall, 10)},
          {"cpu_us_per_trade",
           rounded(median_of(rounds, [&](std::size_t i) { return us(door[i].cpu_s); }), 10)},
          {"of_minimal", ratio(measured.minimal, door, &Spent::wall_s)},
          {"of_replay", ratio(spent_of(measured.replay), door, &Spent::wall_s)},
          {"of_minimal_cpu", ratio(measured.minimal, door, &Spent::cpu_s)},
          {"of_replay_cpu", ratio(spent_of(measured.replay), door, &Spent::cpu_s)},
          {"syncs_per_trade", rounded(median_of(rounds,
                                                [&](std::size_t i) {
                                                  return static_cast<double>(door[i].syncs) /
                                                         trades;
                                                }),
                                      1000)},
          {"shares",
           {{"json", share(json)},
            {"crypto", share(parts.crypto_us)},
            {"sql", share(sql)},
            {"sync", share(sync)},
            {"rest", share(wall - json - parts.crypto_us - sql - sync)}}}};
}

}  // namespace

Report::Report(const std::string& folder, const Parts& parts) : parts_(parts) {
  all_["bench"] = "lifecycle";
  all_["commit"] = first_line_of("git -C '" KAMENG_SOURCE_DIR "' describe --always --dirty 2>&1");
#if defined(__clang__)
  all_["compiler"] = "clang " __clang_version__;
#else
  all_["compiler"] = "g++ " __VERSION__;
#endif
  all_["build"] = KAMENG_BUILD_TYPE;
  all_["sqlite"] = sqlite3_libversion();
  all_["machine"] = {{"processor", processor()},
                     {"cores", std::thread::hardware_concurrency()},
                     {"file_system", file_system(folder)}};
  all_["settings"] = Json::array();
}

void Report::add(const Setting& setting, const Measured& measured) {
  const std::size_t rounds = measured.cpp.size();
  const double trades = setting.trades;
  const auto us_of = [&](const std::vector<Spent>& spent) {
    return rounded(median_of(rounds, [&](std::size_t i) { return spent[i].wall_s * 1e6 / trades; }),
                   10);
  };
  const auto replay = [&](const std::function<double(const Replayed&)>& of) {
    return median_of(rounds, [&](std::size_t i) { return of(measured.replay[i]) / trades; });
  };
  all_["settings"].push_back(
      {{"name", setting.name},
       {"callers", setting.callers},
       {"rounds", setting.rounds},
       {"trades_per_round", setting.trades},
       {"minimal_us_per_trade", us_of(measured.minimal)},
       {"replay_us_per_trade",
        rounded(replay([](const Replayed& one) { return one.spent.wall_s * 1e6; }), 10)},
       {"statements_per_trade",
        rounded(replay([](const Replayed& one) { return static_cast<double>(one.statements); }),
                100)},
       {"commits_per_trade",
        rounded(replay([](const Replayed& one) { return static_cast<double>(one.commits); }),
                1000)},
       {"wal_bytes_per_trade",
        rounded(replay([](const Replayed& one) { return static_cast<double>(one.wal_bytes); }), 1)},
       {"c_of_cpp", ratio(measured.cpp, measured.c, &Spent::wall_s)},
       {"c_of_cpp_cpu", ratio(measured.cpp, measured.c, &Spent::cpu_s)},
       {"cpp", door_figures(setting, measured, measured.cpp, parts_, 0)},
       {"c", door_figures(setting, measured, measured.c, parts_, parts_.documents_us)}});
}

void Report::print() const {
  std::printf("%-8s %-4s %9s %9s  %-12s %-12s %s\n", "setting", "door", "us/trade", "CPU us",
              "of minimal", "by CPU", "json crypto sql sync rest, % of the time");
  std::printf("%-8s %-4s %9s %9s  %-12s %-12s\n", "", "", "", "", "[of replay]", "[of replay]");
  for (const Json& setting : all_["settings"]) {
    const auto number = [](const Json& in, const char* name) { return in[name].get<double>(); };
    const std::string name = setting["name"];
    for (const char* door : {"cpp", "c"}) {
      const Json& figures = setting[door];
      const auto percent = [&](const char* part) { return number(figures["shares"], part) * 100; };
      std::printf(
          "%-8s %-4s %9.1f %9.1f  %.2f [%.2f]  %.2f [%.2f]  %4.0f %4.0f %4.0f %4.0f %4.0f\n",
          name.c_str(), door, number(figures, "us_per_trade"), number(figures, "cpu_us_per_trade"),
          number(figures, "of_minimal"), number(figures, "of_replay"),
          number(figures, "of_minimal_cpu"), number(figures, "of_replay_cpu"), percent("json"),
          percent("crypto"), percent("sql"), percent("sync"), percent("rest"));
    }
    std::printf("%-8s minimal %.1f us, replay %.1f us; C %.2f of C++, by CPU %.2f\n", name.c_str(),
                number(setting, "minimal_us_per_trade"), number(setting, "replay_us_per_trade"),
                number(setting, "c_of_cpp"), number(setting, "c_of_cpp_cpu"));
    std::printf("%-8s a trade: %.2f statements, %.3f commits, %.0f bytes of WAL\n", name.c_str(),
                number(setting, "statements_per_trade"), number(setting, "commits_per_trade"),
                number(setting, "wal_bytes_per_trade"));
  }
  std::printf("%s\n", all_.dump().c_str());
}

}  // namespace kameng::bench
